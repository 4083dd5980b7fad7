"""Names in policies that nobody has, and other mistakes that stop the load."""

import pytest
from configs import SMALLEST

from pbx_bridge.config import parse
from pbx_bridge.config.policy_checks import policy_mistakes
from pbx_bridge.errors import ConfigError

BACKUP = """\
[[rotation]]
layer = "backup"
order = ["ben"]
starts_on = 2026-01-05
handoff_time = "08:00"
shift_weeks = 1
"""
WEEKEND = '[[duty_window]]\nname = "weekend"\ndays = ["sunday"]\ntimes = ["00:00-24:00"]\n'
STEP = '[[policy.step]]\nwho = ["anna"]\n'


def found(text: str) -> list[str]:
    """Return what is wrong when *text* stands below the smallest configuration, from line 20."""
    with pytest.raises(ConfigError) as caught:
        parse(f"{SMALLEST}\n{text}", source="f")
    return caught.value.mistakes


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('order = ["ana"]', "order: 'ana' is no [[technician]]; did you mean 'anna'?"),
        ('last_resort = "bens"', "last_resort: 'bens' is no [[technician]]; did you mean 'ben'?"),
        ('last_resort = ""', "last_resort: '' is no [[technician]]; known: anna, ben"),
        ("ruonds = 2", "ruonds: is no setting; did you mean 'rounds'?"),
    ],
)
def test_escalation_names_only_technicians_and_known_keys(line: str, expected: str) -> None:
    """A typo is answered with the nearest name."""
    assert found(f"[escalation]\n{line}\n") == [f"f:21: escalation.{expected}"]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('urgency = ["emergncy"]', "urgency: 'emergncy' is no urgency; did you mean 'emergency'?"),
        ('urgency = ["unknown"]', "urgency: 'unknown' is handled as urgent; write \"urgent\""),
        ('urgency = ["routine"]', "urgency: 'routine' rings nobody; take it out"),
        ("urgency = []", "urgency: is empty; give at least one"),
        ('category = ["gass"]', "category: 'gass' is no category; did you mean 'gas'?"),
        ('window = ["weekends"]', "window: 'weekends' is no [[duty_window]]; known: none"),
        ('last_resort = "chef"', "last_resort: 'chef' is no [[technician]]; known: anna, ben"),
        ("rounds = 0", "rounds: 0 is too small; at least 1"),
        ("ruonds = 3", "ruonds: is no setting; did you mean 'rounds'?"),
    ],
)
def test_policy_is_for_cases_that_there_are(line: str, expected: str) -> None:
    """Each mistake once, with its line."""
    told = found(f'[[policy]]\nname = "x"\n{line}\n{STEP}')

    assert told == [f"f:22: policy[1].{expected}"]


def test_window_is_looked_for_among_the_firms() -> None:
    """The nearest of them is proposed."""
    (told,) = found(f'{WEEKEND}[[policy]]\nname = "x"\nwindow = ["wekend"]\n{STEP}')

    assert told == "f:26: policy[1].window: 'wekend' is no [[duty_window]]; did you mean 'weekend'?"


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        ('["bem"]', "'bem' is no [[technician]]; did you mean 'ben'?"),
        ('["primary"]', "'primary' is no [[technician]]; did you mean '@primary'?"),
        ('["@primry"]', "'@primry' is no layer of a [[rotation]]; did you mean '@primary'?"),
        ('["@backup"]', "'@backup' is no layer of a [[rotation]]; known: anna, ben, @primary"),
        ("[]", 'is empty; nobody can ever be rung; name somebody, like who = ["@primary"]'),
        ("[1]", "1 must be text, in quotes"),
    ],
)
def test_step_names_people_and_layers(who: str, expected: str) -> None:
    """Without a rotation there is one layer: everybody."""
    (told,) = found(f'[[policy]]\nname = "x"\n{STEP}[[policy.step]]\nwho = {who}\n')

    assert told.startswith("f:25: policy[1].step[2].who")
    assert told.endswith(f": {expected}")


def test_layer_must_have_a_rotation() -> None:
    """Where there are rotations, nobody is in any other layer."""
    policy = '[[policy]]\nname = "x"\n[[policy.step]]\nwho = ["@backup", "@primary"]\n'

    assert found(BACKUP + policy) == [
        (
            "f:29: policy[1].step[1].who: '@primary' is no layer of a [[rotation]];"
            " known: anna, ben, @backup"
        )
    ]


def test_policy_without_a_step_says_how_to_write_one() -> None:
    """The key in the file is a table of its own."""
    remedy = 'add [[policy.step]] with who = ["@primary"] below the [[policy]]'

    assert found('[[policy]]\nname = "x"\n') == [f"f:20: policy[1].step: is missing; {remedy}"]
    assert found('[[policy]]\nname = "x"\nstep = []\n') == [
        f"f:22: policy[1].step: is empty; {remedy}"
    ]


def test_names_of_policies_are_unique() -> None:
    """They stand in the log; 'default' is that of all other cases."""
    twice = f'[[policy]]\nname = "x"\n{STEP}' * 2
    default = f'[[policy]]\nname = "default"\ncategory = ["gas"]\n{STEP}'

    assert found(twice) == ["f:25: policy[2].name: 'x' is there twice; choose another"]
    assert found(default) == [
        "f:21: policy[1].name: 'default' is the policy of all other cases; choose another name"
    ]
    assert parse(SMALLEST + default.replace('category = ["gas"]\n', ""), source="f").policies


def test_former_section_is_told_once_with_the_remedy() -> None:
    """Not one line for each of its keys."""
    assert found('[policy]\norder = ["anna"]\nrounds = 2\n') == [
        "f:20: policy: is called [escalation] now, with the same keys; rename this section"
    ]


def test_single_brackets_around_a_policy_are_told() -> None:
    """It has what only a [[policy]] has: it is no section of a former file."""
    assert found(f'[policy]\nname = "x"\n{STEP}') == [
        "f:20: policy: there may be several: write [[policy]]"
    ]


@pytest.mark.parametrize(
    "raw",
    [
        {"policy": 3, "escalation": 1},
        {"policy": [1, {"name": 2, "step": 4, "urgency": 1, "window": [2]}], "technician": 1},
        {"policy": [{"step": [1, {"who": 2}, {"who": [3]}]}], "rotation": [4]},
        {"escalation": {"order": 1, "last_resort": 2}, "duty_window": [{}, 1]},
    ],
)
def test_values_of_any_type_are_survived(raw: dict[str, object]) -> None:
    """Wrong types are reported by somebody else; here they must only not crash."""
    assert list(policy_mistakes(raw)) == []
