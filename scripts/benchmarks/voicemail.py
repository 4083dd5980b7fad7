"""The common way, for comparison: VoiceMail() and a program that gets its mail."""

import contextlib
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

from boxes import Box
from stage import mobile

from benchmarks.report import NotMeasuredError

NUMBER = "4930555120"
"""The firm's number that goes to VoiceMail()."""
TECHNICIAN = mobile("106", 99)
"""Answers after 1 s and hangs up: the ring is all that is measured."""
PROGRAM = Path(__file__).parent / "voicemail_mail.py"
MODULE = "app_voicemail.so"

_INCLUDE = "#include bench-voicemail.conf"
_DIALPLAN = f"""; written by scripts/bench: the common way, for comparison
[from-trunk](+)
exten => {NUMBER},1,Goto(bench-voicemail,s,1)

[bench-voicemail]
exten => s,1,Answer()
 same => n,VoiceMail(100@bench,s)
 same => n,Hangup()

[bench-technician]
exten => s,1,Wait(30)
 same => n,Hangup()
"""
_VOICEMAIL = """; written by scripts/bench; silence as in Debian's own file
[general]
format = wav
attach = yes
maxsilence = 10
silencethreshold = 128
mailcmd = cat > {pipe}

[bench]
100 => 1234,Emergency line,line@example.com,,attach=yes|delete=yes
"""


@contextlib.contextmanager
def installed(box: Box, folder: Path, language: str, model: Path) -> Iterator[None]:
    """
    Have the box's PBX take messages with VoiceMail() at `NUMBER` and ring `TECHNICIAN`.

    Asterisk hands the mail over through a pipe to us, who start the program: the Python of a
    checkout may be closed to the user that Asterisk runs as. That costs about a millisecond.

    Raises:
        NotMeasuredError: this Asterisk has no VoiceMail().
    """
    if not (box.engine.modules / MODULE).exists():
        raise NotMeasuredError(f"this Asterisk has no {MODULE}; install asterisk-voicemail")
    pipe = folder / "voicemail.pipe"
    _configure(box, pipe)
    channel = f"PJSIP/{TECHNICIAN}@trunk"
    program = [sys.executable, str(PROGRAM), str(model), language]
    command = [*program, str(box.ports.pbx_ami), channel, "bench-technician"]
    postman = threading.Thread(
        target=_deliver, args=(pipe, command, folder / "voicemail.log"), daemon=True
    )
    postman.start()
    try:
        yield
    finally:
        with pipe.open("wb"):  # an empty mail ends it
            pass
        postman.join(10)


def _configure(box: Box, pipe: Path) -> None:
    pipe.unlink(missing_ok=True)
    os.mkfifo(pipe)
    pipe.chmod(0o622)
    for name, text in (
        ("voicemail.conf", _VOICEMAIL.format(pipe=pipe)),
        ("bench-voicemail.conf", _DIALPLAN),
    ):
        path = box.pbx_etc / name
        path.write_text(text)
        path.chmod(0o644)
    extensions = box.pbx_etc / "extensions.conf"
    text = extensions.read_text()
    if _INCLUDE not in text:
        extensions.write_text(f"{text}\n{_INCLUDE}\n")
    loaded = MODULE in box.cli("pbx", f"module show like {MODULE}")
    box.cli("pbx", f"module {'reload' if loaded else 'load'} {MODULE}")
    box.reload_dialplan()


def _deliver(pipe: Path, command: list[str], log: Path) -> None:
    """Start the program for each mail, until an empty one comes."""
    while True:
        mail = pipe.read_bytes()
        if not mail:
            return
        with log.open("ab") as output:
            subprocess.run(command, input=mail, stdout=output, stderr=output, check=False)
