"""What a long job tells while it runs."""

from optimizer.progress.reporters import Lines, ProgressReporter, Silent, reporting
from optimizer.progress.words import count, figures

__all__ = ["Lines", "ProgressReporter", "Silent", "count", "figures", "reporting"]
