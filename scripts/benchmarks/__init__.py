"""Measures the product and prints what was measured: ``make bench``."""
