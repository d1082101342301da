"""vantage measures, adds and uses spatial awareness in vision encoders."""

__version__ = "0.1.0"
