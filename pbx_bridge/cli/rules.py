"""Command group `rules`: judge texts, explain verdicts, check and score rule files."""

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import IO

import click

from pbx_bridge.adapters.packs import lint, shipped_languages
from pbx_bridge.cli import rules_explain
from pbx_bridge.cli.rule_packs import OWN, Packs
from pbx_bridge.cli.rules_replay import replay_command
from pbx_bridge.core.case import Urgency, Verdict
from pbx_bridge.core.growing import certain_at, is_certain_at_pause
from pbx_bridge.core.rulepack import Context, Season
from pbx_bridge.core.scoring import (
    LABELS,
    Figures,
    GrowingFigures,
    Growth,
    Pair,
    figures,
    growing_figures,
)
from pbx_bridge.core.urgency import classify, explain
from pbx_bridge.errors import RulePackError

SEASON = click.option(
    "--season",
    type=click.Choice([season.value for season in Season]),
    help="Season to judge by; without it only the words count.",
)


class BadLine(Exception):
    """A line of input that cannot be used; the text says which and why."""


@click.group()
def rules() -> None:
    """Judge how urgent a message is, and see why."""


rules.add_command(replay_command)


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
        if key not in row:
            raise BadLine(f'"{key}" is missing; add it to the line')
        if not isinstance(row[key], str):
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


@rules.command("explain")
@click.argument("text")
@click.option("--lang", "language", required=True, help="Language of the text.")
@SEASON
@OWN
def explain_command(text: str, language: str, season: str | None, own: Path | None) -> None:
    """
    Show which words, rules and negations lead to the verdict on TEXT.

    TEXT alone is judged, as if every word was heard well. In a call a harmless verdict
    counts as urgent when few words or none were understood, when the recogniser is not
    sure of them, or when no rule spoke.
    """
    context = Context(season=Season(season) if season else None)
    pack = Packs(own)[language]
    for line in rules_explain.lines(explain(text, pack, context)):
        click.echo(line)
    at = certain_at(text, pack, context)
    if at is not None:
        heard = f"after <{' '.join(text.split()[:at])}>"
    elif is_certain_at_pause(text, pack, context):
        heard = "at the pause that follows, or after one more word that takes nothing back"
    else:
        heard = "never"
    click.echo(f"certain while it is spoken: {heard}")


@rules.command("lint")
@OWN
def lint_command(own: Path | None) -> None:
    """
    Check all rule files, ours and the firm's own; name every mistake.

    A pattern that probably finds something else than was meant is named on standard error.
    """
    for language in shipped_languages():
        try:
            pack, doubts = lint(language, own)
        except RulePackError as exc:
            raise click.ClickException(f"[{exc.code}] {exc}") from exc
        for line in doubts:
            click.echo(line, err=True)
        certain = sum(rule.certain_after is not None for rule in pack.rules)
        click.echo(
            f"{language}: {pack.title}, {len(pack.rules)} rules, {certain} of them certain,"
            f" {len(pack.facts)} facts"
        )


@rules.command("score")
@click.argument(
    "folder", metavar="DIR", type=click.Path(exists=True, file_okay=False, path_type=Path)
)
@click.option(
    "--only", type=click.Path(exists=True, path_type=Path), help="Only the ids in this file."
)
@click.option(
    "--without", type=click.Path(exists=True, path_type=Path), help="All but the ids in this file."
)
@click.option("--json", "as_lines", is_flag=True, help="One JSON object per language.")
@click.option(
    "--growing", is_flag=True, help="Speak them word by word: would anybody be rung early?"
)
@OWN
def score_command(  # noqa: PLR0913, PLR0917  click gives each option a name of its own
    folder: Path,
    only: Path | None,
    without: Path | None,
    as_lines: bool,
    growing: bool,
    own: Path | None,
) -> None:
    """
    Judge the labelled messages in DIR/*.jsonl and count as the corpus scorer does.

    Each line has id, lang, text and urgency.
    """
    packs = Packs(own)
    wanted = set(only.read_text(encoding="utf-8").split()) if only else None
    unwanted = set(without.read_text(encoding="utf-8").split()) if without else set()
    rows: dict[str, list[dict[str, str]]] = {}
    for row in _labelled(folder):
        if row["id"] in unwanted or (wanted is not None and row["id"] not in wanted):
            continue
        rows.setdefault(row["lang"], []).append(row)
    rows["all"] = [row for group in rows.values() for row in group]
    for language, group in rows.items():
        if growing:
            counted = growing_figures([_growth(row, packs) for row in group])
            click.echo(_growing_line(language, counted, as_lines=as_lines))
        else:
            found = figures([_pair(row, packs) for row in group])
            click.echo(_figures_line(language, found, as_lines=as_lines))


def _pair(row: dict[str, str], packs: Packs) -> Pair:
    return Urgency(row["urgency"]), classify(row["text"], packs[row["lang"]]).urgency


def _growth(row: dict[str, str], packs: Packs) -> Growth:
    at = certain_at(row["text"], packs[row["lang"]])
    return Urgency(row["urgency"]), at and at / len(row["text"].split())


def _labelled(folder: Path) -> Iterator[dict[str, str]]:
    for file in sorted(folder.glob("*.jsonl")):
        for number, raw in enumerate(file.read_bytes().splitlines(), 1):
            if not raw.strip():
                continue
            try:
                row = parse_line(raw)
            except BadLine as exc:
                raise click.ClickException(f"{file}, line {number}: {exc}") from exc
            if row.get("urgency") not in [label.value for label in LABELS]:
                known = ", ".join(LABELS)
                raise click.ClickException(f'{file}, line {number}: "urgency" is one of {known}')
            if row.get("lang") not in shipped_languages():
                raise click.ClickException(f'{file}, line {number}: no rules for "lang"')
            yield {key: str(row[key]) for key in ("id", "lang", "text", "urgency")}


def _figures_line(group: str, counted: Figures, *, as_lines: bool) -> str:
    if as_lines:
        return json.dumps({"group": group, **asdict(counted)})
    shares = (
        f"{name} {'-' if share is None else f'{100 * share:.1f} %'}"
        for name, share in (
            ("ring recall", counted.ring_recall),
            ("emergency recall", counted.emergency_recall),
            ("false ring", counted.false_ring_rate),
        )
    )
    macro = "-" if counted.macro_f1 is None else f"{counted.macro_f1:.3f}"
    return (
        f"{group:4} {counted.messages:4} messages  {'  '.join(shares)}  macro-F1 {macro}"
        f"  emergencies not rung {counted.emergencies_not_rung}"
    )


def _growing_line(group: str, counted: GrowingFigures, *, as_lines: bool) -> str:
    if as_lines:
        return json.dumps({"group": group, **asdict(counted)})
    heard = "-" if counted.heard_share is None else f"{100 * counted.heard_share:.0f} %"
    share = "-" if counted.early_share is None else f"{100 * counted.early_share:.1f} %"
    return (
        f"{group:4} {counted.emergencies:4} emergencies  certain early {counted.early} ({share})"
        f"  after {heard} of their words  false certain: {counted.false_certain} routine or none,"
        f" {counted.urgent_certain} urgent"
    )
