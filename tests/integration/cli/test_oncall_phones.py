"""``pbx-bridge oncall vcard`` and ``check-phone``."""

from pathlib import Path

import pytest
from configs import SMALLEST
from oncall_desk import Desk, new_desk

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
    assert b"TEL;TYPE=WORK,VOICE:+49301234560\r\n" in file.read_bytes()
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
