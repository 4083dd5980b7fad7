"""The plan as commands read it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from oncall_desk import ANNAS_WEEK, Desk, new_desk, service

from pbx_bridge.cli.firm_plan import duty_json, firm_plan, shift_around
from pbx_bridge.core.calendar import Shift
from pbx_bridge.core.override import Absence
from pbx_bridge.errors import ConfigError

pytestmark = pytest.mark.integration

NOON = datetime.combine(ANNAS_WEEK, datetime.min.time(), UTC) + timedelta(hours=12)
HOUR = timedelta(hours=1)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Return a desk of a firm with one rotation."""
    return new_desk(tmp_path)


async def test_plan_is_the_files_with_what_was_decided_since(desk: Desk) -> None:
    """Overrides and imports of the database, as the service sees them."""
    away = Absence(technician="anna", start=NOON, end=NOON + HOUR)
    shift = Shift(start=NOON, end=NOON + 2 * HOUR, layer="primary", technician="anna")
    async with service(desk) as running:
        await running.add(away, made_by="eva", reason="")
        await running.import_shifts("primary", [shift], source="x", made_by="eva")

        found = firm_plan(desk.config)

        assert (found.plan.overrides, found.plan.planned) == ((away,), (shift,))
        assert found.plan == running.plan or found.plan.layers == running.plan.layers
    assert found.zone.key == "Europe/Berlin"


def test_mistaken_configuration_is_told(desk: Desk) -> None:
    """As everywhere."""
    desk.config.write_text("[firm]\n", encoding="utf-8")

    with pytest.raises(ConfigError):
        firm_plan(desk.config)


def test_shift_is_found_whole(desk: Desk) -> None:
    """From its handoff to the next; nobody has one who is not on call."""
    plan = firm_plan(desk.config).plan

    shift = shift_around(plan, "primary", "anna", NOON)

    assert shift is not None
    assert shift.end - shift.start == timedelta(weeks=1)
    assert shift.start <= NOON < shift.end
    assert shift_around(plan, "primary", "ben", NOON) is None
    assert shift_around(plan, "backup", "anna", NOON) is None


def test_shift_without_a_known_end_has_none_in_json(tmp_path: Path) -> None:
    """Who is always on call has neither since nor until."""
    plan = firm_plan(new_desk(tmp_path, "").config).plan

    (anna, ben) = duty_json(plan, NOON)["layers"]["primary"]

    assert anna == {"technician": "anna", "since": None, "until": None}
    assert ben["technician"] == "ben"
