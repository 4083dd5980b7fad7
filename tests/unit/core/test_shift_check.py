"""Whose mobile is checked because his shift has begun."""

from datetime import timedelta

import pytest
from firm_plans import WEEKLY, local, plan_of, rotation

from pbx_bridge.core.calendar import Plan
from pbx_bridge.core.escalation_events import Topic
from pbx_bridge.core.override import Takeover
from pbx_bridge.core.phone_check import CheckOutcome, PhoneCheck
from pbx_bridge.core.shift_check import (
    SOON,
    BegunShift,
    begun_shifts,
    check_news,
    is_still_his,
    newly_begun,
)

HANDOFF = local("2026-01-12 08:00")
SECOND = timedelta(seconds=1)
BENS = BegunShift(layer="primary", technician="ben", start=HANDOFF)


@pytest.mark.parametrize(
    ("late", "begun"), [(-SECOND, ()), (0 * SECOND, (BENS,)), (SOON - SECOND, (BENS,)), (SOON, ())]
)
def test_a_shift_begins_for_a_quarter_of_an_hour(late: timedelta, begun: tuple) -> None:
    """Not before it does; and whoever was on call since long is not woken when we come back."""
    assert begun_shifts(WEEKLY, HANDOFF + late, ("primary",)) == begun


def test_who_takes_over_in_the_middle_begins_too() -> None:
    """He did not know of it yesterday."""
    start = HANDOFF + timedelta(days=1)
    takeover = Takeover(
        substitute="anna", layer="primary", start=start, end=start + timedelta(hours=8)
    )
    plan = plan_of(rotation("anna", "ben"), overrides=(takeover,))

    [begun] = begun_shifts(plan, start, ("primary",))

    assert begun.technician == "anna"


def test_shift_is_his_until_another_takes_over() -> None:
    """Or until the firm has no such layer any more."""
    start = HANDOFF + timedelta(hours=1)
    takeover = Takeover(
        substitute="anna", layer="primary", start=start, end=start + timedelta(hours=8)
    )
    plan = plan_of(rotation("anna", "ben"), overrides=(takeover,))

    assert is_still_his(plan, HANDOFF, BENS)
    assert not is_still_his(plan, start, BENS)
    assert not is_still_his(plan_of(), HANDOFF, BENS)


def test_layer_that_nobody_rings_is_not_checked() -> None:
    """He is on call for something else."""
    assert begun_shifts(WEEKLY, HANDOFF, ("backup",)) == ()


@pytest.mark.parametrize("plan", [plan_of(), plan_of(rotation("anna"))])
def test_without_a_handoff_nobody_begins(plan: Plan) -> None:
    """One person for ever, or no calendar at all."""
    assert begun_shifts(plan, HANDOFF, ("primary",)) == ()


def test_each_shift_is_new_once_and_each_person_is_rung_once() -> None:
    """Also when he begins in two layers at the same moment."""
    backup = BegunShift(layer="backup", technician="ben", start=HANDOFF)
    annas = BegunShift(layer="backup", technician="anna", start=HANDOFF)

    assert newly_begun((BENS, backup, annas), ()) == (BENS, annas)
    assert newly_begun((BENS, annas), (BENS,)) == (annas,)


def test_news_has_one_key_for_each_shift() -> None:
    """However often it is told."""
    check = PhoneCheck(technician="ben", outcome=CheckOutcome.BUSY)

    news = check_news(BENS, check, HANDOFF)

    assert news.key == "phone-check-primary-ben-20260112T070000Z"
    assert (news.topic, news.check) == (Topic.PHONE_CHECK, check)
