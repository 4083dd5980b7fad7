"""What a person is told when the service does not answer as it should."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pbx_bridge.adapters.control.client import ask
from pbx_bridge.errors import ControlError, ControlProtocolError
from pbx_bridge.wire.control import MAX_LINE

pytestmark = pytest.mark.integration


@contextmanager
def answering(path: Path, data: bytes) -> Iterator[None]:
    """Accept one connection at *path*, read the request, answer *data* and close."""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(data)

        thread = threading.Thread(target=serve)
        thread.start()
        yield
        thread.join(5)


def test_answer_without_an_end_is_no_answer(tmp_path: Path) -> None:
    """The service died meanwhile: nobody knows whether it was done."""
    with (
        answering(tmp_path / "s", b'{"result": 1'),
        pytest.raises(ControlError, match="look whether it was done"),
    ):
        ask(tmp_path / "s", "x", {})


def test_answer_in_pieces_is_whole(tmp_path: Path) -> None:
    """A long answer comes in several."""
    text = "x" * (MAX_LINE - 100)

    with answering(tmp_path / "s", b'{"result": "' + text.encode() + b'"}\n'):
        assert ask(tmp_path / "s", "x", {}) == text


def test_answer_of_something_else_is_refused(tmp_path: Path) -> None:
    """Another program listens there."""
    with answering(tmp_path / "s", b"220 mail ready\n"), pytest.raises(ControlProtocolError):
        ask(tmp_path / "s", "x", {})


def test_service_that_does_not_answer_in_time_is_told(tmp_path: Path) -> None:
    """A command has an end."""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "s"))
        listener.listen()

        with pytest.raises(ControlError, match=r"did not answer \(timed out\)"):
            ask(tmp_path / "s", "x", {}, limit_s=0.1)
