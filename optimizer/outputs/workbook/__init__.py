"""`plan.xlsx`: the plan as a workbook for people, made from the tables of a run folder."""

from optimizer.outputs.workbook.book import write_workbook

__all__ = ["write_workbook"]
