"""What is proposed for an unknown name."""

import pytest

from pbx_bridge.config.proposal import proposal


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        (["anna", "ben"], "did you mean 'anna'?"),
        (["ben", "carl"], "known: ben, carl"),
        (["ben", "ben", "carl"], "known: ben, carl"),
        ([], "known: none"),
    ],
)
def test_proposal_is_the_nearest_name_or_all(known: list[str], expected: str) -> None:
    """A typo is cheap to mend when the right name stands beside it."""
    assert proposal("ana", known) == expected


def test_somebody_else_is_not_proposed() -> None:
    """Two names that share an ending are two people; swapped letters are a slip."""
    assert proposal("tomek", ["marek", "ben"]) == "known: marek, ben"
    assert proposal("bne", ["marek", "ben"]) == "did you mean 'ben'?"
