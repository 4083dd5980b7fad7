"""A real HTTP server on loopback that keeps what it is given and answers as a test says."""

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Posted:
    """One request."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """What the server was given and what it answers."""

    port: int = 0
    posted: list[Posted] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    """Statuses, one for each request; afterwards 200."""
    location: str | None = None
    hangs: bool = False
    """Reads the request and says nothing."""
    drips: bool = False
    """Answers with a byte now and then, for ever."""
    released: threading.Event = field(default_factory=threading.Event)

    def url(self, scheme: str = "http", path: str = "/hook") -> str:
        """Return where it listens."""
        return f"{scheme}://127.0.0.1:{self.port}{path}"


class Handler(BaseHTTPRequestHandler):
    """Answers as the receiver of its server says."""

    receiver: Receiver

    def do_POST(self) -> None:
        """Keep the request and answer it."""
        receiver = self.receiver
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        receiver.posted.append(Posted(self.path, headers, body))
        if receiver.hangs:
            receiver.released.wait(30)
            return
        if receiver.drips:
            self._drip()
            return
        self.send_response(receiver.answers.pop(0) if receiver.answers else 200)
        if receiver.location:
            self.send_header("Location", receiver.location)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _drip(self) -> None:
        try:
            while not self.receiver.released.wait(0.02):
                self.wfile.write(b"H")
        except OSError:
            return  # the other side has cut it

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def receiving(tls: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """Run a receiver; whoever hangs in it is let go at the end."""
    receiver = Receiver()
    handler = type("BoundHandler", (Handler,), {"receiver": receiver})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    receiver.port = server.server_address[1]
    thread = threading.Thread(target=lambda: server.serve_forever(poll_interval=0.01))
    thread.start()
    try:
        yield receiver
    finally:
        receiver.released.set()
        server.shutdown()
        server.server_close()
        thread.join()
