"""The config: YAML files into one frozen Scenario, every key checked and described."""

from optimizer.config.loading import load, load_any
from optimizer.config.scenario import Scenario
from optimizer.config.textbook import TextbookScenario

__all__ = ["Scenario", "TextbookScenario", "load", "load_any"]
