"""``pbx-bridge oncall vcard`` and ``check-phone``."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from configs import SMALLEST
from oncall_desk import ROTATIONS, Desk, new_desk, service

from pbx_bridge.errors import CheckRefused

pytestmark = pytest.mark.integration

DIAL = 'dial = "PJSIP/{number}@trunk"\n'


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Return a desk of a firm whose rings show one number."""
    desk = new_desk(tmp_path)
    text = desk.config.read_text(encoding="utf-8")
    desk.config.write_text(text.replace(DIAL, f'{DIAL}caller_id = "+49301234560"\n'), "utf-8")
    return desk


def test_card_is_printed_or_written(desk: Desk, tmp_path: Path) -> None:
    """The same bytes, with the firm's name and the number of every ring."""
    file = tmp_path / "line.vcf"

    printed = desk.type("oncall", "vcard")
    told = desk.told("oncall", "vcard", "--output", str(file))

    assert told == f"wrote +49301234560 to {file}\n"
    assert printed.stdout_bytes == file.read_bytes()
    assert b"TEL;TYPE=WORK:+49301234560\r\n" in file.read_bytes()
    assert b"FN:Notdienst Muster Haustechnik\r\n" in file.read_bytes()


def test_without_a_fixed_number_there_is_no_card(tmp_path: Path) -> None:
    """A card with a number that no ring shows would be worse than none."""
    desk = new_desk(tmp_path)

    result = desk.type("oncall", "vcard")

    assert "asterisk.caller_id" not in SMALLEST
    assert result.exit_code == 1
    assert "asterisk.caller_id is not set" in result.output
    assert "Traceback" not in result.output


def test_card_that_cannot_be_written_is_told(desk: Desk, tmp_path: Path) -> None:
    """One line with the file, no traceback."""
    result = desk.type("oncall", "vcard", "--output", str(tmp_path / "no/line.vcf"))

    assert result.exit_code == 1
    assert "no/line.vcf" in result.output
    assert isinstance(result.exception, SystemExit)


class Mobiles:
    """Stands for the service: mobiles that do as they were told."""

    def __init__(self, **outcomes: str) -> None:
        self.outcomes, self.rung = outcomes, list[str]()

    async def check(self, given: Mapping[str, Any]) -> object:
        """Answer ``phone.check``."""
        name = given["technician"]
        self.rung.append(name)
        outcome, _, reason = self.outcomes[name].partition("/")
        if outcome == "refused":
            raise CheckRefused(reason)
        return {"technician": name, "outcome": outcome, "reason": reason}


async def checked(desk: Desk, mobiles: Mobiles, *words: str) -> tuple[int, str]:
    """Type a check while the service runs; return exit status and output."""
    async with service(desk, {"phone.check": mobiles.check}):
        result = await desk.typed("oncall", "check-phone", *words)
    return result.exit_code, result.output


@pytest.mark.parametrize(
    ("outcome", "told"),
    [
        ("no-key", "answered, no key (mailbox, or keys do not arrive)"),
        ("no-answer", "did not answer"),
        ("busy", "busy or declined"),
        ("not-known/Asterisk is away", "not known: Asterisk is away"),
        ("incomplete/install it", "not checked, dialplan or prompts are old: install it"),
        ("unreachable/no such number", "unreachable: no such number"),
        ("case-first/case 7 rings", "not checked, a case goes first: case 7 rings"),
    ],
)
async def test_what_was_not_proved_is_said(desk: Desk, outcome: str, told: str) -> None:
    """One line for each person; only heard keys are a success."""
    mobiles = Mobiles(anna=outcome, ben="key-heard")

    assert await checked(desk, mobiles, "--all") == (1, f"anna: {told}\nben: key heard\n")
    assert mobiles.rung == ["anna", "ben"]


async def test_heard_keys_are_a_success(desk: Desk) -> None:
    """Each is rung once, in the order in which they were named."""
    mobiles = Mobiles(anna="key-heard", ben="key-heard")

    status, output = await checked(desk, mobiles, "ben", "anna", "ben", "--json")

    assert status == 0
    assert json.loads(output) == [
        {"technician": "ben", "outcome": "key-heard", "reason": ""},
        {"technician": "anna", "outcome": "key-heard", "reason": ""},
    ]


async def test_one_that_is_refused_hides_no_other(desk: Desk) -> None:
    """It has a row of its own; the others are checked and printed all the same."""
    mobiles = Mobiles(anna="refused/ben is being checked", ben="key-heard")

    status, output = await checked(desk, mobiles, "--all", "--json")

    assert status == 1
    assert json.loads(output) == [
        {"technician": "anna", "outcome": "refused", "reason": "ben is being checked"},
        {"technician": "ben", "outcome": "key-heard", "reason": ""},
    ]


async def test_those_on_call_are_checked(desk: Desk, tmp_path: Path) -> None:
    """Whoever the plan says; without a calendar everybody, in the firm's order."""
    mobiles = Mobiles(anna="key-heard", ben="key-heard")
    [layer] = desk.json("oncall", "now")["layers"].values()
    plain = tmp_path / "plain"
    plain.mkdir()

    await checked(desk, mobiles, "--on-call")
    planned, mobiles.rung = mobiles.rung, []
    await checked(new_desk(plain, extra=""), mobiles, "--on-call")

    assert planned == [person["technician"] for person in layer]
    assert mobiles.rung == ["anna", "ben"]


async def test_nobody_on_call_is_not_a_success(tmp_path: Path) -> None:
    """A gap in the plan must not look like phones that work."""
    desk = new_desk(tmp_path, extra=ROTATIONS.replace("2026-01-05", "2090-01-02"))

    status, output = await checked(desk, Mobiles(), "--on-call")

    assert status == 2
    assert "nobody is on call now" in output


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "say whom to check"),
        (("anna", "--all"), "say whom to check"),
        (("--all", "--on-call"), "say whom to check"),
        (("anna", "+491900"), "'+491900' is no technician; known: anna, ben"),
    ],
)
async def test_wrong_usage_rings_nobody(desk: Desk, words: tuple[str, ...], told: str) -> None:
    """Also not the first of several names."""
    mobiles = Mobiles(anna="key-heard")

    status, output = await checked(desk, mobiles, *words)

    assert status == 2
    assert told in output
    assert mobiles.rung == []


async def test_service_that_refuses_or_is_away_is_told(desk: Desk) -> None:
    """Its own words, one line."""
    refused = await checked(desk, Mobiles(anna="refused/ben is being checked"), "anna")
    away = desk.type("oncall", "check-phone", "anna")

    assert refused == (1, "anna: refused: ben is being checked\n")
    assert away.exit_code == 1
    assert "the service does not run" in away.output
