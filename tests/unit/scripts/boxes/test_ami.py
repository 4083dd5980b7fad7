"""AMI messages as the harness reads them."""

from boxes.ami import messages


def read(data: bytes) -> list[dict[str, str]]:
    """Return the messages in *data*."""
    return [dict(message) for message in messages(data.splitlines(keepends=True))]


def test_messages_end_with_an_empty_line() -> None:
    """The greeting has no empty line and so belongs to the first message."""
    got = read(
        b"Asterisk Call Manager/11.0.0\r\nResponse: Success\r\n\r\nEvent: A\r\nB: x:y\r\n\r\n"
    )

    assert got[0]["Response"] == "Success"
    assert got[1] == {"Event": "A", "B": "x:y"}


def test_a_half_message_is_not_told() -> None:
    """What Asterisk did not finish did not happen."""
    assert read(b"Event: A\r\n") == []


def test_repeated_headers_keep_all_their_values() -> None:
    """The output of a command is one header for each line."""
    (message,) = read(b"Output: one\r\nOutput: two\r\n\r\n")

    assert message["Output"] == "one\ntwo"


def test_broken_utf8_does_no_harm() -> None:
    """Names come from anywhere."""
    (message,) = read(b"Name: J\xfcrgen\r\n\r\n")

    assert message["Name"] == "J�rgen"
