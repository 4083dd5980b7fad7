"""Command group `rules`: judge texts, explain verdicts, check and score rule files."""

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import click

from pbx_bridge.adapters.packs import load_pack, shipped_languages
from pbx_bridge.core.case import Verdict
from pbx_bridge.core.rulepack import Context, RulePack, Season
from pbx_bridge.core.urgency import classify
from pbx_bridge.errors import RulePackError

OWN = click.option(
    "--own",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The firm's own rule file, merged over ours.",
)
SEASON = click.option(
    "--season",
    type=click.Choice([season.value for season in Season]),
    help="Season to judge by; without it only the words count.",
)


@dataclass(slots=True)
class Packs:
    """Rule packs by language, loaded when first asked for."""

    own: Path | None
    loaded: dict[str, RulePack] = field(default_factory=dict)

    def __getitem__(self, language: str) -> RulePack:
        """Return the pack; end the command when it has mistakes."""
        if language not in self.loaded:
            try:
                self.loaded[language] = load_pack(language, self.own)
            except RulePackError as exc:
                raise click.ClickException(f"[{exc.code}] {exc}") from exc
        return self.loaded[language]


class BadLine(Exception):
    """A line of input that cannot be used; the text says which and why."""


@click.group()
def rules() -> None:
    """Judge how urgent a message is, and see why."""


@rules.command("classify")
@click.argument("source", metavar="[FILE]", type=click.File("rb"), default="-")
@click.option("--lang", "language", help="Language of lines that name none.")
@SEASON
@OWN
def classify_command(
    source: IO[bytes], language: str | None, season: str | None, own: Path | None
) -> None:
    """
    Judge messages, one JSON object per line: id, text, lang.

    Answers one JSON object per line: id, urgency, ring, category, reasons. A line that
    cannot be read is named on standard error, the others are judged, and the exit
    status is 1.
    """
    packs = Packs(own)
    context = Context(season=Season(season) if season else None)
    failed = False
    for number, raw in enumerate(source, 1):
        if not raw.strip():
            continue
        try:
            answer = _answer(raw, language, packs, context)
        except BadLine as exc:
            failed = True
            click.echo(f"line {number}: {exc}", err=True)
        else:
            click.echo(json.dumps(answer, ensure_ascii=False))
    if failed:
        sys.exit(1)


def _answer(raw: bytes, language: str | None, packs: Packs, context: Context) -> dict[str, object]:
    row = parse_line(raw)
    spoken = row.get("lang", language)
    if spoken is None:
        raise BadLine('"lang" is missing; add it to the line or give --lang')
    if spoken not in shipped_languages():
        known = ", ".join(shipped_languages())
        raise BadLine(f'"lang" is {spoken!r}; there are rules for {known}')
    verdict = classify(str(row["text"]), packs[str(spoken)], context)
    return {"id": row["id"], **as_json(verdict)}


def parse_line(raw: bytes) -> dict[str, object]:
    """Return the object on one line; raise `BadLine` unless it has a text and an id."""
    try:
        row = json.loads(raw)
    except ValueError as exc:
        raise BadLine(f"not JSON in UTF-8: {exc}") from exc
    if not isinstance(row, dict):
        raise BadLine('an object with "id", "text" and "lang" is expected')
    for key in ("id", "text"):
        if not isinstance(row.get(key), str):
            raise BadLine(f'"{key}" must be a text in quotes')
    return row


def as_json(verdict: Verdict) -> dict[str, object]:
    """Return *verdict* as it stands in an answer line."""
    return {
        "urgency": verdict.urgency.value,
        "ring": verdict.rings,
        "category": verdict.category,
        "reasons": list(_reasons(verdict)),
    }


def _reasons(verdict: Verdict) -> Iterator[dict[str, object]]:
    for reason in verdict.reasons:
        yield {
            "rule": reason.rule,
            "text": reason.text,
            "words": reason.words,
            "weight": reason.weight,
        }
