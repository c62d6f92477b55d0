"""The config: YAML files into one frozen Scenario, every key checked and described."""

from optimizer.config.loading import load
from optimizer.config.scenario import Scenario

__all__ = ["Scenario", "load"]
