"""Which Asterisk is safe."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbx_bridge.core.asterisk_versions import MINIMUM, Standing, release


@pytest.mark.parametrize(
    ("text", "standing"),
    [
        ("22.10.1", Standing.CURRENT),
        ("22.10.1+dfsg+~cs6.17.60671434-1", Standing.CURRENT),
        ("22.10.1~dfsg-1", Standing.CURRENT),
        ("Asterisk 22.11.0", Standing.CURRENT),
        ("22.10.0", Standing.OLD),
        ("22.9.9", Standing.OLD),
        ("22.10", Standing.OLD),
        ("21.12.3", Standing.CURRENT),
        ("21.12.2", Standing.OLD),
        ("20.20.1", Standing.CURRENT),
        ("20.19.4", Standing.OLD),
        ("20.7-cert3", Standing.OLD),
        ("19.8.1", Standing.END_OF_LIFE),
        ("18.26.4", Standing.END_OF_LIFE),
        ("certified/18.9-cert5", Standing.END_OF_LIFE),
        ("17.9.4", Standing.END_OF_LIFE),
        ("16.30.1", Standing.END_OF_LIFE),
        ("13.38.3", Standing.END_OF_LIFE),
        ("24.0.0", Standing.UNKNOWN),
        ("GIT-master-f0c1c1a7b7", Standing.UNKNOWN),
        ("", Standing.UNKNOWN),
    ],
)
def test_release_stands_as_the_table_says(text: str, standing: Standing) -> None:
    """Distributions add to the number, and take nothing away."""
    assert release(text).standing is standing


@pytest.mark.parametrize("branch", MINIMUM)
def test_minimum_of_a_branch_is_current_and_the_one_before_is_not(branch: int) -> None:
    """The border lies exactly there."""
    major, minor, patch = MINIMUM[branch]

    assert release(f"{major}.{minor}.{patch}").standing is Standing.CURRENT
    assert release(f"{major}.{minor}.{patch - 1}").standing is Standing.OLD
    assert release(f"{major}.{minor - 1}.99").minimum == MINIMUM[branch]


@given(st.text())
def test_any_text_gets_an_answer(text: str) -> None:
    """Asterisk may call itself what it likes."""
    assert release(text).standing in Standing
