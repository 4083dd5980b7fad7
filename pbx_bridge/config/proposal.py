"""What somebody meant who wrote a name that is not known."""

from collections.abc import Sequence
from difflib import get_close_matches


def proposal(name: str, known: Sequence[str]) -> str:
    """Return the remedy for *name*: the nearest of *known*, else all of them."""
    known = list(dict.fromkeys(known))  # a name that is there twice is another mistake
    near = get_close_matches(name, known, n=1)
    return f"did you mean {near[0]!r}?" if near else f"known: {', '.join(known) or 'none'}"
