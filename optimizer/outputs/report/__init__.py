"""The report: the proposal to be signed, one HTML file that works without a network and prints."""

from optimizer.outputs.report.page import write_report

__all__ = ["write_report"]
