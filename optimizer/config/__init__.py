"""The config: YAML files into one frozen Scenario, every key checked and described."""

from optimizer.config.loading import ConfigError, load, load_any
from optimizer.config.scenario import Scenario
from optimizer.config.sound import Sound
from optimizer.config.textbook import TextbookScenario

__all__ = ["ConfigError", "Scenario", "Sound", "TextbookScenario", "load", "load_any"]
