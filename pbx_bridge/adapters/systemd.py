"""Tells systemd that we are ready, alive or stopping; silent when systemd did not start us."""

import os
import socket


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
