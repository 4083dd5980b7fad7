"""Whether a scenario went as it must; each check says what it wanted and what it saw."""

from dataclasses import dataclass
from difflib import SequenceMatcher

from boxes import CallReport, CarrierEvent

from demonstration.scenario import Scenario, Trouble
from pbx_bridge.adapters.store.reading import CaseFile, CaseSummary

SAME_WORDS = 0.8
"""Share of the spoken words that must be understood, in their order."""


@dataclass(frozen=True, slots=True)
class Check:
    """One expectation."""

    text: str
    is_met: bool


def likeness(said: str, understood: str) -> float:
    """Return how much of what was *said* was *understood*, in order: 0 to 1, by words."""
    words = said.split()
    matcher = SequenceMatcher(None, words, understood.split(), autojunk=False)
    return sum(block.size for block in matcher.get_matching_blocks()) / max(1, len(words))


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What was seen of one performance."""

    said: str
    report: CallReport
    case: CaseSummary
    file: CaseFile
    events: list[CarrierEvent]
    mails: int


def check(scenario: Scenario, seen: Evidence) -> list[Check]:
    """Return every expectation of *scenario* and whether it held."""
    report, case, file, mails = seen.report, seen.case, seen.file, seen.mails
    first_sound = report.first_sound_s
    return [
        Check(f"the caller hears something within 1 s ({first_sound} s)", (first_sound or 9) < 1),
        Check(f"the case is {scenario.phase} ({case.phase.value})", case.phase == scenario.phase),
        Check(f"the owner is {scenario.owner} ({case.owner})", case.owner == scenario.owner),
        Check(f"the case knows the caller's number ({case.number})", case.number == report.caller),
        Check(f"{scenario.mails} mail(s) went out ({mails})", mails == scenario.mails),
        *_words(scenario, seen.said, file),
        *_verdict(scenario, file),
        *_rings(scenario, file, seen.events),
    ]


def _words(scenario: Scenario, said: str, file: CaseFile) -> list[Check]:
    transcript = file.call.transcript if file.call else None
    understood = transcript.text if transcript else ""
    engine = transcript.engine if transcript else ""
    if scenario.hangs_up_speaking:
        begun = said.split()[:3]
        is_met = understood.split()[:3] == begun
        return [Check(f"the words up to the hang-up are there ({understood!r})", is_met)]
    share = likeness(said, understood)
    return [
        Check(f"{share:.0%} of the words were understood, by {engine}", share >= SAME_WORDS),
        Check("the words came from Vosk", engine.startswith("vosk")),
    ]


def _verdict(scenario: Scenario, file: CaseFile) -> list[Check]:
    verdict = file.call.verdict if file.call else None
    rules = [reason.rule for reason in verdict.reasons] if verdict else []
    if scenario.trouble is Trouble.NOT_RUNNING or scenario.hangs_up_speaking:
        return []
    should_ring = scenario.text == "emergency"
    return [
        Check(f"the verdict names its rule ({', '.join(rules) or 'none'})", bool(rules)),
        Check(
            f"the verdict {'rings' if should_ring else 'rings nobody'}"
            f" ({verdict.urgency.value if verdict else None})",
            verdict is not None and verdict.rings is should_ring,
        ),
    ]


def _rings(scenario: Scenario, file: CaseFile, events: list[CarrierEvent]) -> list[Check]:
    rung = [event.number for event in events if event.what == "invite"]
    numbers = [number for _, number in scenario.people()]
    if scenario.phase == "filed":
        return [Check(f"no mobile rang ({len(rung)})", not rung)]
    expected = numbers[: len(scenario.outcomes) or len(numbers)]
    checks = [Check(f"the mobiles rang in order ({len(rung)} rings)", rung == expected)]
    if scenario.outcomes and file.escalation is not None:
        seen = tuple(a.outcome.value if a.outcome else "?" for a in file.escalation.attempts)
        checks.append(Check(f"the rings ended {', '.join(seen)}", seen == scenario.outcomes))
    return checks
