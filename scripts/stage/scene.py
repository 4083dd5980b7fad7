"""What a firm has configured: one scene, written as its configuration file."""

import json
from dataclasses import dataclass
from pathlib import Path

from boxes import Box

ROOT = Path(__file__).resolve().parents[2]


def mobile(digits: str, place: int = 1) -> str:
    """Return the number of a mobile that behaves like *digits*; *place* tells equal ones apart."""
    return f"+49302312{place:02d}0{digits}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One firm at night."""

    technicians: tuple[tuple[str, str], ...]
    """Short name and number, in order."""
    language: str = "de"
    rounds: int = 1
    ring_timeout_s: int = 6
    round_pause_s: int = 1
    answer_limit_s: int = 45
    silence_s: int = 3
    mail_port: int | None = None
    """Where a mail sink listens on loopback; `None`: no mail."""
    include_transcript: bool = False
    model: Path | None = None
    """Folder of the speech model; `None`: the tiny model of test voices."""
    live_slots: int = 8
    """Calls heard live at once."""
    firm: str = ""
    """More lines of [firm], as they are."""
    escalation: str = ""
    """More lines of [escalation], as they are."""
    extra: str = ""
    """Appended as it is: rotations, policies, whatever the scene needs."""

    def to_toml(self, box: Box, folder: Path, live: Path) -> str:
        """Return the configuration file for *box*."""
        return "\n".join(
            (
                self._firm(box, folder, live),
                self._people(),
                self._limits(),
                self._mail(),
                f"[service]\nsocket = {json.dumps(str(folder / 'control.sock'))}\n",
                f"[store]\npath = {json.dumps(str(folder / 'pbx-bridge.db'))}\n",
                '[log]\nformat = "json"\n',
                self.extra,
            )
        )

    def _firm(self, box: Box, folder: Path, live: Path) -> str:
        return f"""[firm]
name = "Muster Haustechnik"
zone = "Europe/Berlin"
language = "{self.language}"
{self.firm}

[asterisk]
dial = "PJSIP/{{number}}@trunk"
caller_id = "+4930555100"
ami_port = {box.ports.pbx_ami}
agi_port = {box.ports.agi}
ami_secret_file = {json.dumps(str(folder / "ami.secret"))}
recordings_dir = {json.dumps(str(box.pbx_spool / "recording"))}
prompts_dir = {json.dumps(str(folder / "prompts"))}
live_dir = {json.dumps(str(live))}
"""

    def _people(self) -> str:
        return "\n".join(
            f"[[technician]]\nname = {json.dumps(name)}\nnumber = {json.dumps(number)}\n"
            for name, number in self.technicians
        )

    def _limits(self) -> str:
        model = self.model or ROOT / "models" / f"testvoice-{self.language}"
        return f"""[escalation]
rounds = {self.rounds}
ring_timeout_s = {self.ring_timeout_s}
round_pause_s = {self.round_pause_s}
answer_limit_s = {self.answer_limit_s}
{self.escalation}

[message]
silence_s = {self.silence_s}
max_s = 60

[speech]
models = {{ {self.language} = {json.dumps(str(model))} }}
live_slots = {self.live_slots}
"""

    def _mail(self) -> str:
        if not self.mail_port:
            return ""
        return (
            f'[mail]\nhost = "127.0.0.1"\nport = {self.mail_port}\nsecurity = "none"\n'
            'from = "notdienst@example.com"\nto = ["office@example.com"]\n'
            f"include_transcript = {json.dumps(self.include_transcript)}\n"
        )
