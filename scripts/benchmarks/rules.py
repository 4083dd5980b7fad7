"""The rules: a thousand messages through the command, and a transcript that grows."""

import itertools
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.figures import figure
from benchmarks.report import NotMeasuredError, Section
from pbx_bridge.adapters.packs import load_pack, shipped_languages
from pbx_bridge.core.rulepack import RulePack
from pbx_bridge.core.urgency import classify
from pbx_bridge.errors import BridgeError

CORPUS = Path(__file__).resolve().parents[2] / "tests/corpus"
MESSAGES = 1000
RUNS = 3
EACH = 4
"""Every fourth message is spoken word by word."""


def measure() -> Section:
    """Measure all of it."""
    section = Section(name="rules", title="Rules")
    rows = list(messages())
    packs = _packs(section, {row["lang"] for row in rows})
    rows = [row for row in rows if row["lang"] in packs]
    if not rows:
        raise NotMeasuredError("no messages in a language that has rules")
    many = list(itertools.islice(itertools.cycle(rows), MESSAGES))
    section.add(
        figure(f"`rules classify`, {MESSAGES} messages, all of it", "s", _commands(many)),
        figure("one message", "ms", [_took_ms(row["text"], packs[row["lang"]]) for row in many]),
    )
    for language, pack in sorted(packs.items()):
        texts = [row["text"] for row in rows if row["lang"] == language][::EACH]
        values = [_took_ms(text, pack) for whole in texts for text in growing(whole)]
        name = f"{language}: growing transcript, judged after each word"
        section.add(figure(name, "ms", values))
    section.notes.append(f"messages of tests/corpus, repeated up to {MESSAGES}")
    return section


def messages(folder: Path = CORPUS) -> Iterator[dict[str, str]]:
    """
    Yield id, text and lang of the corpus.

    Raises:
        NotMeasuredError: there is no corpus.
    """
    files = sorted(folder.glob("dev_*.jsonl"))
    if not files:
        raise NotMeasuredError(f"no messages in {folder}")
    for file in files:
        for line in file.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            yield {name: row[name] for name in ("id", "text", "lang")}


def growing(text: str) -> Iterator[str]:
    """Yield *text* as it grows, word by word."""
    words = text.split()
    for count in range(1, len(words) + 1):
        yield " ".join(words[:count])


def _packs(section: Section, languages: set[str]) -> dict[str, RulePack]:
    packs = {}
    for language in sorted(languages & set(shipped_languages())):
        began = time.perf_counter()
        try:
            packs[language] = load_pack(language)
        except BridgeError as exc:
            section.failures.append(f"rules for {language}: {exc}")
            continue
        took = 1000 * (time.perf_counter() - began)
        section.add(figure(f"{language}: rules read and compiled", "ms", [took]))
    return packs


def _commands(rows: list[dict[str, str]]) -> list[float]:
    """Return how long the command takes, its start included."""
    values = []
    with tempfile.TemporaryDirectory(prefix="pbx-bridge-bench-") as name:
        file = Path(name) / "messages.jsonl"
        file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        for _ in range(RUNS):
            began = time.perf_counter()
            done = subprocess.run(
                [sys.executable, "-m", "pbx_bridge", "rules", "classify", str(file)],
                capture_output=True,
                text=True,
                check=False,
            )
            values.append(time.perf_counter() - began)
            if done.returncode != 0:
                raise NotMeasuredError(f"rules classify: {done.stderr.strip()[-300:]}")
    return values


def _took_ms(text: str, pack: RulePack) -> float:
    began = time.perf_counter()
    classify(text, pack)
    return 1000 * (time.perf_counter() - began)
