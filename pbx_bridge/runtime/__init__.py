"""Loops that act on what the core decided."""
