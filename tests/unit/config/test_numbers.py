"""A caller's number as trunks spell it."""

import pytest

from pbx_bridge.config.numbers import e164_spellings

ANNA = "+491711234567"


@pytest.mark.parametrize("spelled", [ANNA, "491711234567", "00491711234567", "01711234567"])
def test_every_spelling_is_the_same_person(spelled: str) -> None:
    """Trunks differ."""
    assert ANNA in e164_spellings(spelled, "DE")


@pytest.mark.parametrize("stranger", ["01711234568", "1234567", "", "+", "1711234567890"])
def test_other_numbers_are_not(stranger: str) -> None:
    """Neither a part of it, nor something longer."""
    assert ANNA not in e164_spellings(stranger, "DE")


def test_unknown_country_leaves_the_international_form() -> None:
    """Without a country a national number says nothing."""
    assert ANNA in e164_spellings("491711234567", "XX")
    assert ANNA not in e164_spellings("01711234567", "XX")
