"""``pbx-bridge who-is-rung``: what rings when, from the code that rings."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path

import click
from pydantic_core import to_jsonable_python

from pbx_bridge.adapters.notify.addressees import addressees_of
from pbx_bridge.cli.firm_plan import FirmPlan, firm_plan
from pbx_bridge.cli.times import moment, parse_time
from pbx_bridge.config import Config
from pbx_bridge.config.policies import policies_of
from pbx_bridge.core.calendar import Duty, duty
from pbx_bridge.core.case import Urgency
from pbx_bridge.core.escalation_events import FallbackReason, Topic
from pbx_bridge.core.plan import Chosen, policy_at
from pbx_bridge.core.ring_plan import PlannedRing, RingPlan, ring_plan
from pbx_bridge.core.rulefile import CATEGORIES
from pbx_bridge.ports import Addressee

SHOWN_DIGITS = 3
"""Of a number on a screen, as in the log."""

REASONS = {
    FallbackReason.NOBODY_ACCEPTED: "nobody accepted",
    FallbackReason.NOBODY_TO_RING: "there is nobody to ring",
    FallbackReason.LINE_DOWN: "nobody can be reached",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The case that is asked about."""

    at: datetime
    urgency: Urgency
    category: str


@click.command("who-is-rung")
@click.option("--at", "when", default="now", metavar="TIME", show_default=True, help="When.")
@click.option(
    "--urgency",
    type=click.Choice([urgency.value for urgency in Urgency]),
    default=Urgency.URGENT.value,
    show_default=True,
    help="How urgent the message is.",
)
@click.option(
    "--category",
    type=click.Choice(sorted(CATEGORIES)),
    default="other",
    show_default=True,
    help="What it is about.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object; times are UTC.")
@click.pass_obj
def who_is_rung(
    config_path: Path, when: str, urgency: str, category: str, *, as_json: bool
) -> None:
    """
    Print whom a case would ring, in which order and when.

    As the service does it when nobody answers and no other case rings: each ring may begin a
    little later, and somebody who has just taken another case is rung last. TIME as in
    oncall at. Numbers are shortened to their last three digits, in JSON they are whole.

    JSON keys: at, urgency, category, is_open, window (null: none), policy (null: it rings
    nobody), is_makeshift (the policy came out with nobody), rounds, rings (at, round,
    technician, number, timeout_s, is_last_resort), over_at, fallback (null: none).
    """
    firm = firm_plan(config_path, back=timedelta(days=36500))
    at = parse_time(when, firm.now, firm.zone)
    asked = Asked(at=at, urgency=Urgency(urgency), category=category)
    chosen, plan = _planned(firm, asked) if asked.urgency.rings else (None, None)
    on_duty = chosen.on_duty if chosen else duty(firm.plan, at)
    if as_json:
        whole = _as_json(asked, on_duty, chosen, plan)
        click.echo(json.dumps(to_jsonable_python(whole), ensure_ascii=False))
        return
    window = f", {on_duty.window}" if on_duty.window else ""
    state = "open" if on_duty.is_open else "closed"
    click.echo(f"{moment(at, firm.zone)} {firm.zone.key}, {state}{window}")
    if chosen is None or plan is None:
        click.echo(f"{urgency}: rings nobody, and waits for the office")
        return
    for line in _lines(firm, asked, chosen, plan):
        click.echo(line)


def _planned(firm: FirmPlan, asked: Asked) -> tuple[Chosen, RingPlan]:
    chosen = policy_at(
        policies_of(firm.config),
        firm.plan,
        asked.at,
        urgency=asked.urgency,
        category=asked.category,
    )
    return chosen, ring_plan(asked.at, asked.urgency, chosen.policy)


def _lines(firm: FirmPlan, asked: Asked, chosen: Chosen, plan: RingPlan) -> Iterator[str]:
    yield f"{asked.urgency.value} ({asked.category}): policy {plan.policy}"
    if chosen.is_makeshift:
        yield click.style("nobody is on call for it: everybody is rung", fg="red")
    size = max((len(ring.technician) for ring in plan.rings), default=0)
    shown_at = asked.at.astimezone(firm.zone)
    for number, rings in groupby(plan.rings, key=lambda ring: ring.round):
        rounds = chosen.policy.rounds
        yield "last resort" if number > rounds else f"round {number} of {rounds}"
        before: PlannedRing | None = None
        for ring in rings:
            at = ring.at.astimezone(firm.zone)
            yield from _clock_news(shown_at, at)
            shown = f"{'and':>8}" if before and before.at == ring.at else f"{at:%H:%M:%S}"
            digits = f"***{ring.number[-SHOWN_DIGITS:]}"
            yield f"  {shown}  {ring.technician:<{size}}  {digits}  {ring.timeout_s:.0f} s"
            before, shown_at = ring, at
    over_at = plan.over_at.astimezone(firm.zone)
    yield from _clock_news(shown_at, over_at)
    yield f"{over_at:%H:%M:%S} over, {_fallback(firm, chosen, plan.fallback)}"


def _clock_news(before: datetime, at: datetime) -> Iterator[str]:
    """Yield what the bare clock time of *at* would hide: another day, a clock that was changed."""
    if at.date() != before.date():
        yield f"  -- {at:%a %Y-%m-%d}"
    if at.utcoffset() != before.utcoffset():
        yield f"  -- the clock is changed: {at.tzname()} (UTC{at:%z})"


def _fallback(firm: FirmPlan, chosen: Chosen, reason: FallbackReason | None) -> str:
    people = {person.name for person in chosen.policy.people()}
    hearers = [
        _way(one, firm.config)
        for one in addressees_of(firm.config)
        if Topic.EXHAUSTED in one.topics and (one.technician is None or one.technician in people)
    ]
    told = ", ".join(dict.fromkeys(hearers)) or "nobody is told (docs/notifications.md)"
    return f"{REASONS[reason]}: {told}" if reason else told


def _way(one: Addressee, config: Config) -> str:
    if one.technician is not None:
        return f"push to {one.technician}"
    kind, _, name = one.name.partition("/")
    if kind == "mail" and config.mail is not None:
        return f"mail to {', '.join(config.mail.to)}"
    return f"webhook {name}" if kind == "webhook" else "push to the office"


def _as_json(
    asked: Asked, on_duty: Duty, chosen: Chosen | None, plan: RingPlan | None
) -> dict[str, object]:
    rounds = chosen.policy.rounds if chosen else 0
    rings = plan.rings if plan else ()
    return {
        **asdict(asked),
        "is_open": on_duty.is_open,
        "window": on_duty.window,
        "policy": plan.policy if plan else None,
        "is_makeshift": chosen.is_makeshift if chosen else False,
        "rounds": rounds,
        "rings": [{**asdict(ring), "is_last_resort": ring.round > rounds} for ring in rings],
        "over_at": plan.over_at if plan else asked.at,
        "fallback": plan.fallback if plan else None,
    }
