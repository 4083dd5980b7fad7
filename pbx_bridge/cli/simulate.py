"""Command group `simulate`: virtual nights with the real core and runtime, no telephone."""

import asyncio
import json
import secrets
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import click
import structlog

from pbx_bridge.adapters.store.journal import journal_row
from pbx_bridge.adapters.store.values import dump
from pbx_bridge.cli.timeline import Timeline, clock, day
from pbx_bridge.core.call_events import CallTimer
from pbx_bridge.core.case import Urgency
from pbx_bridge.core.escalation_events import EscalationTimer, Fallback, FallbackReason, Tell, Topic
from pbx_bridge.simulation.figures import Figures
from pbx_bridge.simulation.night import Night
from pbx_bridge.simulation.night import simulate as play

ZONE = ZoneInfo("Europe/Berlin")
"""A virtual night has no firm; its times are those of a winter night there."""

CHUNK = 100
"""Nights that a process plays at once."""

SEEDS = 1_000_000
"""So many nights are chosen from by chance: few enough digits to type the seed again."""

QUIET = 50
"""Only what is critical is logged: a virtual night is read, not watched."""


_TIMERS = (CallTimer.__name__, EscalationTimer.__name__)

_GIVEN_UP = {
    FallbackReason.NOBODY_ACCEPTED: "nobody accepted",
    FallbackReason.NOBODY_TO_RING: "there was nobody to ring",
    FallbackReason.LINE_DOWN: "nobody can be reached through Asterisk",
}


@click.group()
def simulate() -> None:
    """Play virtual nights with the real service and mobiles that do as they like."""


@simulate.command()
@click.option("--seed", type=int, help="Which night; the same seed, the same night; else any.")
@click.option("--cases", type=click.IntRange(1, 50), help="How many callers; without it by chance.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per line.")
def night(seed: int | None, cases: int | None, as_json: bool) -> None:
    """
    Play one night and print what happened, then a line for each case: how it ended.

    JSON keys: case_id, at, text; at the end case_id, urgency, owner (null: nobody), ended.

    Without --seed it is one by chance, and its seed is told on standard error.

    Exit status: 0 when every promise was kept, 1 when one was broken.
    """
    _be_quiet()
    if seed is None:
        seed = secrets.randbelow(SEEDS)
        again = f"--seed {seed}" + (f" --cases {cases}" if cases else "")
        click.echo(f"the same night again: pbx-bridge simulate night {again}", err=True)
    played = asyncio.run(play(seed, cases))
    for row in _rows(played):
        click.echo(json.dumps(row) if as_json else _line(row))
    for case in _endings(played):
        told = f"case {case['case_id']}, {case['urgency']}: {case['ended']}"
        click.echo(json.dumps(case) if as_json else told)
    for fault in played.faults:
        click.echo(json.dumps({"broken": fault}) if as_json else f"BROKEN: {fault}")
    if played.faults:
        raise SystemExit(1)


@simulate.command()
@click.option("--count", type=click.IntRange(1), default=1000, show_default=True, help="How many.")
@click.option("--seed", type=int, default=0, show_default=True, help="Seed of the first one.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def nights(count: int, seed: int, as_json: bool) -> None:
    """
    Play many nights and print the figures.

    Exit status: 0 when every promise was kept, 1 when one was broken.
    """
    _be_quiet()
    figures = Figures()
    for part in _played(range(seed, seed + count)):
        figures.join(part)
    if as_json:
        click.echo(json.dumps(figures.as_dict()))
    else:
        for line in (*figures.broken, *figures.lines()):
            click.echo(line)
    if figures.broken:
        raise SystemExit(1)


def _played(seeds: range) -> Iterator[Figures]:
    """Yield the figures of some nights at a time; many nights are played on all processors."""
    if len(seeds) <= CHUNK:
        yield _figures(seeds)
        return
    chunks = [seeds[at : at + CHUNK] for at in range(0, len(seeds), CHUNK)]
    with ProcessPoolExecutor(initializer=_be_quiet) as pool:
        yield from pool.map(_figures, chunks)


def _figures(seeds: range) -> Figures:
    figures = Figures()
    for seed in seeds:
        figures.add(asyncio.run(play(seed)))
    return figures


def _rows(played: Night) -> Iterator[dict[str, Any]]:
    """Yield the journal as it would be read from disk, one object for each row with news."""
    told = Timeline()
    numbers = {(one.case_id, one.attempt): one.technician for one, _ in played.phones.rings}
    for esc in played.escalations:
        for attempt in esc.attempts:
            if attempt.is_reminder:
                numbers[esc.case_id, attempt.attempt] = f"{attempt.technician} (reminder)"
    for seq, kept in enumerate(played.tables.journal, start=1):
        columns = (seq, kept.case_id, kept.at.isoformat(), kept.machine, None, kept.trigger)
        row = journal_row((*columns, dump(kept.data)))
        names = {n: who for (case_id, n), who in numbers.items() if case_id == kept.case_id}
        said = told.sentence(row, names)
        if row.trigger in _TIMERS and not kept.effects:
            continue
        for text in filter(None, (said, *map(_turn, kept.effects))):
            yield {"case_id": row.case_id, "at": row.at.isoformat(), "text": text}


def _turn(effect: object) -> str | None:
    """Return what a row does not say: that the service gave up, or begins again."""
    match effect:
        case Fallback(reason=reason):
            return f"{_GIVEN_UP[reason]}; the office is told"
        case Tell(topic=Topic.RESUMED, technician=name):
            return f"{name} did not answer the reminder: the others are rung again"
        case _:
            return None


def _endings(played: Night) -> Iterator[dict[str, Any]]:
    """Yield how each case ended, by its number."""
    escalations = {esc.case_id: esc for esc in played.escalations}
    for case_id, stored in sorted(played.tables.calls.items()):
        esc, verdict = escalations.get(case_id), stored.state.verdict
        owner = esc.owner if esc else None
        if esc is None:
            ended = "nobody was to be rung"
        else:
            ended = f"{owner} took it" if owner else "nobody took it; the office was told"
        urgency = verdict.urgency.value if verdict else Urgency.UNKNOWN.value
        yield {"case_id": case_id, "urgency": urgency, "owner": owner, "ended": ended}


def _line(row: dict[str, Any]) -> str:
    at = datetime.fromisoformat(row["at"])
    return f"{day(at, ZONE)} {clock(at, ZONE)}  case {row['case_id']}  {row['text']}"


def _be_quiet() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(QUIET))
