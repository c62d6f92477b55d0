"""Recomputes a run from its folder alone and says what disagrees; knows nothing of the model."""

from optimizer.verify.findings import Finding
from optimizer.verify.verification import CheckCount, Verification, verify

__all__ = ["CheckCount", "Finding", "Verification", "verify"]
