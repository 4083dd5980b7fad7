"""People are told while mobiles ring, and whoever hangs holds up no ring; on a real Asterisk."""

import json
from pathlib import Path

import pytest
from after_hours import AfterHours, until
from receiver import Receiver, receiving

from pbx_bridge.adapters.store.reading import CasePhase

pytestmark = pytest.mark.asterisk

NEXT_MS = 2000
"""From the end of one ring to the next ring, on a machine that has other things to do."""


def told(receiver: Receiver) -> list[str]:
    """Return the topics that a program was told, in order."""
    return [json.loads(posted.body)["topic"] for posted in receiver.posted]


def firm_tells(folder: Path, hanging: Receiver, crm: Receiver, office: Receiver) -> str:
    """Return the sections for a program that hangs, one that works, and push to the office."""
    secret, urls = folder / "hook.secret", folder / "office.urls"
    for file, text in ((secret, "s3cret"), (urls, office.url("json", "/office"))):
        file.touch(0o600)
        file.write_text(text)
    hooks = (
        f'[[webhook]]\nname = "{name}"\nurl = "{receiver.url()}"\nsecret_file = "{secret}"\n'
        for name, receiver in (("hanging", hanging), ("crm", crm))
    )
    push = f'[apprise]\nurls_file = "{urls}"\ntopics = ["accepted"]\n'
    return "\n".join((*hooks, push))


def test_receiver_that_hangs_delays_no_ring_and_nobody_else(
    night: AfterHours, tmp_path: Path
) -> None:
    """It is asked before the first mobile rings, and has not answered when the case is taken."""
    with receiving() as hanging, receiving() as crm, receiving() as office:
        hanging.hangs = True
        night.begin("102", "103", extra=firm_tells(tmp_path, hanging, crm, office))
        call = night.call_and_leave()
        case = night.case(call, CasePhase.ACKNOWLEDGED)
        until("both turns at the program", lambda: told(crm) == ["new-case", "accepted"])
        until("push to the office", lambda: office.posted)
        asked = told(hanging)
        rung, (first, second) = night.rung(), night.events("invite")
        busy = next(e for e in night.box.mobile_events(night.since_ms) if e.what == "hungup")
        night.stage.stop_service()

    assert rung == ["102", "103"]
    assert asked == ["new-case"]
    assert first.at_ms < busy.at_ms < second.at_ms < busy.at_ms + NEXT_MS
    assert f"{case.case_id} " in json.loads(office.posted[0].body)["message"]
    assert call.spec.number not in office.posted[0].body.decode()
    assert json.loads(crm.posted[1].body)["case"]["technician"] == case.owner
