"""What somebody meant who wrote a name that is not known."""

from collections.abc import Sequence
from difflib import get_close_matches

ALIKE = 0.65
"""Share of letters that two names must have in common: "tomek" never meant "marek"."""


def proposal(name: str, known: Sequence[str]) -> str:
    """Return the remedy for *name*: the nearest of *known*, else all of them."""
    known = list(dict.fromkeys(known))  # a name that is there twice is another mistake
    near = get_close_matches(name, known, n=1, cutoff=ALIKE)
    return f"did you mean {near[0]!r}?" if near else f"known: {', '.join(known) or 'none'}"
