"""Asterisk alone, and something of its own is broken too: no false word, no second ring."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from after_hours import SAID, AfterHours, until
from boxes import Call
from stage import mobile

from pbx_bridge.adapters.store.reading import CasePhase

pytestmark = pytest.mark.asterisk

PAUSE_S = 4
"""Longer than anything else between two rings."""


def one_row(night: AfterHours, family: str) -> tuple[str, str]:
    """Return key and value of the one row in an AstDB family, once it is there."""

    def look() -> list[str]:
        shown = night.box.cli("pbx", f"database show {family}").splitlines()
        return [line for line in shown if line.startswith(f"/{family}/")]

    (row,) = until(f"a row in {family}", look)
    key, _, value = row.partition(":")
    return key.strip().rpartition("/")[2], value.strip()


def is_asked(night: AfterHours) -> bool:
    """Whether a mobile is asked for a key just now."""
    return "!Read!" in night.box.cli("pbx", "core show channels concise")


def are_connected(night: AfterHours) -> bool:
    """Whether caller and technician talk."""
    return " basic " in night.box.cli("pbx", "bridge show all")


def press_again(night: AfterHours) -> None:
    """Let the one mobile that is on the line press 1, as soon as it is asked."""
    until("he is asked", lambda: is_asked(night))
    shown = night.box.cli("pstn", "core show channels concise").splitlines()
    (channel,) = [line.split("!")[0] for line in shown if "!" in line]
    with night.box.ami("pstn") as ami:
        ami.action("PlayDTMF", {"Channel": channel, "Digit": "1", "Duration": "200"})


@contextmanager
def without_prompts(night: AfterHours) -> Iterator[None]:
    """Take all prompts away, as a folder that was moved or a disk that was not mounted."""
    prompts = night.stage.folder / "prompts"
    away = prompts.rename(prompts.with_name("prompts.away"))
    try:
        yield
    finally:
        away.rename(prompts)


@contextmanager
def astdb_locked(night: AfterHours) -> Iterator[None]:
    """Let nobody else read or write AstDB, as a backup does."""
    (path,) = (night.box.folder / "pbx").rglob("astdb.sqlite3")
    with sqlite3.connect(path, timeout=10, isolation_level=None) as database:
        database.execute("BEGIN EXCLUSIVE")
        yield
        database.execute("ROLLBACK")
    database.close()


def message_of(night: AfterHours) -> Path:
    """Return the one recording of tonight."""
    (recording,) = (night.box.pbx_spool / "recording").glob("*.wav")
    return recording


# ---------------------------------------------------------------- who has it already


def test_the_owner_is_not_told_that_another_has_it(night: AfterHours) -> None:
    """The service died while he heard that it is his; asked again, he hears that, and the rest."""
    night.begin("103", "105")
    call = night.call_and_leave()
    night.case(call, CasePhase.ACKNOWLEDGED)
    until("he is written down", lambda: night.remembered("pbxb-taken") == 1)
    assert night.stage.service is not None
    night.stage.service.kill()
    press_again(night)
    night.wait_mobile("hungup", "103")
    heard = night.heard("103")
    asked_s = heard.at_s(night.prompt("screen"))

    assert heard.share(night.prompt("screen-accepted"), asked_s) > 0.8
    assert heard.share(night.prompt("ack-caller"), asked_s) > 0.8
    assert heard.share(night.prompt("ack-taken")) < 0.5
    assert night.rung() == ["103"]


def test_the_owner_is_connected_though_he_is_written_down_already(night: AfterHours) -> None:
    """The list rings the one whose number stands in AstDB: it is his, he gets the caller."""
    night.begin("123", "103", service=False)
    call = night.call(SAID["de"])
    until("he is asked", lambda: is_asked(night))
    call_id, _ = one_row(night, "pbxb-call")
    night.box.cli("pbx", f"database put pbxb-taken {call_id} {mobile('123')}/0/fallback")
    night.wait_mobile("digit", "123")
    until("they talk", lambda: are_connected(night))
    call.hangup()
    heard = night.heard("123")

    assert heard.share(night.prompt("screen-accepted")) > 0.8
    assert heard.share(night.prompt("ack-taken")) < 0.5
    assert night.rung() == ["123"]


def test_without_locks_the_last_one_written_down_has_it(night: AfterHours) -> None:
    """Two pressed 1 at the same time and nothing kept them apart: one is told that he has it."""
    night.begin("103", service=False)
    night.box.cli("pbx", "module unload func_lock.so")
    try:
        call = night.call_and_leave()
        with night.box.ami("pbx") as ami:
            call_id, _ = one_row(night, "pbxb-call")
            night.wait_mobile("digit", "103")
            until("he is written down", lambda: night.remembered("pbxb-taken") == 1)
            other = {"Family": "pbxb-taken", "Key": call_id, "Val": f"{mobile('113')}/0/fallback"}
            ami.action("DBPut", other)
        night.wait_mobile("hungup", "103")
        heard = night.heard("103")
    finally:
        night.box.cli("pbx", "module load func_lock.so")
    call.wait()

    assert heard.share(night.prompt("ack-taken")) > 0.8
    assert heard.share(night.prompt("screen-accepted")) < 0.8


def test_a_caller_in_a_local_channel_is_connected_with_one(night: AfterHours) -> None:
    """He is not the channel that Asterisk takes for the first of the call: nobody else rings."""
    night.begin("112", "103", service=False)
    extensions = night.box.pbx_etc / "extensions.conf"
    before = extensions.read_text()
    local = "\n[from-trunk](+)\nexten => 4930555119,1,Dial(Local/s@pbxb-incoming/n)\n"
    extensions.write_text(before + local)
    night.box.reload_dialplan()
    try:
        call = night.call(SAID["de"], to="4930555119")
        night.wait_mobile("hungup", "112", 60)
        assert call.wait().hung_up_by == "far"
    finally:
        extensions.write_text(before)
        night.box.reload_dialplan()

    assert night.rung() == ["112"]


# ---------------------------------------------------------------- no prompts


def test_without_prompts_a_message_is_taken_and_the_key_1_counts(night: AfterHours) -> None:
    """Nothing can be said; still there is a recording, and time to press."""
    night.begin("103", service=False)
    with without_prompts(night):
        call = night.call(SAID["de"], speak_at_s=1.0, hangup_when_spoken=True)
        _, taken = one_row(night, "pbxb-taken")
        call.wait()
        size = message_of(night).stat().st_size

    assert taken == f"{mobile('103')}/0/fallback"
    assert size > 2 * 16000


def test_without_prompts_a_technician_has_time_to_press(night: AfterHours) -> None:
    """The service died when he picked up; eight seconds later his key still counts."""
    night.begin("123", "103")
    night.call_and_leave()
    night.wait_mobile("answered", "123")
    assert night.stage.service is not None
    with without_prompts(night):
        night.stage.service.kill()
        _, taken = one_row(night, "pbxb-taken")

    assert taken.startswith("t1/")
    assert night.rung() == ["123"]


# ---------------------------------------------------------------- AstDB cannot be written


def test_what_is_not_stored_is_not_called_accepted(night: AfterHours) -> None:
    """The caller is on the line: they are connected; nobody else is rung."""
    night.begin("112", "103", service=False)
    call = night.call(SAID["de"])
    night.wait_mobile("invite", "112")
    with astdb_locked(night):
        night.wait_mobile("digit", "112")
        until("they talk", lambda: are_connected(night))
        night.wait_mobile("hungup", "112")
        assert call.wait().hung_up_by == "far"
    heard = night.heard("112")

    assert heard.share(night.prompt("screen-accepted")) < 0.8
    assert night.rung() == ["112"]


def test_what_is_not_stored_is_told_all_the_same(night: AfterHours) -> None:
    """The caller is gone: number and message at once, and nobody else is rung."""
    night.begin("103", "113", service=False)
    night.call_and_leave()
    night.wait_mobile("invite", "103")
    with astdb_locked(night):
        night.wait_mobile("digit", "103")
        night.wait_mobile("hungup", "103", 60)
    heard = night.heard("103")

    assert heard.share(night.prompt("screen-accepted")) < 0.8
    assert heard.share(night.prompt("ack-caller")) > 0.8
    assert night.rung() == ["103"]


def test_answered_means_stored(night: AfterHours) -> None:
    """What the service has stored is said to be stored only when it is."""
    night.begin("103", service=False)

    assert remember(night, "a1") == "Success"
    with astdb_locked(night):
        assert remember(night, "a2") == "Failure"


def test_key_that_is_stored_meanwhile_is_not_overwritten(night: AfterHours) -> None:
    """The service compares and sets; what it did not read stays."""
    night.begin("103", service=False)

    assert remember(night, "a3", PBXB_EXPECTED="was/") == "Success"
    assert remember(night, "a3", PBXB_EXPECTED="was/") == "Failure"
    assert remember(night, "a3", PBXB_EXPECTED="was/anna/1001-0/b2", PBXB_VALUE="") == "Failure"
    assert one_row(night, "pbxb-list") == ("a3", "+491&+492")
    assert remember(night, "a3", PBXB_EXPECTED="was/+491&+492", PBXB_VALUE="") == "Success"
    assert remember(night, "a3", PBXB_EXPECTED="was/") == "Success"


def remember(night: AfterHours, key: str, **given: str) -> str:
    """Have a value stored as the service does; return Asterisk's answer."""
    values = {"PBXB_FAMILY": "pbxb-list", "PBXB_KEY": key, "PBXB_VALUE": "+491&+492", **given}
    order = {
        "Channel": "Local/store@pbxb-remember/n",
        "Context": "pbxb-idle",
        "Exten": "s",
        "Priority": "1",
        "Async": "true",
        "Variable": ",".join(f"{name}={value}" for name, value in values.items()),
    }
    with night.box.ami("pbx") as ami, ami.listen(_is_answer) as answers:
        ami.action("Originate", order)
        return answers.expect(10, "an answer")["Response"]


