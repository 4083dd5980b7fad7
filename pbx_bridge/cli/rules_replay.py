"""``pbx-bridge rules replay``: the firm's own calls, judged by the rules of today."""

import json
import re
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import click

from pbx_bridge.adapters.packs import shipped_languages
from pbx_bridge.cli.rule_packs import OWN, Packs
from pbx_bridge.core.call_flow import Call
from pbx_bridge.core.case import Verdict
from pbx_bridge.core.growing import certain_at
from pbx_bridge.core.moment import context_at
from pbx_bridge.core.urgency import judge

_SPAN = re.compile(r"([0-9]{1,5})([hdw])")
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """One call, as it was judged and as it would be."""

    case_id: str
    arrived_at: str
    """UTC, ISO 8601."""
    before: str
    """Urgency of the verdict that stands in the case."""
    now: str
    rules: tuple[str, ...]
    """Ids of the rules that speak now, the deciding one first."""
    is_changed: bool
    was_early: bool
    """Whether technicians were rung while the caller spoke."""
    early: bool
    """Whether the words, spoken one by one, would ring early now."""
    text: str


class Since(click.ParamType[timedelta]):
    """A length of time such as 90d, 12h, 3w."""

    name = "span"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> timedelta:
        """Return the span; end the command when it is none."""
        found = _SPAN.fullmatch(str(value))
        if found is None:
            self.fail(f"{value!r} is no span; write for example 90d, 12h or 3w", param, ctx)
        return int(found[1]) * _UNITS[found[2]]


@click.command("replay")
@click.option("--since", type=Since(), default="90d", show_default=True, help="How far back.")
@click.option("--all", "show_all", is_flag=True, help="Show also what stays as it was.")
@click.option("--json", "as_lines", is_flag=True, help="One JSON object per call, all calls.")
@OWN
@click.pass_obj
def replay_command(
    config_path: Path, since: timedelta, show_all: bool, as_lines: bool, own: Path | None
) -> None:
    """
    Judge the firm's own calls again and show what the rules of today would change.

    Nothing is written and nobody is rung. Without --own the rule file of the configuration
    counts. Each call is judged by season and opening hours of its own moment. A verdict that
    people were rung for early, or that was doubted because the message was cut off, may differ
    without any change of a rule.

    JSON keys: case_id, arrived_at (UTC), before, now, rules, is_changed, was_early, early, text.
    """
    # sqlite and pydantic: the other rules commands must be quick
    from pbx_bridge.adapters.store.heard import heard_calls  # noqa: PLC0415
    from pbx_bridge.cli.firm_plan import firm_plan  # noqa: PLC0415

    firm = firm_plan(config_path)
    packs = Packs(own or firm.config.rules.firm_file)
    found = []
    for call in heard_calls(firm.config.store.path, firm.now - since):
        language = (
            call.language if call.language in shipped_languages() else firm.config.firm.language
        )
        pack = packs[language]
        context = context_at(firm.plan, call.arrived_at)
        assert call.transcript is not None  # noqa: S101  what was asked for
        verdict = judge(call.transcript, pack, context)
        found.append(_replayed(call, verdict, certain_at(call.transcript.text, pack, context)))
    for one in found:
        if as_lines:
            click.echo(json.dumps(_as_json(one), ensure_ascii=False))
        elif one.is_changed or show_all:
            click.echo(_line(one))
    if not as_lines:
        click.echo(_summary(found))


def _replayed(call: Call, verdict: Verdict, early: int | None) -> Replayed:
    assert call.transcript is not None  # noqa: S101
    assert call.verdict is not None  # noqa: S101
    return Replayed(
        case_id=call.case_id,
        arrived_at=call.arrived_at.isoformat(),
        before=call.verdict.urgency.value,
        now=verdict.urgency.value,
        rules=tuple(reason.rule for reason in verdict.reasons),
        is_changed=call.verdict.urgency is not verdict.urgency,
        was_early=call.rang_early,
        early=early is not None,
        text=call.transcript.text,
    )


def _as_json(one: Replayed) -> dict[str, object]:
    return {name: getattr(one, name) for name in Replayed.__dataclass_fields__}


def _line(one: Replayed) -> str:
    change = f"{one.before} -> {one.now}" if one.is_changed else one.now
    deciding = one.rules[0] if one.rules else "no rule spoke"
    return f"case {one.case_id}  {change}  by {deciding}  <{one.text}>"


def _summary(found: list[Replayed]) -> str:
    changes = Counter(f"{one.before} -> {one.now}" for one in found if one.is_changed)
    told = ", ".join(f"{count} {change}" for change, count in sorted(changes.items())) or "none"
    early = sum(one.early for one in found)
    return f"{len(found)} calls; changed: {told}; certain while the caller speaks: {early}"
