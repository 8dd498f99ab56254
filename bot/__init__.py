"""Faro: an information assistant for people on the move in Panama."""

__version__ = "0.1.0"
