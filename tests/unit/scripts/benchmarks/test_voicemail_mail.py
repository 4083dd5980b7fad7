"""The common way: what is done with the mail."""

from email.message import EmailMessage

from benchmarks.voicemail_mail import is_urgent, recording


def test_recording_is_taken_from_the_mail() -> None:
    """Asterisk attaches it as audio/x-wav beside a text."""
    mail = EmailMessage()
    mail.set_content("There is a new message in mailbox 100.")
    mail.add_attachment(b"RIFF", maintype="audio", subtype="x-wav", filename="msg0000.wav")

    assert recording(mail) == b"RIFF"


def test_mail_without_recording() -> None:
    """Such as one that somebody else wrote."""
    mail = EmailMessage()
    mail.set_content("hello")

    assert recording(mail) is None


def test_keywords() -> None:
    """One of them is enough, in the language of the mailbox."""
    assert is_urgent("es riecht nach gas", "de")
    assert not is_urgent("ich möchte einen termin", "de")
