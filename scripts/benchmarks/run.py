"""Runs what is asked for, one part after the other, and prints it."""

import argparse
import asyncio
import json
import logging
import os
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

import structlog
from boxes import BoxError
from stage import Stage, StageError, own_folder

from benchmarks import fastagi, machine, recogniser, rules, telephone, urgent
from benchmarks.report import NotMeasuredError, Section, document, table
from benchmarks.sentences import SAID
from pbx_bridge.errors import BridgeError

FOLDER = own_folder("bench")
OFFSET = 7
PARTS = ("idle", "calls", "urgent", "crowd", "recogniser", "rules", "fastagi")
WITH_BOX = PARTS[:4]
CALLS = {"calls": 20, "urgent": 10}
"""Calls of each kind, and of each voice."""


class Bench:
    """One run."""

    def __init__(
        self,
        parts: Sequence[str],
        count: int | None,
        models: Sequence[Path],
        voices: Sequence[str] = tuple(SAID),
    ) -> None:
        self._parts, self._count, self._models, self._voices = parts, count, models, voices
        self.sections: list[Section] = []
        self.failed = False

    def run(self, folder: Path, offset: int) -> str | None:
        """Measure; return the version of the Asterisk that was used."""
        asterisk = None
        if set(WITH_BOX) & set(self._parts):
            with ExitStack() as stack:
                stage = stack.enter_context(Stage(folder, offset))
                telephone.set_up(stage)
                asterisk = stage.box.engine.version
                self._measure("idle", lambda: telephone.measure_idle(stage))
                self._measure("calls", lambda: telephone.measure_calls(stage, self._calls("calls")))
                self._measure(
                    "urgent",
                    lambda: telephone.measure_urgent(stage, self._calls("urgent"), self._voices),
                )
                self._measure("crowd", lambda: telephone.measure_crowd(stage))
        self._measure("recogniser", lambda: asyncio.run(recogniser.measure(self._models)))
        self._measure("rules", rules.measure)
        self._measure("fastagi", lambda: asyncio.run(fastagi.measure()))
        return asterisk

    def _calls(self, part: str) -> int:
        return CALLS[part] if self._count is None else self._count

    def _measure(self, part: str, measure: Callable[[], Section]) -> None:
        """Take one part; a part that cannot be had does not keep us from the others."""
        if part not in self._parts:
            return
        before = machine.load()
        try:
            section = measure()
        except NotMeasuredError as exc:
            print(f"\n{part}: not measured: {exc}", flush=True)
            return
        except (BoxError, StageError, BridgeError, TimeoutError, OSError) as exc:
            section = Section(name=part, title=part, failures=[str(exc) or repr(exc)])
        section.loads = (before, machine.load())
        self.failed = self.failed or bool(section.failures)
        self.sections.append(section)
        print(f"\n{table(section)}", flush=True)


def main(arguments: Sequence[str]) -> int:
    """
    Measure and print.

    Exit status: 0; 1 when somebody was not rung or a part broke. No time ever changes it.
    """
    chosen = _parse(arguments)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    if chosen.merge:
        print(table(merged(chosen.merge)), flush=True)
        return 0
    bench = Bench(chosen.only or PARTS, chosen.calls, chosen.model, chosen.voices or tuple(SAID))
    try:
        asterisk = bench.run(chosen.dir, chosen.offset)
    except (BoxError, StageError, BridgeError) as exc:
        print(f"bench: {exc}", flush=True)
        return 1
    found = machine.describe(asterisk)
    print(f"\n{machine.line(found)}", flush=True)
    if chosen.json:
        text = json.dumps(document(found, bench.sections), indent=1, ensure_ascii=False)
        chosen.json.write_text(text + "\n", encoding="utf-8")
    return 1 if bench.failed else 0


def merged(files: Sequence[Path]) -> Section:
    """Return part `urgent` of several runs as one; voices that were measured twice are added."""
    found: dict[str, urgent.Turns] = {}
    loads: list[float] = []
    for file in files:
        for section in json.loads(file.read_text(encoding="utf-8"))["sections"]:
            loads += [section["load_before"], section["load_after"]] if section["data"] else []
            for plain in section["data"]:
                turns = urgent.Turns.of(plain)
                if turns.language in found:
                    found[turns.language].add(turns)
                else:
                    found[turns.language] = turns
    section = urgent.summarise(list(found.values()))
    section.loads = (min(loads, default=0.0), max(loads, default=0.0))
    section.notes.append("loads: the least and the most of all runs")
    return section


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("-n", "--calls", type=int, help="calls of each kind and voice")
    parser.add_argument("--only", nargs="+", choices=PARTS, help="only these parts")
    parser.add_argument(
        "--model", action="append", default=[], type=Path, help="load this model too; repeatable"
    )
    parser.add_argument("--voices", nargs="+", choices=SAID, help="of part urgent; without: all")
    parser.add_argument(
        "--merge", nargs="+", type=Path, help="show part urgent of these JSON files as one run"
    )
    parser.add_argument("--json", default=os.environ.get("JSON") or None, type=Path)
    parser.add_argument("--dir", default=FOLDER, type=Path, help="where the box lives")
    parser.add_argument("--offset", default=OFFSET, type=int, help="port numbers of the box")
    return parser.parse_args(arguments)
