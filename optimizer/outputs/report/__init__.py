"""`report.html`: the proposal to be signed, made from a run folder."""

from optimizer.outputs.report.page import write_report, write_studied_report

__all__ = ["write_report", "write_studied_report"]