def _is_answer(event: object) -> bool:
    return isinstance(event, dict) and event.get("Event") == "OriginateResponse"


# ---------------------------------------------------------------- whom it rings, and when


@pytest.mark.parametrize("stays", [True, False], ids=["stays", "leaves"])
def test_between_rounds_there_is_a_pause(night: AfterHours, stays: bool) -> None:
    """A busy mobile gets the configured time to become free, wherever the caller is."""
    night.begin("102", service=False, rounds=2, round_pause_s=PAUSE_S)
    call = night.call(SAID["de"]) if stays else night.call_and_leave()
    until("it is over", lambda: night.remembered("pbxb-call", "nobody") == 1, 60)
    first, second = night.events("invite")
    call.wait()

    assert second.at_ms - first.at_ms >= PAUSE_S * 1000


@pytest.mark.parametrize("stored", ["113 103", "113"], ids=["one of two", "none"])
def test_only_numbers_of_the_installation_are_rung(night: AfterHours, stored: str) -> None:
    """What AstDB adds is not dialled; when nothing is left, the installation's list is."""
    night.begin("103", service=False)
    numbers = "&".join(mobile(digits) for digits in stored.split())
    night.box.cli("pbx", f"database put pbxb-list oncall {numbers}")
    night.call_and_leave()
    _, taken = one_row(night, "pbxb-taken")

    assert taken == f"{mobile('103')}/0/fallback"
    assert night.rung() == ["103"]


