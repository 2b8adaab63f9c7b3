"""Order protection for online marketplaces."""

__version__ = "0.1.0"
