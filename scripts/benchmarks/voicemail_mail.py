"""
What people put behind Asterisk's VoiceMail(): the program that gets the mail.

It loads the model, transcribes the recording that the mail carries, looks for keywords and, when
there is one, has Asterisk ring the technician. A program of its own, as a mail command is: nothing
of the product is used here.

    voicemail_mail.py MODEL LANGUAGE AMI-PORT CHANNEL CONTEXT < mail
"""

import email
import io
import json
import socket
import sys
import wave
from collections.abc import Sequence
from email.message import Message
from email.policy import default

ACCOUNT = "box"
"""Name and password of the box's own AMI login."""
KEYWORDS = {
    "de": (
        "geplatzt",
        "gas",
        "steckt",
        "raucht",
        "eingeschlossen",
        "sauerstoff",
        "abgerissen",
        "läuft über",
        "brennt",
        "notfall",
        "rohrbruch",
    ),
    "pl": (
        "urwał",
        "gaz",
        "utknęła",
        "dymi",
        "zamknięte",
        "zalana",
        "tlenu",
        "spalenizną",
        "pożar",
        "awaria",
    ),
    "en": (
        "burst",
        "gas",
        "stuck",
        "smoking",
        "locked inside",
        "broke off",
        "burning",
        "overflowing",
        "fire",
        "emergency",
    ),
    "ru": (
        "сорвало",
        "газом",
        "застряла",
        "дымится",
        "затоплен",
        "дым",
        "прорвало",
        "пожар",
        "авария",
    ),
}
"""Such a list fits the messages that its author thought of; here it fits all that are spoken."""


def is_urgent(text: str, language: str) -> bool:
    """Tell whether one of the keywords is in *text*."""
    return any(keyword in text for keyword in KEYWORDS[language])


def recording(mail: Message) -> bytes | None:
    """Return the sound file that *mail* carries."""
    for part in mail.walk():
        payload = part.get_payload(decode=True)
        if part.get_content_maintype() == "audio" and isinstance(payload, bytes):
            return payload
    return None


def transcribe(sound: bytes, model: str) -> str:
    """Return the words of a wav file."""
    import vosk  # noqa: PLC0415  a test of the rest does not need it

    vosk.SetLogLevel(-1)
    with wave.open(io.BytesIO(sound)) as file:
        recogniser = vosk.KaldiRecognizer(vosk.Model(model), file.getframerate())
        recogniser.AcceptWaveform(file.readframes(file.getnframes()))
    return str(json.loads(recogniser.FinalResult())["text"])


def originate(port: int, channel: str, context: str) -> None:
    """Have Asterisk ring the technician."""
    login = f"Action: Login\r\nUsername: {ACCOUNT}\r\nSecret: {ACCOUNT}\r\nEvents: off\r\n\r\n"
    ring = (
        f"Action: Originate\r\nChannel: {channel}\r\nContext: {context}\r\nExten: s\r\n"
        "Priority: 1\r\nTimeout: 25000\r\nAsync: true\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", port), timeout=5) as ami:
        ami.sendall((login + ring + "Action: Logoff\r\n\r\n").encode())
        while ami.recv(4096):
            pass


def main(arguments: Sequence[str]) -> int:
    """Take one mail; exit status 1 when it carries no recording."""
    model, language, port, channel, context = arguments
    sound = recording(email.message_from_binary_file(sys.stdin.buffer, policy=default))
    if sound is None:
        print("no recording in the mail", file=sys.stderr)
        return 1
    text = transcribe(sound, model)
    if is_urgent(text, language):
        originate(int(port), channel, context)
    print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
