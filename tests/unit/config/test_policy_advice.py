"""What is allowed in policies and still unwise; each thing is said once."""

import pytest
from configs import SMALLEST

from pbx_bridge.config import parse
from pbx_bridge.config.parsing import advice
from pbx_bridge.config.policy_advice import layers_rung, policy_advice

WEEKEND = '[[duty_window]]\nname = "weekend"\ndays = ["sunday"]\ntimes = ["00:00-24:00"]\n'


def rotation(layer: str, *order: str) -> str:
    """Return a rotation."""
    names = ", ".join(f'"{name}"' for name in order)
    return (
        f'[[rotation]]\nlayer = "{layer}"\norder = [{names}]\nstarts_on = 2026-01-05\n'
        'handoff_time = "08:00"\nshift_weeks = 1\n'
    )


def policy(name: str, *steps: str, more: str = "") -> str:
    """Return a policy; without steps everybody."""
    tables = steps or ('who = ["anna", "ben"]',)
    return f'[[policy]]\nname = "{name}"\n{more}\n' + "".join(
        f"[[policy.step]]\n{step}\n" for step in tables
    )


def found(text: str) -> list[str]:
    """Return what is unwise when *text* stands below the smallest configuration."""
    mistakes = policy_advice(parse(SMALLEST + text, source="f"))
    return [f"{'.'.join(map(str, path))}: {problem}" for path, problem in mistakes]


@pytest.mark.parametrize(
    "text",
    [
        "",
        policy("all"),
        policy("gas", more='category = ["gas"]'),
        rotation("primary", "anna", "ben") + policy("all", 'who = ["@primary"]'),
        rotation("primary", "anna", "ben") + rotation("backup", "ben"),
    ],
)
def test_nothing_is_said_about_what_is_wise(text: str) -> None:
    """Neither with policies nor without."""
    assert found(text) == []


def test_ring_that_is_longer_than_a_mailbox_is_told_wherever_it_stands() -> None:
    """Once for each place."""
    step = 'who = ["anna", "ben"]\nring_timeout_s = 27'
    text = "[escalation]\nring_timeout_s = 26\n" + policy("x", step, more="ring_timeout_s = 28")
    limit = "s often reaches the carrier's mailbox; stay below 25"

    assert found(text) == [
        f"escalation.ring_timeout_s: 26 {limit}",
        f"policy.0.ring_timeout_s: 28 {limit}",
        f"policy.0.step.0.ring_timeout_s: 27 {limit}",
    ]
    assert found(text.replace("26", "25").replace("27", "25").replace("28", "25")) == []


def test_advice_has_the_line_in_the_file() -> None:
    """As a mistake has."""
    text = SMALLEST + "\n" + policy("x", 'who = ["anna", "ben"]\nring_timeout_s = 27')

    assert advice(text, source="f")[1].startswith("f:25: policy[1].step[1].ring_timeout_s: 27 s")


@pytest.mark.parametrize(
    ("first", "second", "takers"),
    [
        ("", 'urgency = ["urgent"]', "'a'"),
        ('category = ["gas", "water"]', 'category = ["gas"]', "'a'"),
        ('window = ["weekend"]', 'window = ["weekend"]\nurgency = ["emergency"]', "'a'"),
        ('urgency = ["urgent"]', 'category = ["gas"]', None),
        ('window = ["weekend"]', "", None),
        ('category = ["gas"]', 'category = ["gas", "water"]', None),
    ],
)
def test_policy_behind_one_that_takes_its_cases_is_told(
    first: str, second: str, takers: str | None
) -> None:
    """It would look as if it were used."""
    told = found(WEEKEND + policy("a", more=first) + policy("b", more=second))

    expected = f"policy.1: is never used: its cases all go to {takers} before it"
    assert told == ([f"{expected}; move it up or take it out"] if takers else [])


def test_policy_whose_cases_are_taken_by_several_is_told() -> None:
    """Each of the earlier ones takes a part."""
    some = (policy(name, more=f'urgency = ["{name}"]') for name in ("emergency", "urgent"))

    (told,) = found("".join(some) + policy("rest"))

    assert "go to 'emergency' and 'urgent' before it" in told


def test_overlap_that_begins_after_the_ring_is_told() -> None:
    """The policy's own ring timeout counts."""
    step = 'who = ["anna", "ben"]\noverlap_s = 15'

    assert found(policy("x", step, more="ring_timeout_s = 15")) == [
        (
            "policy.0.step.0.overlap_s: 15 s overlaps nothing: the mobile rings for 15 s only;"
            " make it shorter"
        )
    ]
    assert found(policy("x", step, more="ring_timeout_s = 16")) == []


@pytest.mark.parametrize(
    ("firm", "own", "place"),
    [
        ("listen_alone_s = 76", "", "escalation.listen_alone_s"),
        ("listen_alone_s = 75", "", None),
        ("", "listen_alone_s = 76", "policy.0.listen_alone_s"),
        ("", "listen_alone_s = 75", None),
        ("listen_alone_s = 60", "answer_limit_s = 59", "policy.0.answer_limit_s"),
        ("answer_limit_s = 60", "listen_alone_s = 61", "policy.0.listen_alone_s"),
        ("answer_limit_s = 60", "listen_alone_s = 61\nanswer_limit_s = 61", None),
    ],
)
def test_time_alone_that_is_longer_than_the_answer_limit_is_told(
    firm: str, own: str, place: str | None
) -> None:
    """Once, where it is set; a policy has what it does not say from the firm."""
    told = found(f"[escalation]\n{firm}\n" + policy("x", more=own))

    assert [line.partition(":")[0] for line in told] == ([place] if place else [])
    assert all("make listen_alone_s shorter" in line for line in told)


