"""After-hours emergency line beside a real Asterisk."""

__version__ = "0.1.0"
