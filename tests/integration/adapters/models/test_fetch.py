"""Fetching from a server on this machine, and from a file that somebody carried here."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from archives import TOP, manifest, packed, write

from pbx_bridge.adapters.models import fetch, verify
from pbx_bridge.errors import ModelError

pytestmark = pytest.mark.integration

CONTENT = packed()


class Server:
    """A server that answers every request with what the test says."""

    def __init__(self, host: str) -> None:
        self.status = 200
        self.body = CONTENT
        self.headers: dict[str, str] = {}
        self.asked: list[str] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.asked.append(self.path)
                self.send_response(server.status)
                for name, value in server.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(server.body)

            def log_message(self, *arguments: object) -> None:
                pass

        self.http = ThreadingHTTPServer((host, 0), Handler)
        self.url = f"http://{host}:{self.http.server_port}/"


@contextmanager
def running(host: str) -> Iterator[Server]:
    """Serve the archive on a loopback address."""
    server = Server(host)
    thread = Thread(target=server.http.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.http.shutdown()
    server.http.server_close()
    thread.join()


@pytest.fixture
def server() -> Iterator[Server]:
    """Return a server that delivers the archive."""
    with running("127.0.0.1") as server:
        yield server


def test_model_is_fetched_once(server: Server, tmp_path: Path) -> None:
    """Downloaded, checked, unpacked; the second time nothing is downloaded."""
    known, told = manifest(CONTENT, server.url), list[tuple[int, int]]()

    first = fetch("de", tmp_path, manifest=known, progress=lambda *state: told.append(state))
    second = fetch(TOP, tmp_path, manifest=known)

    assert (first.folder, first.was_there) == (tmp_path / TOP, False)
    assert (second.folder, second.was_there) == (tmp_path / TOP, True)
    assert verify(first.folder) == 2
    assert server.asked == [f"/{TOP}.zip"]
    assert told[-1] == (len(CONTENT), len(CONTENT))
    assert [path.name for path in tmp_path.iterdir()] == [TOP]


@pytest.mark.parametrize(
    ("body", "headers", "status", "text"),
    [
        (CONTENT[:-1], {}, 200, "ended after .* try again"),
        (CONTENT[:-1], {"Content-Length": str(len(CONTENT))}, 200, "try again|IncompleteRead"),
        (CONTENT + b"x", {}, 200, "more than the"),
        (CONTENT[:-1] + b"x", {}, 200, "not the publisher's file"),
        (b"gone", {}, 404, "404"),
        (b"", {"Location": "http://example.invalid/x.zip"}, 302, "example.invalid|not fetched"),
        (b"", {"Location": "ftp://127.0.0.1/x.zip"}, 302, "only https|not fetched"),
        (b"", {"Location": "file:///etc/passwd"}, 302, "not fetched"),
    ],
)
def test_bad_delivery_leaves_nothing(  # noqa: PLR0917 (one table)
    server: Server, tmp_path: Path, body: bytes, headers: dict[str, str], status: int, text: str
) -> None:
    """Interrupted, too long, another file, gone, sent elsewhere: nothing is left on the disk."""
    server.body, server.headers, server.status = body, headers, status

    with pytest.raises(ModelError, match=text):
        fetch("de", tmp_path, manifest=manifest(CONTENT, server.url))

    assert list(tmp_path.iterdir()) == []


def test_redirect_to_another_host_without_tls_is_refused(server: Server, tmp_path: Path) -> None:
    """Even when it delivers the right file: an address of ours may not lead anywhere."""
    with running("127.0.0.2") as stranger:
        server.status, server.headers = 302, {"Location": stranger.url}

        with pytest.raises(ModelError, match="only https"):
            fetch("de", tmp_path, manifest=manifest(CONTENT, server.url))

        assert stranger.asked == ["/"]


def test_nobody_listens(server: Server, tmp_path: Path) -> None:
    """No network is one line, not a traceback."""
    url = server.url.replace(str(server.http.server_port), "1")

    with pytest.raises(ModelError, match=f"not fetched from {url}"):
        fetch("de", tmp_path, manifest=manifest(CONTENT, url))


@pytest.mark.parametrize("url", ["http://example.invalid/", "ftp://example.invalid/", "data:,"])
def test_other_addresses_are_not_even_asked(tmp_path: Path, url: str) -> None:
    """Only https, and this machine."""
    with pytest.raises(ModelError, match="only https"):
        fetch("de", tmp_path, manifest=manifest(CONTENT, url))


def test_carried_archive_is_checked_like_any_other(tmp_path: Path) -> None:
    """`--from`: the hash decides, not who carried it."""
    wrong = write(tmp_path, CONTENT[:-1] + b"x")

    with pytest.raises(ModelError, match="not the publisher's file"):
        fetch("de", tmp_path / "models", source=wrong, manifest=manifest(CONTENT))

    right = write(tmp_path, CONTENT)
    fetched = fetch("de", tmp_path / "models", source=right, manifest=manifest(CONTENT))
    assert verify(fetched.folder) == 2


def test_hash_is_checked_before_the_archive_is_opened(tmp_path: Path) -> None:
    """What is not the publisher's file never reaches the zip reader: no other error comes first."""
    source = write(tmp_path, b"\0" * len(CONTENT))

    with pytest.raises(ModelError, match="not the publisher's file"):
        fetch("de", tmp_path / "models", source=source, manifest=manifest(CONTENT))


def test_hostile_archive_with_the_right_hash_leaves_nothing(tmp_path: Path) -> None:
    """Even then: no file, no half model, no temporary folder."""
    content = packed({f"{TOP}/../../evil": b"x"})
    models = tmp_path / "a" / "models"

    with pytest.raises(ModelError, match="unsafe name"):
        fetch("de", models, source=write(tmp_path, content), manifest=manifest(content))

    assert list(models.iterdir()) == []
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["models"]


@pytest.mark.parametrize("content", [CONTENT[40:], CONTENT[:40] + CONTENT[44:], CONTENT[:-1]])
def test_damaged_archive_with_the_right_hash_is_one_line(tmp_path: Path, content: bytes) -> None:
    """Whatever the zip reader makes of it."""
    with pytest.raises(ModelError):
        fetch("de", tmp_path / "m", source=write(tmp_path, content), manifest=manifest(content))

    assert list((tmp_path / "m").iterdir()) == []


def test_model_without_a_known_hash_is_refused(server: Server, tmp_path: Path) -> None:
    """The reason is given, and another model; nothing is downloaded."""
    with pytest.raises(ModelError, match=f"no trustworthy SHA-256.*fetch {TOP} instead"):
        fetch("no-hash", tmp_path, manifest=manifest(CONTENT, server.url))

    assert server.asked == []


def test_damaged_model_in_place_is_not_overwritten(tmp_path: Path) -> None:
    """A person decides what happens to what is there."""
    (tmp_path / TOP).mkdir()

    with pytest.raises(ModelError, match="unknown origin"):
        fetch("de", tmp_path, manifest=manifest(CONTENT))

    assert list((tmp_path / TOP).iterdir()) == []


def test_unwritable_folder_is_one_line(tmp_path: Path) -> None:
    """For example without the rights to /var/lib."""
    (tmp_path / "file").write_text("")

    with pytest.raises(ModelError, match=r"not fetched.*file"):
        fetch("de", tmp_path / "file" / "models", manifest=manifest(CONTENT))
