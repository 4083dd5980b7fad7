"""The plan in memory follows what is decided."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from fakes import ELEVEN_AT_NIGHT, FakeClock, MemoryStore
from structlog.testing import capture_logs

from pbx_bridge.core.calendar import Plan, Shift
from pbx_bridge.core.hours import Days, OpeningHours
from pbx_bridge.core.override import Absence, Override, Replacement, Takeover
from pbx_bridge.core.rotation import Rotation
from pbx_bridge.errors import CalendarError, ImportRefused, StoreError, UnknownOverride
from pbx_bridge.ports import StoredOverride
from pbx_bridge.runtime.on_call import OnCall, OnCallCommands
from pbx_bridge.wire.control import (
    AddOverride,
    ImportShifts,
    RemoveOverride,
    add_override,
    as_json,
)

NOW = ELEVEN_AT_NIGHT
END = NOW + timedelta(hours=12)


def rotation(layer: str, *order: str) -> Rotation:
    """Return weekly turns."""
    start = datetime.fromisoformat("2026-01-05 08:00")
    return Rotation(layer=layer, order=order, starts_at=start, shift=timedelta(weeks=1))


PLAN = Plan(
    hours=OpeningHours(Days(zone=ZoneInfo("Europe/Berlin"))),
    technicians=("anna", "ben"),
    rotations=(rotation("primary", "anna", "ben"), rotation("backup", "ben", "anna")),
)
SICK = Absence(technician="anna", start=NOW, end=END)
SHIFT = Shift(start=NOW, end=END, layer="primary", technician="ben")


@pytest.fixture
def store() -> MemoryStore:
    """Return an empty store."""
    return MemoryStore()


@pytest.fixture
def on_call(store: MemoryStore) -> OnCall:
    """Return the plan of Anna and Ben."""
    return OnCall(FakeClock(), store.overrides, PLAN)


@pytest.fixture
def commands(on_call: OnCall) -> OnCallCommands:
    """Return the verbs."""
    return OnCallCommands(FakeClock(), on_call)


def primary(on_call: OnCall, at: datetime | None = None) -> tuple[str, ...]:
    """Return who is on call first."""
    return on_call.duty(at).layers["primary"]


async def test_override_holds_at_once_and_is_kept(on_call: OnCall, store: MemoryStore) -> None:
    """The next ring follows it; after a restart too."""
    assert primary(on_call) == ("anna",)

    made = await on_call.add(SICK, made_by="eva", reason="flu")

    assert primary(on_call) == ("ben",)
    assert (made.made_by, made.reason, made.made_at) == ("eva", "flu", NOW)
    again = OnCall(FakeClock(), store.overrides, PLAN)
    await again.start()
    assert primary(again) == ("ben",)
    assert primary(again, END) == ("anna",)


async def test_removed_override_holds_no_more(on_call: OnCall) -> None:
    """Anna is well again."""
    made = await on_call.add(SICK, made_by="eva", reason="")

    await on_call.remove(made.override_id, made_by="eva", reason="")

    assert primary(on_call) == ("anna",)
    with pytest.raises(UnknownOverride):
        await on_call.remove(made.override_id, made_by="eva", reason="")


async def test_refused_override_leaves_nothing(on_call: OnCall, store: MemoryStore) -> None:
    """All that is wrong is told, a line each."""
    wrong = Takeover(substitute="ana", layer="owner", start=NOW, end=END)

    with pytest.raises(CalendarError, match=r"'ana' is no technician.*\n'owner' is no layer"):
        await on_call.add(wrong, made_by="eva", reason="")

    assert store.overrides.made == []


async def test_import_takes_the_place_of_the_last_one(on_call: OnCall) -> None:
    """An empty one lets the rotation go on."""
    await on_call.import_shifts("primary", [SHIFT], source="a.ics", made_by="eva")
    assert primary(on_call) == ("ben",)

    await on_call.import_shifts("primary", [], source="b.ics", made_by="eva")
    assert primary(on_call) == ("anna",)


@pytest.mark.parametrize(
    "shift",
    [
        Shift(start=NOW, end=END, layer="primary", technician="zoe"),
        Shift(start=NOW, end=END, layer="backup", technician="ben"),
        Shift(start=NOW, end=NOW, layer="primary", technician="ben"),
    ],
)
async def test_import_with_a_mistake_changes_nothing(on_call: OnCall, shift: Shift) -> None:
    """The last good copy stays."""
    await on_call.import_shifts("primary", [SHIFT], source="a.ics", made_by="eva")

    with pytest.raises(ImportRefused):
        await on_call.import_shifts("primary", [SHIFT, shift], source="b.ics", made_by="eva")

    assert on_call.plan.planned == (SHIFT,)


async def test_import_for_a_layer_that_is_not_there_is_refused(
    on_call: OnCall, store: MemoryStore
) -> None:
    """Nobody would be rung by it; one that rings already is renewed, and can be taken out."""
    lost = replace(SHIFT, layer="backpu")

    with pytest.raises(ImportRefused, match="'backpu' is no layer; known: primary, backup"):
        await on_call.import_shifts("backpu", [lost], source="a.ics", made_by="eva")
    await store.overrides.import_shifts(NOW, "backpu", [lost], source="a.ics", made_by="eva")
    await on_call.load()
    await on_call.import_shifts("backpu", [lost, lost], source="b.ics", made_by="eva")
    renewed = on_call.plan.planned
    await on_call.import_shifts("backpu", [], source="", made_by="eva")

    assert renewed == (lost, lost)
    assert on_call.plan.planned == ()


class BrokenOverrides(MemoryStore):
    """A store whose overrides cannot be read."""

    async def overrides_of(self, ending_after: datetime) -> list[StoredOverride]:
        """Fail."""
        raise StoreError("override 3 holds 'x'")


async def test_unreadable_database_leaves_the_configured_plan() -> None:
    """Somebody is rung, and the log says what is wrong."""
    store = BrokenOverrides()
    store.overrides.overrides = store.overrides_of  # type: ignore[method-assign]
    on_call = OnCall(FakeClock(), store.overrides, PLAN)

    await on_call.start()

    assert primary(on_call) == ("anna",)


async def test_far_away_override_that_stands_does_not_stop_the_service(
    store: MemoryStore,
) -> None:
    """An earlier release took it; the plan is looked through all the same."""
    forever = Takeover(
        substitute="ben", layer="primary", start=NOW, end=datetime.max.replace(tzinfo=UTC)
    )
    await store.overrides.add(NOW, forever, made_by="eva", reason="")
    on_call = OnCall(FakeClock(), store.overrides, PLAN)

    with capture_logs() as lines:
        await on_call.start()

    assert primary(on_call) == ("ben",)
    assert {(line["event"], line["kind"]) for line in lines} == {("plan.unwise", "twice")}


async def test_bug_in_the_advice_stops_neither_start_nor_change(store: MemoryStore) -> None:
    """The plan holds; the log has the traceback."""
    on_call = OnCall(FakeClock(), store.overrides, replace(PLAN, hours=None))

    with capture_logs() as lines:
        await on_call.start()
        told: Any = await OnCallCommands(FakeClock(), on_call).add_override(given(SICK))

    assert told["override"]["override_id"] == 1
    assert told["concerns"] == []
    assert [line["event"] for line in lines if "plan" in line["event"]] == ["plan.unchecked"] * 3


def given(override: Override) -> Any:
    """Return the arguments of ``override.add``."""
    command: AddOverride = add_override(override, made_by="eva", reason="flu")
    return as_json(command)


async def test_add_answers_with_what_is_unwise_because_of_it(
    on_call: OnCall, commands: OnCallCommands
) -> None:
    """Ben steps in for Anna and is in the backup already; with him away too there is nobody."""
    first: Any = await commands.add_override(given(SICK))
    both: Any = await commands.add_override(given(Absence(technician="ben", start=NOW, end=END)))

    assert first["override"]["override_id"] == 1
    assert [(c["kind"], c["layer"]) for c in first["concerns"]] == [("twice", "backup")]
    assert [(c["kind"], c["layer"]) for c in both["concerns"]] == [
        ("gap", "primary"),
        ("gap", "backup"),
    ]


async def test_remove_answers_with_what_was_removed(
    on_call: OnCall, commands: OnCallCommands
) -> None:
    """What was unwise before is not told again."""
    await commands.add_override(given(SICK))
    await commands.add_override(
        given(Takeover(substitute="ben", layer="primary", start=NOW, end=END))
    )
    removal = RemoveOverride(override_id=1, made_by="eva", reason="well")

    told: Any = await commands.remove_override(as_json(removal))

    assert told["override"]["override"]["technician"] == "anna"
    assert told["concerns"] == []
    assert len(on_call.plan.overrides) == 1


async def test_swap_back_is_told_with_the_number_of_what_changes_nothing(
    commands: OnCallCommands,
) -> None:
    """The first override is undone by the second: both may be taken out, by their numbers."""
    away = Replacement(technician="anna", substitute="ben", start=NOW, end=END, layer="primary")
    back = replace(away, technician="ben", substitute="anna")
    await commands.add_override(given(replace(away, start=END, end=END + (END - NOW))))
    await commands.remove_override(as_json(RemoveOverride(override_id=1, made_by="", reason="")))

    await commands.add_override(given(away))
    told: Any = await commands.add_override(given(back))

    assert [(c["kind"], c["override"]) for c in told["concerns"]] == [("idle", 2)]


async def test_import_answers_with_its_shifts(on_call: OnCall, commands: OnCallCommands) -> None:
    """Somebody sees how many there are."""
    command = ImportShifts(layer="primary", source="a.ics", shifts=[SHIFT], made_by="eva")

    told: Any = await commands.import_shifts(as_json(command))

    assert len(told["import"]["shifts"]) == 1
    assert on_call.plan.planned == (SHIFT,)
