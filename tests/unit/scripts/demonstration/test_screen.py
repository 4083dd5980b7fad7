"""What a spectator reads."""

from email.message import EmailMessage

from demonstration.screen import subject_of


def test_subject_is_read_and_not_its_code() -> None:
    """A Polish subject goes over the wire in signs that nobody reads."""
    mail = EmailMessage()
    mail["Subject"] = "Nikt nie przyjął zgłoszenia 1001: zażółć"
    wire = mail.as_string()

    assert "=?utf-8?" in wire
    assert subject_of(wire) == "Nikt nie przyjął zgłoszenia 1001: zażółć"
    assert subject_of("Subject: plain\n\nx") == "plain"
