"""What is where in the folder of a box, and its configuration files."""

import re
import resource
from dataclasses import dataclass
from pathlib import Path

from boxes import mobiles, speech, tones
from boxes.engine import Engine
from boxes.faults import BoxError
from boxes.ports import Ports

FIRM = "4930555100"
"""The firm's number; the one callers ring unless told otherwise."""
SELF_TEST = "4930555109"
"""A number of the PBX that beeps and records without pbx-bridge."""
INSTANCES = ("pstn", "pbx")
"""In the order of starting: the carrier is there before the PBX asks for it."""

_TEMPLATES = Path(__file__).parent / "etc"
_KEPT = ("extensions.conf",)
"""Of the PBX: people (and `pbx-bridge dialplan install`) change it, so it is written only once."""
_SOCKET_PATH_LIMIT = 107
_HARMLESS_PATH = re.compile(r"[A-Za-z0-9._/+@ -]+")
_VOICES = {
    "tech-hello": "Hallo, hier ist der Techniker.",
    "voicemail": "Sie sind verbunden mit der Mailbox von Meier. Bitte sprechen Sie nach dem Ton.",
    "off": "Der Teilnehmer ist zur Zeit nicht erreichbar.",
}


@dataclass(frozen=True, slots=True)
class Home:
    """The folder of one Asterisk."""

    path: Path

    @property
    def etc(self) -> Path:
        """Configuration, as in /etc/asterisk."""
        return self.path / "etc"

    @property
    def spool(self) -> Path:
        """Recordings, as in /var/spool/asterisk."""
        return self.path / "spool"

    @property
    def sounds(self) -> Path:
        """Sounds, as in /usr/share/asterisk/sounds."""
        return self.path / "data/sounds"

    @property
    def config(self) -> Path:
        """The file for Asterisk's option -C."""
        return self.etc / "asterisk.conf"

    @property
    def log(self) -> Path:
        """All that this Asterisk logs."""
        return self.path / "log/full"

    @property
    def writable(self) -> tuple[Path, ...]:
        """What Asterisk itself writes to, and its configuration, as Debian has it."""
        return tuple(self.path / name for name in ("run", "spool", "log", "db", "etc"))


def check_path(folder: Path) -> None:
    """Raise `BoxError` when Asterisk could not work in *folder*."""
    if not _HARMLESS_PATH.fullmatch(str(folder)):
        raise BoxError(f"--dir {folder}: a comma or another special character breaks the dialplan")
    if len(str(folder / "pstn/run/asterisk.ctl")) > _SOCKET_PATH_LIMIT:
        raise BoxError(f"--dir {folder}: the path is too long for a socket; take a shorter one")


def prepare(home: Home, instance: str, engine: Engine, ports: Ports) -> None:
    """Make the folders, the configuration and the sounds of one *instance*."""
    folders = ("etc", "run", "db", "log", "spool/recording", "spool/monitor", "spool/heard")
    for name in (*folders, "spool/live", "data/agi-bin", "data/sounds/en/calls", "data/moh"):
        folder = home.path / name
        folder.mkdir(parents=True, exist_ok=True)
    if instance == "pbx":
        (home.etc / "manager.d").mkdir(exist_ok=True)
    for name in ("documentation", "static-http", "rest-api"):
        _link(home.path / "data" / name, engine.data / name)
    _write_etc(home, instance, _tokens(home, instance, engine, ports), engine)
    beep = home.sounds / "en/beep.wav"
    if not beep.exists():
        tones.write_tone(beep, tones.BEEP_HZ, tones.BEEP_S, amplitude=16000)
        tones.write_tone(home.path / "data/moh/tone.wav", 440, 4, amplitude=2000)
    if instance == "pstn":
        for sound, text in _VOICES.items():
            target = home.sounds / f"en/{sound}.wav"
            if not target.exists():
                speech.render(text, speech.default_voice("de"), target)


def _link(link: Path, target: Path) -> None:
    link.unlink(missing_ok=True)
    if target.exists():
        link.symlink_to(target)


def _tokens(home: Home, instance: str, engine: Engine, ports: Ports) -> dict[str, str]:
    peer = "pstn" if instance == "pbx" else "pbx"
    rtp = ports.pbx_rtp if instance == "pbx" else ports.pstn_rtp
    return {
        "AMI": str(ports.ami(instance)),
        "FIRM": FIRM,
        "HOME": str(home.path),
        "MAXFILES": str(_max_files()),
        "MOBILES": mobiles.dialplan(),
        "MODULES": str(engine.modules),
        "PEER_SIP": str(ports.sip(peer)),
        "RTP_FIRST": str(rtp.start),
        "RTP_LAST": str(rtp.stop - 1),
        "SELF_TEST": SELF_TEST,
        "SIP": str(ports.sip(instance)),
    }


def _max_files() -> int:
    """Return how many files Asterisk may open: two hundred calls need more than the usual 1024."""
    wanted = 16384
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    return wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)


def _write_etc(home: Home, instance: str, tokens: dict[str, str], engine: Engine) -> None:
    for source in (
        *sorted((_TEMPLATES / "both").iterdir()),
        *sorted((_TEMPLATES / instance).iterdir()),
    ):
        target = home.etc / source.name
        if instance == "pbx" and source.name in _KEPT and target.exists():
            continue
        text = fill(source.read_text(), tokens)
        if source.name == "modules.conf":
            text = present_modules(text, {path.name for path in engine.modules.iterdir()})
        target.write_text(text)
        target.chmod(0o644)


def fill(template: str, tokens: dict[str, str]) -> str:
    """Return *template* with every `@NAME@` replaced; an unknown name is a KeyError."""
    return re.sub(r"@([A-Z_]+)@", lambda found: tokens[found[1]], template)


def present_modules(text: str, names: set[str]) -> str:
    """Return modules.conf without the modules that this Asterisk (older, newer) does not have."""
    lines = text.splitlines()
    kept = [ln for ln in lines if not ln.startswith("load = ") or ln.split(" = ")[1] in names]
    return "\n".join(kept) + "\n"
