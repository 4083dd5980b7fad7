"""Shows what happens while it happens, and keeps it for ``JSON=file``."""

import json
import sys
import time
from email import message_from_string
from email.policy import default
from pathlib import Path

from boxes import CarrierEvent

from demonstration.scenario import Scenario
from pbx_bridge.adapters.store.journal import JournalRow
from pbx_bridge.cli.timeline import Timeline

QUIET = ("SessionOpened", "RingPlaced", "CallTimer", "EscalationTimer", "CallAlive", "SessionLost")
"""Journal rows that matter to a developer and not to a spectator."""


def subject_of(mail: str) -> str:
    """Return the subject of a mail as people read it."""
    return str(message_from_string(mail, policy=default)["subject"])


class Screen:
    """A timeline; its clock starts when the caller is answered."""

    def __init__(self, scenario: Scenario) -> None:
        self._names = {number: name for name, number in scenario.people()}
        self._zero = time.time()
        self._is_colour = sys.stdout.isatty()
        self.rows: list[dict[str, object]] = []
        self._words = ""
        self._timeline = Timeline()

    def heading(self, text: str) -> None:
        """Show what the next lines are about."""
        print(f"\n\033[1m{text}\033[0m" if self._is_colour else f"\n{text}", flush=True)

    def step(self, text: str) -> None:
        """Show something that is done to set the scene."""
        print(f"   {text}", flush=True)

    def start(self, at: float) -> None:
        """Let the clock begin at *at*, seconds since 1970."""
        self._zero = at

    def journal(self, row: JournalRow) -> None:
        """Show a journal row."""
        at = row.at.timestamp()
        if row.trigger == "Heard":
            text = str(row.data.get("text", ""))
            fresh = text.removeprefix(self._words).strip() or text
            if text != self._words:
                self._words = text
                self._show(at, "words", f"... {fresh}", row.trigger)
        elif (said := self._timeline.sentence(row)) and row.trigger not in QUIET:
            self._show(at, "case " + row.case_id, said, row.trigger)

    def carrier(self, event: CarrierEvent) -> None:
        """Show what a mobile did."""
        who = self._names.get(event.number, event.number)
        texts = {
            "invite": f"{who}'s mobile rings",
            "answered": f"{who}'s mobile is answered",
            "digit": f"{who} presses {event.digit}",
            "hungup": f"{who}'s mobile is hung up by the {event.by}",
        }
        self._show(event.at_ms / 1000, "mobile", texts[event.what], event.what)

    def note(self, text: str, at: float | None = None) -> None:
        """Show something that the demo itself did or saw."""
        self._show(time.time() if at is None else at, "demo", text, "note")

    def write(self, path: Path, scenario: Scenario, *, is_met: bool) -> None:
        """Write the timeline as one JSON object."""
        rows = sorted(self.rows, key=lambda row: float(str(row["at_s"])))
        whole = {"scenario": scenario.name, "held": is_met, "timeline": rows}
        path.write_text(json.dumps(whole, ensure_ascii=False, indent=1) + "\n")

    def _show(self, at: float, who: str, text: str, kind: str) -> None:
        seconds = round(at - self._zero, 2)
        self.rows.append({"at_s": seconds, "who": who, "what": kind, "text": text})
        print(f"{seconds:8.2f} s  {who:<10} {text}", flush=True)
