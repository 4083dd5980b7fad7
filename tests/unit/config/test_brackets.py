"""Single brackets where there may be many."""

import pytest
from configs import SMALLEST

from pbx_bridge.config import parse
from pbx_bridge.config.brackets import with_lists
from pbx_bridge.errors import ConfigError

ROTATION = 'order = ["anna"]\nstarts_on = 2026-01-05\nhandoff_time = "08:00"\nshift_weeks = 1\n'


@pytest.mark.parametrize(
    ("text", "where", "remedy"),
    [
        (f"[rotation]\n{ROTATION}", "f:19: rotation", "write [[rotation]]"),
        (
            '[[policy]]\nname = "x"\n[policy.step]\nwho = ["anna"]\n',
            "f:21: policy[1].step",
            "write [[policy.step]]",
        ),
    ],
)
def test_double_brackets_are_proposed(text: str, where: str, remedy: str) -> None:
    """One line with the remedy, and none about types."""
    with pytest.raises(ConfigError) as caught:
        parse(SMALLEST + text, source="f")

    (line,) = caught.value.mistakes
    assert line == f"{where}: has single brackets, and there may be many; {remedy}"


def test_only_technician_is_found_with_his_other_mistakes() -> None:
    """He is there, and not said to be missing."""
    text = SMALLEST[: SMALLEST.index("[[technician]]")] + SMALLEST[SMALLEST.index("[speech]") :]
    with pytest.raises(ConfigError) as caught:
        parse(f'{text}[technician]\nname = "anna"\nnumber = "112"\n', source="f")

    first, second = caught.value.mistakes
    assert "write [[technician]]" in first
    assert "technician[1].number: '112' is no number that exists" in second


def test_one_webhook_may_stand_alone() -> None:
    """Most firms have one."""
    assert with_lists({"webhook": {"url": "u"}}) == ({"webhook": [{"url": "u"}]}, [])
