"""Configuration texts for tests."""

SMALLEST = """\
[firm]
name = "Muster Haustechnik"
zone = "Europe/Berlin"

[asterisk]
dial = "PJSIP/{number}@trunk"

[[technician]]
name = "anna"
number = "+491711234567"

[[technician]]
name = "ben"
number = "+491722345678"
language = "pl"

[speech]
models = { de = "/models/de" }
"""
"""What a firm must write at least, with a second technician who hears Polish."""


def changed(old: str, new: str) -> str:
    """Return `SMALLEST` with one part exchanged."""
    assert old in SMALLEST
    return SMALLEST.replace(old, new, 1)