# ---------------------------------------------------------------- the caller leaves too early


def talk_and_leave(night: AfterHours, call: Call, talk_s: float) -> None:
    """Have the caller hang up *talk_s* after he was connected."""
    until("they talk", lambda: are_connected(night))
    began_ms = night.now_ms()
    until("they talked", lambda: night.now_ms() - began_ms > talk_s * 1000)
    call.hangup()


def test_who_accepted_hears_the_message_of_a_caller_who_left(night: AfterHours) -> None:
    """He has the case and knew nothing of it: number and message; nobody else is rung."""
    night.begin("103", "113", service=False)
    call = night.call(SAID["de"])
    night.wait_mobile("digit", "103")
    until("it is his", lambda: night.remembered("pbxb-taken") == 1)
    call.hangup()
    night.wait_mobile("hungup", "103", 60)
    heard = night.heard("103")

    assert heard.share(night.prompt("screen-accepted")) > 0.8
    assert heard.share(night.prompt("ack-caller")) > 0.8
    assert heard.share(message_of(night)) > 0.8
    assert night.rung() == ["103"]


def test_who_had_no_time_to_talk_is_told_the_message(night: AfterHours) -> None:
    """
    The caller hung up at his hello: number and message, too; nobody else is rung.

    Asked of Asterisk: the carrier of the box records nothing after two lines were connected.
    """
    night.begin("103", "113", service=False)
    call = night.call(SAID["de"])
    talk_and_leave(night, call, 1)
    until(
        "he is told", lambda: "!pbxb-story!" in night.box.cli("pbx", "core show channels concise")
    )
    gone = night.wait_mobile("hungup", "103", 60)

    assert gone.by == "pbx"
    assert night.rung() == ["103"]


def test_who_talked_with_the_caller_is_not_told_again(night: AfterHours) -> None:
    """They had time for all of it: when the caller hangs up the line ends."""
    night.begin("103", service=False)
    call = night.call(SAID["de"])
    talk_and_leave(night, call, 11)

    assert night.wait_mobile("hungup", "103", 2).by == "pbx"
