"""Texts and numbers of the outputs, in Swedish and English."""

from optimizer.outputs.strings.strings import LANGUAGES, Strings, load

__all__ = ["LANGUAGES", "Strings", "load"]
