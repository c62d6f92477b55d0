"""What counts as nothing in a cell."""

import pandas as pd


def is_blank(cell: object) -> bool:
    """Nothing in the cell: missing, or text of spaces."""
    return cell is None or cell is pd.NaT or cell != cell or str(cell).strip() == ""
