"""See how closely a language model reproduces how a group of people really answered."""

__version__ = "0.1.0"
