"""What is unwise in the plan, in plain words, and what the doctor makes of it."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from configs import SMALLEST
from fakes import ELEVEN_AT_NIGHT
from pydantic_core import to_jsonable_python

from pbx_bridge.adapters.store.calendar_reading import CalendarRows
from pbx_bridge.cli.concerns import concern_line, gap_lines, on_call_check, told_concerns
from pbx_bridge.cli.firm_plan import FirmPlan
from pbx_bridge.config import parse
from pbx_bridge.config.plan import plan_of
from pbx_bridge.core.calendar_lint import Concern, ConcernKind
from pbx_bridge.core.check import CheckName, CheckState
from pbx_bridge.core.override import Absence, Override, Replacement
from pbx_bridge.ports import StoredOverride

NOW = ELEVEN_AT_NIGHT
BERLIN = ZoneInfo("Europe/Berlin")
END = NOW + timedelta(hours=12)
WHEN = "from Fri 2026-01-09 23:00 (22:00 UTC) until Sat 2026-01-10 11:00 (10:00 UTC)"


def concern(kind: ConcernKind) -> Concern:
    """Return a concern with everything that it may have."""
    return Concern(kind=kind, start=NOW, end=END, layer="backup", technician="anna")


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (ConcernKind.GAP, "backup: nobody is on call "),
        (ConcernKind.TWICE, "anna is on call in backup and in the layer before it "),
        (ConcernKind.STRANGER, "anna is on call and no [[technician]]; somebody else is rung "),
        (ConcernKind.NO_LAYER, "an override is for backup, which is no layer "),
        (ConcernKind.IDLE, "an override changes nothing "),
    ],
)
def test_concern_is_one_sentence(kind: ConcernKind, expected: str) -> None:
    """By the firm's clock and in UTC."""
    assert concern_line(concern(kind), BERLIN) == expected + WHEN


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (ConcernKind.STRANGER, "anna is on call by override 7 and no [[technician]]; somebody"),
        (ConcernKind.NO_LAYER, "override 7 is for backup, which is no layer from"),
        (ConcernKind.IDLE, "override 7 changes nothing from"),
    ],
)
def test_override_is_called_by_its_number(kind: ConcernKind, expected: str) -> None:
    """With it ``oncall override remove`` takes it out."""
    line = concern_line(replace(concern(kind), override=7), BERLIN)

    assert line.startswith(expected)


def test_concerns_of_an_answer_are_the_same_sentences() -> None:
    """As they come from the service, as JSON."""
    told = {"concerns": to_jsonable_python([concern(ConcernKind.GAP)])}

    assert told_concerns(told, BERLIN) == ["backup: nobody is on call " + WHEN]


ROTATION = """
[[rotation]]
layer = "{layer}"
order = ["anna", "ben"]
starts_on = {starts_on}
handoff_time = "08:00"
shift_weeks = 1
"""


def stored(number: int, override: Override) -> StoredOverride:
    """Return an override as the database holds it."""
    return StoredOverride(
        override_id=number, override=override, made_at=NOW, made_by="eva", reason=""
    )


def firm(*overrides: Override, extra: str = "") -> FirmPlan:
    """Return a firm in which Anna and Ben are always on call, one after the other."""
    text = SMALLEST + extra
    config = parse(text, source="f")
    return FirmPlan(
        config=config,
        rows=CalendarRows(tuple(map(stored, range(7, 99), overrides))),
        plan=plan_of(config, overrides=overrides),
        zone=BERLIN,
        now=NOW,
        path=Path("f.toml"),
        text=text,
    )


def away(name: str, start: datetime, days: int = 1) -> Absence:
    """Return an absence."""
    return Absence(technician=name, start=start, end=start + timedelta(days=days))


def test_check_passes_when_somebody_is_on_call() -> None:
    """And names the layers."""
    check = on_call_check(firm(away("anna", NOW)))

    assert (check.name, check.state) == (CheckName.ON_CALL, CheckState.OK)
    assert check.text == "somebody is on call for 60 days (primary)"


@pytest.mark.parametrize(
    ("days", "expected"),
    [(0, CheckState.FAILED), (6, CheckState.FAILED), (7, CheckState.WARNING), (61, CheckState.OK)],
)
def test_gap_within_a_week_fails_and_a_later_one_warns(days: int, expected: CheckState) -> None:
    """There is still time to plan; beyond 60 days nobody asks."""
    start = NOW + timedelta(days=days)

    check = on_call_check(firm(away("anna", start), away("ben", start)))

    assert check.state is expected


def test_anything_else_warns() -> None:
    """Somebody is rung all the same."""
    idle = Replacement(technician="ben", substitute="anna", start=NOW, end=END, layer="primary")
    strange = Replacement(technician="zoe", substitute="anna", start=NOW, end=END)

    check = on_call_check(firm(idle, strange))

    assert check.state is CheckState.WARNING
    assert "zoe is on call by override 8 and no [[technician]]" in check.text


LATE = ROTATION.format(layer="primary", starts_on="2026-02-02")
GAP = "primary: nobody is on call from Fri 2026-01-09 23:00 (22:00 UTC) until Mon 2026-02-02"


def test_gap_is_told_with_its_place_in_the_file() -> None:
    """That of the layer's first rotation, or of the technicians who stand for one."""
    now = away("anna", NOW), away("ben", NOW)

    (late,) = gap_lines(firm(extra=LATE))
    (sick,) = gap_lines(firm(*now))

    assert late == f"f.toml:20: rotation[1]: {GAP} 08:00 (07:00 UTC)"
    assert sick.startswith("f.toml:8: technician: primary: nobody is on call from")
    assert on_call_check(firm(extra=LATE)).text == late


def test_gap_of_a_layer_that_nothing_rings_does_not_matter() -> None:
    """The advice about the configuration says that nothing rings it."""
    named = '[[policy]]\nname = "all"\n[[policy.step]]\nwho = ["@backup"]\n'
    backup = ROTATION.format(layer="backup", starts_on="2026-01-05")

    only_backup = firm(extra=LATE + backup + named)

    assert gap_lines(only_backup) == []
    assert on_call_check(only_backup).state is CheckState.OK
    assert gap_lines(firm(extra=LATE + backup)) != []
