"""The error tree: drawn in its module, with codes that can be searched for."""

import inspect
import re

from pbx_bridge import errors
from pbx_bridge.errors import BridgeError, ConfigError


def family() -> list[type[BridgeError]]:
    """Return every error class of ours."""
    return [
        kind
        for _, kind in inspect.getmembers(errors, inspect.isclass)
        if issubclass(kind, BridgeError)
    ]


def test_tree_is_drawn_whole() -> None:
    """Whoever reads the docstring sees every error, and none that is not there."""
    drawn = set(re.findall(r"^ *(?:[│├└─ ]*)([A-Z]\w+)", errors.__doc__ or "", re.MULTILINE))

    assert {kind.__name__ for kind in family()} <= drawn


def test_codes_are_stable_and_unique() -> None:
    """A code in a log or on a screen names one error."""
    codes = [kind.code for kind in family()]

    assert len(set(codes)) == len(codes)
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", code) for code in codes)


def test_config_error_shows_every_mistake() -> None:
    """All mistakes at once, one line each."""
    error = ConfigError(["a: wrong", "b: missing"])

    assert str(error) == "a: wrong\nb: missing"
    assert error.mistakes == ["a: wrong", "b: missing"]