CEILING = "escalation.ceiling_min: 1 min is over before one round of policy"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (policy("x", 'who = ["anna", "ben", "anna"]'), [f"{CEILING} 'x' is (66 s)"]),
        (policy("x", 'who = ["anna", "ben"]', 'who = ["anna"]\nring_timeout_s = 16'), []),
        (policy("x", 'who = ["anna", "ben", "anna"]\ntogether = true'), []),
        (policy("x", 'who = ["anna", "ben", "anna"]\noverlap_s = 19'), []),
        (
            policy("x", 'who = ["anna", "ben", "anna"]\noverlap_s = 20'),
            [f"{CEILING} 'x' is (62 s)"],
        ),
    ],
)
def test_ceiling_that_ends_the_first_round_is_told(text: str, expected: list[str]) -> None:
    """Groups and overlaps make a round shorter; 60 s are just enough."""
    told = found("[escalation]\nceiling_min = 1\n" + text)

    assert told == [f"{line}: the last ones are never rung; make it longer" for line in expected]


def test_ceiling_of_the_firm_is_told_once_for_all_its_policies() -> None:
    """One number is to be changed, so there is one line."""
    long, longer = 'who = ["anna", "ben", "anna"]', 'who = ["anna", "ben", "anna", "ben"]'
    gas, water = 'category = ["gas"]', 'category = ["water"]'

    told = found(
        "[escalation]\nceiling_min = 1\n"
        + policy("x", long, more=gas)
        + policy("y", longer, more=water)
    )

    (line,) = (line for line in told if "ceiling_min" in line)
    assert "policy 'x' is (66 s), 'y' is (88 s): the last ones" in line


def test_ceiling_is_told_at_the_policy_that_sets_it() -> None:
    """An overlap longer than the ring does not make the round longer."""
    step = 'who = ["anna", "ben", "anna"]\noverlap_s = 60'

    told = found(policy("x", step, more="ceiling_min = 1"))

    assert [line.partition(":")[0] for line in told] == [
        "policy.0.step.0.overlap_s",
        "policy.0.ceiling_min",
    ]
    assert "(66 s)" in told[1]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ('order = ["anna", "ben", "anna"]\n', 66),
        ('order = ["anna", "ben"]\n', None),
        (rotation("a", "anna") + rotation("b", "ben") + rotation("c", "ben"), 66),
        (rotation("a", "anna") + rotation("b", "ben"), None),
    ],
)
def test_ceiling_must_do_for_all_other_cases_too(text: str, seconds: int | None) -> None:
    """They ring the order, or a person of each layer."""
    told = found(f"[escalation]\nceiling_min = 1\n{text}")

    assert [line for line in told if f"'default' is ({seconds} s)" in line] == told
    assert len(told) == (seconds is not None)


@pytest.mark.parametrize(
    "text",
    [
        policy("x", 'who = ["anna"]'),
        '[escalation]\norder = ["anna"]\n',
        rotation("primary", "anna"),
    ],
)
def test_person_whom_nothing_rings_is_told(text: str) -> None:
    """Somebody forgot to add him."""
    assert found(text) == [
        (
            "technician.1.name: 'ben' is in no policy and in no rotation and is not rung;"
            " add him to a [[policy.step]] or a [[rotation]]"
        )
    ]


@pytest.mark.parametrize(
    "text",
    [
        '[escalation]\nlast_resort = "ben"\n' + policy("x", 'who = ["anna"]'),
        policy("x", 'who = ["anna"]', more='last_resort = "ben"'),
        policy("x", 'who = ["@primary"]'),
        policy("x", 'who = ["anna"]', more='category = ["gas"]'),
    ],
)
def test_person_is_rung_as_last_resort_and_by_what_is_left_to_the_default(text: str) -> None:
    """By layer, or because other cases ring everybody."""
    assert found(text) == []


def test_rotation_that_no_policy_rings_is_told_once() -> None:
    """The layer may have two rotations, one after the other."""
    twice = rotation("backup", "ben") + rotation("backup", "ben").replace("2026-01", "2026-02")
    text = rotation("primary", "anna") + twice + policy("x", 'who = ["@primary", "anna"]')

    assert found(text) == [
        "rotation.1.layer: no policy rings the layer 'backup'; name '@backup' in a [[policy.step]]"
    ]


def test_layers_that_are_rung() -> None:
    """All of them where some case has no policy of its own."""
    rotations = rotation("primary", "anna") + rotation("backup", "ben")

    def rung(text: str) -> frozenset[str]:
        return layers_rung(parse(SMALLEST + text, source="f"), ("primary", "backup", "imported"))

    gas = policy("x", 'who = ["@backup"]', more='category = ["gas"]')
    assert rung("") == rung(rotations + gas) == {"primary", "backup", "imported"}
    assert rung(rotations + policy("x", 'who = ["@backup", "anna"]')) == {"backup"}
    assert rung(policy("x")) == frozenset()
