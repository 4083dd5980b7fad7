"""
The harness's own AMI client: blocking calls, one reading thread.

It shares nothing with the client of the product (panoramisk), so that it can judge it.
"""

import contextlib
import itertools
import queue
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Self

from boxes.faults import BoxError

Event = Mapping[str, str]
"""Header names as Asterisk spells them; a repeated header holds all its values, one per line."""

REPLY_TIMEOUT_S = 10.0
USER = "box"


class Listener:
    """The events that passed a filter, in their order."""

    def __init__(self, wanted: Callable[[Event], bool]) -> None:
        self._wanted = wanted
        self._events: queue.SimpleQueue[Event | None] = queue.SimpleQueue()

    def offer(self, event: Event | None) -> None:
        """Take *event* if it is wanted; `None` means that the login is gone."""
        if event is None or self._wanted(event):
            self._events.put(event)

    def get(self, timeout_s: float) -> Event | None:
        """
        Return the next event, `None` when none came within *timeout_s*.

        Raises:
            BoxError: the login is gone.
        """
        try:
            event = self._events.get(timeout=max(timeout_s, 0))
        except queue.Empty:
            return None
        if event is None:
            self._events.put(None)
            raise BoxError("Asterisk closed the AMI connection")
        return event

    def expect(self, timeout_s: float, what: str) -> Event:
        """Return the next event; raise `BoxError`, naming *what*, when none comes in time."""
        event = self.get(timeout_s)
        if event is None:
            raise BoxError(f"{what} did not come within {timeout_s} s")
        return event


class Ami:
    """One AMI login; safe to use from several threads."""

    def __init__(self, port: int, user: str = USER, secret: str = USER) -> None:
        """Connect and log in; raise `OSError` or `BoxError`."""
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=REPLY_TIMEOUT_S)
        self._socket.settimeout(None)
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._listeners: list[Listener] = []
        self._is_open = True
        self.booted = threading.Event()
        """Set once this Asterisk has fully booted; it says so to every new login."""
        self._reader = threading.Thread(target=self._read, name=f"ami-{port}", daemon=True)
        self._reader.start()
        try:
            self.action("Login", {"Username": user, "Secret": secret})
        except BoxError:
            self.close()
            raise

    @property
    def is_open(self) -> bool:
        """Whether Asterisk still listens to us."""
        return self._is_open

    def close(self) -> None:
        """Log off without waiting."""
        self._is_open = False
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._reader.join(REPLY_TIMEOUT_S)
        self._socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextlib.contextmanager
    def listen(self, wanted: Callable[[Event], bool]) -> Iterator[Listener]:
        """Collect the events for which *wanted* is true, from now on."""
        listener = Listener(wanted)
        with self._lock:
            self._listeners.append(listener)
            if not self._is_open:
                listener.offer(None)
        try:
            yield listener
        finally:
            with self._lock:
                self._listeners.remove(listener)

    def action(
        self,
        name: str,
        headers: Mapping[str, str] | None = None,
        variables: Iterable[str] = (),
        timeout_s: float = REPLY_TIMEOUT_S,
    ) -> Event:
        """
        Send an action and return its response.

        Raises:
            BoxError: a line break in a value, an error response, no response in time.
        """
        action_id = f"box-{next(self._numbers)}"
        pairs = [("Action", name), ("ActionID", action_id), *(headers or {}).items()]
        pairs += [("Variable", variable) for variable in variables]
        if any("\r" in value or "\n" in value for _, value in pairs):
            raise BoxError(f"a line break in a value of the AMI action {name}")
        text = "".join(f"{key}: {value}\r\n" for key, value in pairs) + "\r\n"

        def is_response(event: Event) -> bool:
            return (
                event.get("ActionID") == action_id and "Response" in event and "Event" not in event
            )

        with self.listen(is_response) as responses:
            try:
                with self._lock:
                    self._socket.sendall(text.encode())
            except OSError as exc:
                raise BoxError(f"{name} was not sent: the AMI connection is closed") from exc
            response = responses.expect(timeout_s, f"the response to {name}")
        if response["Response"] not in ("Success", "Goodbye"):
            raise BoxError(f"Asterisk refused {name}: {response.get('Message', response)}")
        return response

    def _read(self) -> None:
        with contextlib.suppress(OSError), self._socket.makefile("rb") as stream:
            for event in messages(stream):
                self._deliver(event)
                if event.get("Event") == "FullyBooted":
                    self.booted.set()
        self._is_open = False
        self._deliver(None)

    def _deliver(self, event: Event | None) -> None:
        with self._lock:
            for listener in self._listeners:
                listener.offer(event)


def messages(lines: Iterable[bytes]) -> Iterator[Event]:
    """Yield the messages in a stream of *lines*, until it ends."""
    message: dict[str, str] = {}
    for raw in lines:
        line = raw.rstrip(b"\r\n").decode("utf-8", "replace")
        if line:
            key, _, value = line.partition(":")
            value = value.removeprefix(" ")
            message[key] = f"{message[key]}\n{value}" if key in message else value
        elif message:
            yield message
            message = {}


def connect_booted(port: int, still_alive: Callable[[], bool], timeout_s: float) -> Ami:
    """
    Log in as soon as Asterisk listens, and return when it has fully booted.

    Raises:
        BoxError: it died, or was not there within *timeout_s*.
    """
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline and still_alive():
        try:
            ami = Ami(port)
        except OSError:
            time.sleep(0.03)
            continue
        if ami.booted.wait(deadline - time.monotonic()):
            return ami
        ami.close()
    raise BoxError("Asterisk ended while starting" if not still_alive() else "Asterisk hangs")
