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


@click.group()
def simulate() -> None:
    """Play virtual nights with the real service and mobiles that do as they like."""


@simulate.command()
@click.option("--seed", type=int, help="Which night; the same seed, the same night; else any.")
@click.option("--cases", type=click.IntRange(1, 50), help="How many callers; without it by chance.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per line.")
def night(seed: int | None, cases: int | None, as_json: bool) -> None:
    """
    Play one night and print what happened.

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
    for seq, kept in enumerate(played.tables.journal, start=1):
        columns = (seq, kept.case_id, kept.at.isoformat(), kept.machine, None, kept.trigger)
        row = journal_row((*columns, dump(kept.data)))
        names = {n: who for (case_id, n), who in numbers.items() if case_id == kept.case_id}
        if said := told.sentence(row, names):
            yield {"case_id": row.case_id, "at": row.at.isoformat(), "text": said}


def _line(row: dict[str, Any]) -> str:
    at = datetime.fromisoformat(row["at"])
    return f"{day(at, ZONE)} {clock(at, ZONE)}  case {row['case_id']}  {row['text']}"


def _be_quiet() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(QUIET))
