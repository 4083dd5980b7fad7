"""What is missing or wrong when the service starts: one clear line, calls served, healed alone."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from after_hours import SAID, AfterHours

from pbx_bridge.adapters.store.reading import CasePhase
from pbx_bridge.core.case import Urgency

pytestmark = pytest.mark.asterisk


def start(night: AfterHours) -> None:
    """Start the service without waiting for it."""
    night.stage.start_service(wait=False)


def wait_for(night: AfterHours, event: str) -> dict[str, object]:
    """Return the first line of the log with this event."""
    assert night.stage.service is not None
    return night.stage.service.wait_for(event)


def lines(night: AfterHours, *events: str) -> list[str]:
    """Return the reasons of all lines with one of these events; none may be a traceback."""
    assert night.stage.service is not None
    log = night.stage.service.log()
    assert [line for line in log if line["event"] == "output" or "exception" in line] == []
    return [
        str(line.get("reason") or line.get("problem")) for line in log if line["event"] in events
    ]


def test_a_wrong_secret_heals(night: AfterHours) -> None:
    """Refused with one line; the call meanwhile is Asterisk's; a corrected manager.conf heals."""
    night.begin("103", service=False)
    secret = night.stage.folder / "ami.secret"
    installed = secret.read_text()
    secret.write_text("another-secret-than-the-one-installed\n")
    try:
        start(night)
        wait_for(night, "ami.rejected")
        meanwhile = night.call_and_leave()
        night.wait_mobile("digit", "103")
        (reason,) = lines(night, "ami.rejected", "ami.lost")
        night.install("103")
        wait_for(night, "ami.connected")
        adopted = night.case(meanwhile, CasePhase.ACKNOWLEDGED)
        served = night.case(night.call_and_leave(), CasePhase.ACKNOWLEDGED)
    finally:
        secret.write_text(installed)

    assert "manager" in reason
    assert (adopted.owner, served.owner) == ("t1", "t1")
    assert night.rung() == ["103", "103"]


def test_asterisk_that_starts_later_is_found(night: AfterHours) -> None:
    """One line says that it is not there; when it is, calls are served."""
    night.begin("103", service=False)
    night.box.stop_instance("pbx")
    start(night)
    wait_for(night, "ami.lost")
    night.box.start_instance("pbx")
    wait_for(night, "ami.connected")
    case = night.case(night.call_and_leave(), CasePhase.ACKNOWLEDGED)
    (reason,) = lines(night, "ami.lost", "ami.rejected")

    assert str(night.box.ports.pbx_ami) in reason
    assert case.owner == "t1"


def test_a_database_that_cannot_be_made_is_waited_for(night: AfterHours) -> None:
    """The service waits with one line and Asterisk rings; then it starts and adopts the call."""
    night.begin("103", service=False)
    place = night.stage.database
    place.mkdir()
    try:
        start(night)
        waiting = wait_for(night, "service.waiting")
        meanwhile = night.call_and_leave()
        night.wait_mobile("digit", "103")
    finally:
        place.rmdir()
    wait_for(night, "service.started")
    case = night.case(meanwhile, CasePhase.ACKNOWLEDGED)

    assert str(place) in str(waiting["reason"])
    assert len(lines(night, "service.waiting")) == 1
    assert case.owner == "t1"
    assert night.rung() == ["103"]


def test_a_missing_model_costs_words_not_the_call(night: AfterHours) -> None:
    """One line names the folder; the message is recorded, its urgency unknown, and it rings."""
    model = night.stage.folder / "no-such-model"
    night.begin("103", service=False, model=model)
    start(night)
    wait_for(night, "asr.model_unusable")
    wait_for(night, "ami.connected")
    call = night.call(SAID["de"], hangup_when_spoken=True)
    case = night.case(call, CasePhase.ACKNOWLEDGED)
    (reason,) = lines(night, "asr.model_unusable")

    assert str(model) in reason
    assert (case.urgency, case.owner) == (Urgency.UNKNOWN, "t1")
    assert case.message_s > 2


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Let nobody but root write in *folder*."""
    before = folder.stat()
    folder.chmod(0o555)
    if os.geteuid() == 0:
        os.chown(folder, 0, 0)
    try:
        yield
    finally:
        if os.geteuid() == 0:
            os.chown(folder, before.st_uid, before.st_gid)
        folder.chmod(before.st_mode & 0o7777)


def test_recordings_that_cannot_be_written_still_ring(night: AfterHours) -> None:
    """There is no message, and there is a caller with a number: somebody is rung, once."""
    night.begin("103")
    with locked(night.box.pbx_spool / "recording"):
        call = night.call(SAID["de"])
        case = night.case(call, CasePhase.ACKNOWLEDGED)
        call.hangup()

    assert case.owner == "t1"
    assert case.urgency is Urgency.UNKNOWN
    assert night.rung() == ["103"]
    assert lines(night, "agi.session_crashed") == []
