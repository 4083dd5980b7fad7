"""The contact that technicians save as a favourite."""

from pbx_bridge.adapters.ical.contact import NAMES, contact_file
from pbx_bridge.config import LANGUAGES


def unfolded(data: bytes) -> list[str]:
    """Return the lines of a card, long ones put together again."""
    return data.replace(b"\r\n ", b"").decode().splitlines()


def test_card_has_name_and_number() -> None:
    """What a mobile must know to let it ring through."""
    data = contact_file("Muster Haustechnik", "+49301234560", "de")

    assert data == (
        b"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Notdienst Muster Haustechnik\r\n"
        b"N:Notdienst Muster Haustechnik;;;;\r\nORG:Muster Haustechnik\r\n"
        b"TEL;TYPE=WORK:+49301234560\r\nEND:VCARD\r\n"
    )


def test_marks_of_the_format_are_text_in_a_name() -> None:
    """A comma or a semicolon in a firm's name begins no field, a line break no line."""
    lines = unfolded(contact_file("Kühn, Öl; Gas\\\r\nTEL:+1900", "+49301234560", "en"))

    name = "Emergency line Kühn\\, Öl\\; Gas\\\\ TEL:+1900"
    assert lines[2] == f"FN:{name}"
    assert lines[3] == f"N:{name};;;;"
    assert [line for line in lines if line.startswith("TEL")] == ["TEL;TYPE=WORK:+49301234560"]


def test_long_names_are_folded_between_letters() -> None:
    """No line has more than 75 bytes, and no letter is cut."""
    data = contact_file("Я" * 80, "+49301234560", "ru")

    assert max(map(len, data.split(b"\r\n"))) <= 75
    assert f"FN:Аварийная служба {'Я' * 80}" in unfolded(data)


def test_every_language_has_a_name() -> None:
    """A card for everybody."""
    assert set(NAMES) == set(LANGUAGES)
