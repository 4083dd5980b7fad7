"""The one error of the box."""


class BoxError(Exception):
    """Something the box needs is missing or wrong; the text names it and the remedy."""
