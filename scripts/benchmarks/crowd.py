"""Many callers at once: real calls to the box, and as many live copies as the machine can bear."""

import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from boxes import CallReport, CallSpec, CarrierEvent
from boxes.speech import default_voice
from stage import Scene, Stage, StageError, mobile

from benchmarks import calls, line, moments, recogniser, room, voice
from benchmarks.figures import Figure, figure
from benchmarks.live_copies import LiveCopies
from benchmarks.report import Section
from benchmarks.room import Room
from benchmarks.sentences import SAID
from benchmarks.voice import Speech
from pbx_bridge.adapters.store.reading import CaseFile, CaseSummary

LANGUAGE = "de"
LIVE, ALL = 8, 30
"""Callers at once: as many as are heard live by default, and many more than that."""
CROWDS = ((LIVE, LIVE), (ALL, LIVE), (ALL, ALL))
"""Callers at once, and how many of them the configuration has heard live."""
STEPS = (1, 2, 4, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256)
BACKLOG_LIMIT_S = 0.5
_AFTER_BEEP_S = 1.0
"""Each speaks so long after the beep of a call that was alone, instead of listening for his own."""
_POLL_S = 0.2
_BEHAVIOUR = "112"
CLASSIFIED = "case.classified"
"""Logged when the whole transcript has its verdict."""
_MISSING_S = 0.5
"""A recording may be so much shorter than what was said in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """One of the callers at once, and his case."""

    report: CallReport
    file: CaseFile | None
    moments: dict[str, float]
    known_s: tuple[float | None, ...]
    """How long after its end each word was in the journal."""
    waits_s: tuple[float | None, ...]
    """How long each word was in the live copy before."""

    @property
    def was_live(self) -> bool:
        """Whether he was heard while he spoke."""
        return self.file is not None and any(row.trigger == "Heard" for row in self.file.journal)

    @property
    def text(self) -> str:
        """What was understood in the end."""
        call = self.file.call if self.file else None
        return call.transcript.text if call and call.transcript else ""

    def missing(self, least_s: float) -> str:
        """Return what this caller did not get, empty when all is well."""
        call = self.file.call if self.file else None
        if not self.report.is_answered:
            return "not answered"
        if call is None or call.message_s < least_s:
            return f"recorded {call.message_s if call else 0:.1f} s of {least_s:.1f} s"
        return "" if "invited" in self.moments else "rang nobody"


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """What is known of all callers at once."""

    stage: Stage
    speech: Speech
    copies: LiveCopies
    since: float
    """When the first of them rang."""

    def guest(self, report: CallReport, case: CaseSummary | None) -> Guest:
        """Return the caller of *report* with his *case*."""
        if case is None:
            return Guest(report=report, file=None, moments={}, known_s=(), waits_s=())
        stage, file = self.stage, self.stage.case_file(case.case_id)
        found = moments.from_journal(file.journal) | {"hung_up": report.ended_at}
        log = stage.service.log() if stage.service else []
        heard = moments.last_logged(log, CLASSIFIED, case.case_id)
        found |= {} if heard is None else {"heard": heard}
        invited = _first_ring(file, stage.box.mobile_events(self.since * 1000))
        found |= {} if invited is None else {"invited": invited}
        known_s = calls.known_s(file, report, self.speech)
        waits_s: list[float | None] = []
        if report.speech_started_at is not None and file.call is not None:
            ends = [report.speech_started_at + end for end in self.speech.word_ends_s]
            waits_s = moments.waits_s(ends, known_s, self.copies.grown_at(file.call.call_id))
        return Guest(
            report=report, file=file, moments=found, known_s=known_s, waits_s=tuple(waits_s)
        )


def scene(live_slots: int) -> Scene:
    """Return a firm with a technician for each caller, and some more."""
    people = tuple((_name(n), _mobile(n)) for n in range(1, ALL + 6))
    return Scene(technicians=people, language=LANGUAGE, live_slots=live_slots)


def on_the_box(stage: Stage, section: Section, count: int, live_slots: int) -> None:
    """Let *count* callers ring the running product, which hears *live_slots* live, all at once."""
    who = f"{count} calls, {live_slots} live slots"
    speech = voice.speak(SAID[LANGUAGE][0], default_voice(LANGUAGE))
    wav = speech.write(stage.folder / "said.wav")
    alone = stage.box.place_call(CallSpec(wav=wav, hangup_when_spoken=True))
    if alone.beep_ended_s is None:
        raise StageError("a caller who is alone hears no beep")
    since = line.quiet(stage) / 1000
    with LiveCopies(stage.live) as copies:
        reports = _together(stage, wav, count, alone.beep_ended_s + _AFTER_BEEP_S)
    cases = _cases_of(stage, [report.caller for report in reports])
    witness = Witness(stage=stage, speech=speech, copies=copies, since=since)
    guests = [witness.guest(report, cases.get(report.caller)) for report in reports]
    section.add(*_figures(who, guests))
    for guest in guests:
        missing = guest.missing(speech.length_s - _MISSING_S)
        if missing:
            section.failures.append(f"{who}: {guest.report.caller}: {missing}")
    section.notes.append(
        f"{who}: {sum(guest.was_live for guest in guests)} heard live, the others from the"
        f" recording; {sum(guest.text == speech.text for guest in guests)} transcripts word by"
        f" word, {sum(case.owner is not None for case in cases.values())} cases accepted"
    )


def _figures(who: str, guests: Sequence[Guest]) -> list[Figure | None]:
    def ms(name: str, start: str, end: str) -> Figure | None:
        values = (moments.between_ms(one.moments, start, end) for one in guests)
        return figure(name, "ms", values)

    answered = (one.report.answered_after_s for one in guests)
    known = (lag and lag * 1000 for one in guests for lag in one.known_s)
    waits = (wait and wait * 1000 for one in guests for wait in one.waits_s)
    return [
        figure(f"{who}: INVITE to answer", "ms", (a and a * 1000 for a in answered)),
        figure("  a word is in the live copy to it in the journal", "ms", waits),
        figure("  end of a word to it in the journal", "ms", known),
        ms("  hang-up to INVITE at the first mobile", "hung_up", "invited"),
        ms("    our call logic knows of it", "hung_up", "left"),
        ms("    last audio to whole transcript, judged", "left", "heard"),
        ms("    commits, Originate, INVITE", "heard", "invited"),
        *_waits(guests),
    ]


def _waits(guests: Sequence[Guest]) -> list[Figure | None]:
    """Return hang-up to INVITE of those heard live and of the others, where there are both."""
    found = []
    for was_live, how in ((True, "heard live"), (False, "from the recording")):
        group = [one for one in guests if one.was_live is was_live]
        values = (moments.between_ms(one.moments, "hung_up", "invited") for one in group)
        name = f"  hang-up to INVITE, those {how}"
        found.append(figure(name, "ms", values) if 0 < len(group) < len(guests) else None)
    return found


async def of_files(section: Section) -> None:
    """Let more and more callers speak to one recogniser, until it cannot follow any more."""
    speech = recogniser.speech_of(LANGUAGE)
    model = recogniser.MODELS / f"testvoice-{LANGUAGE}"
    with tempfile.TemporaryDirectory(prefix="pbx-bridge-bench-") as name:
        folder = Path(name)
        wav = room.telephone(speech.write(folder / "said.wav"), folder / "line.wav")
        live = room.live_copy(wav, folder / "said.sln48")
        followed = 0
        for count in STEPS:
            async with room.recogniser(LANGUAGE, model, count) as transcriber:
                crowd = await Room(
                    transcriber=transcriber,
                    language=LANGUAGE,
                    folder=folder,
                    live=live,
                    speech=speech,
                ).fill(count)
            section.add(*crowd.figures())
            if crowd.wrong:
                section.notes.append(f"{count} at once: {crowd.wrong} transcript(s) differ")
            if crowd.backlog_p95_s > BACKLOG_LIMIT_S:
                break
            followed = count
    section.add(figure(f"live at once, backlog p95 up to {BACKLOG_LIMIT_S} s", "calls", [followed]))


def _together(stage: Stage, wav: Path, count: int, speak_at_s: float) -> list[CallReport]:
    placed = [
        stage.box.start_call(
            CallSpec(number=_number(n), wav=wav, speak_at_s=speak_at_s, hangup_when_spoken=True)
        )
        for n in range(count)
    ]
    return [call.wait(2 * line.LIMIT_S) for call in placed]


def _number(place: int) -> str:
    return f"49309988{place:04d}"


def _cases_of(stage: Stage, numbers: Sequence[str]) -> dict[str, CaseSummary]:
    """Return the cases of *numbers*, once each is through or the longest wait is over."""
    deadline = time.monotonic() + line.LIMIT_S
    while True:
        found = {case.number: case for case in stage.cases() if case.number in numbers}
        log = stage.service.log() if stage.service else []
        heard = {entry.get("case_id") for entry in log if entry.get("event") == CLASSIFIED}
        through = [
            case
            for case in found.values()
            if case.owner and case.message_s and case.case_id in heard
        ]
        if len(through) == len(numbers) or time.monotonic() > deadline:
            return {number: case for number, case in found.items() if number is not None}
        time.sleep(_POLL_S)


def _first_ring(file: CaseFile, events: Sequence[CarrierEvent]) -> float | None:
    """Return when the technician who was tried first was rung, in seconds since 1970."""
    attempts = file.escalation.attempts if file.escalation else ()
    if not attempts:
        return None
    numbers = {_name(n): _mobile(n) for n in range(1, ALL + 6)}
    wanted = numbers[attempts[0].technician].lstrip("+")
    opened = moments.from_journal(file.journal).get("escalated", 0.0)
    return next(
        (
            one.at_ms / 1000
            for one in events
            if one.what == "invite" and one.number.endswith(wanted) and one.at_ms / 1000 >= opened
        ),
        None,
    )


def _name(place: int) -> str:
    return f"t{place}"


def _mobile(place: int) -> str:
    return mobile(_BEHAVIOUR, place)
