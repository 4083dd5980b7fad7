"""Tells systemd that we are ready, alive or stopping; silent when systemd did not start us."""

import os
import socket
import time


class Watchdog:
    """Pings systemd's watchdog, at most once in `PING_S`; silence gets the service killed."""

    def __init__(self) -> None:
        self._pinged_at = -PING_S

    def ping(self) -> None:
        """Say that we are alive."""
        now = time.monotonic()
        if now - self._pinged_at >= PING_S:
            self._pinged_at = now
            notify("WATCHDOG=1")


PING_S = 2.0
"""A tenth of the unit's WatchdogSec."""


def notify(state: str) -> None:
    """
    Send *state*, for example ``READY=1``, to the socket in ``NOTIFY_SOCKET``.

    Best effort: a service manager that does not listen must not keep calls from being answered.

    Source: sd_notify(3).
    """
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    if address.startswith("@"):  # the abstract namespace
        address = "\0" + address[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        try:
            channel.connect(address)
            channel.sendall(state.encode())
        except OSError:
            return
