"""What is unwise in the plan, in plain words."""

from collections.abc import Mapping
from datetime import timedelta, tzinfo
from typing import Any, assert_never

from pydantic import TypeAdapter

from pbx_bridge.cli.firm_plan import FirmPlan
from pbx_bridge.cli.times import moment
from pbx_bridge.config.parsing import placed
from pbx_bridge.config.policy_advice import layers_rung
from pbx_bridge.core.calendar import Stretch
from pbx_bridge.core.calendar_lint import Concern, ConcernKind, concerns, numbered, uncovered
from pbx_bridge.core.check import Check, CheckName, failed, passed, warned

AHEAD = timedelta(days=60)
"""How far the plan is looked through."""

SOON = timedelta(days=7)
"""A gap that begins within it must be closed; a later one may still be planned."""

_CONCERNS = TypeAdapter(list[Concern])


def concern_line(concern: Concern, zone: tzinfo) -> str:
    """Return one concern, `numbered`, as a sentence; times by the firm's clock and in UTC."""
    number = concern.override
    what = "an override" if number is None else f"override {number}"
    when = f"from {moment(concern.start, zone)} until {moment(concern.end, zone)}"
    who, layer = concern.technician, concern.layer
    match concern.kind:
        case ConcernKind.GAP:
            return f"{layer}: nobody is on call {when}"
        case ConcernKind.TWICE:
            return f"{who} is on call in {layer} and in the layer before it {when}"
        case ConcernKind.STRANGER:
            by = "" if number is None else f" by {what}"
            return f"{who} is on call{by} and no [[technician]]; somebody else is rung {when}"
        case ConcernKind.NO_LAYER:
            return f"{what} is for {layer}, which is no layer {when}"
        case ConcernKind.IDLE:
            return f"{what} changes nothing {when}"
        case _:
            assert_never(concern.kind)


def told_concerns(told: Mapping[str, Any], zone: tzinfo) -> list[str]:
    """Return the sentences for the concerns in an answer of the service."""
    found = _CONCERNS.validate_python(told["concerns"])
    return [concern_line(concern, zone) for concern in found]


def gap_lines(firm: FirmPlan) -> list[str]:
    """Return when a layer that is rung has nobody within 60 days, with its place in the file."""
    rung = layers_rung(firm.config, firm.plan.layers)
    found = uncovered(firm.plan, firm.now, firm.now + AHEAD)
    return [_gap_line(firm, _gap(gap)) for gap in found if gap.layer in rung]


def on_call_check(firm: FirmPlan) -> Check:
    """Return the doctor's check of the next 60 days; a gap within 7 days fails it."""
    rung = layers_rung(firm.config, firm.plan.layers)
    found = [
        concern
        for concern in numbered(
            concerns(firm.plan, firm.now, firm.now + AHEAD), firm.override_numbers
        )
        if concern.kind is not ConcernKind.GAP or concern.layer in rung
    ]
    lines = "\n".join(
        _gap_line(firm, each) if each.kind is ConcernKind.GAP else concern_line(each, firm.zone)
        for each in found
    )
    if any(c.kind is ConcernKind.GAP and c.start < firm.now + SOON for c in found):
        remedy = "name somebody: pbx-bridge oncall override add takeover NAME --until TIME"
        return failed(CheckName.ON_CALL, lines, remedy)
    if found:
        return warned(CheckName.ON_CALL, lines, "see pbx-bridge oncall week, and override list")
    layers = ", ".join(firm.plan.layers)
    return passed(CheckName.ON_CALL, f"somebody is on call for 60 days ({layers})")


def _gap_line(firm: FirmPlan, gap: Concern) -> str:
    """Return a gap with the line of the layer's rotation, or of the order that stands for it."""
    rotations = (n for n, each in enumerate(firm.config.rotations) if each.layer == gap.layer)
    place = next(rotations, None)
    path = ("technician",) if place is None else ("rotation", place)
    (line,) = placed(firm.text, str(firm.path), [(path, concern_line(gap, firm.zone))])
    return line


def _gap(gap: Stretch) -> Concern:
    return Concern(kind=ConcernKind.GAP, start=gap.start, end=gap.end, layer=gap.layer)
