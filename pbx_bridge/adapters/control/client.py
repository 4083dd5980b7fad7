"""Sends one command to the running service and waits for its answer."""

import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pbx_bridge.errors import CommandRefused, ControlError, ServiceAway
from pbx_bridge.wire.control import MAX_LINE, Answer, Request, line, parse

LIMIT_S = 30.0
"""For the whole command; longer than the service takes at most."""

CHUNK = 65536


def ask(path: Path, verb: str, arguments: Mapping[str, Any], limit_s: float = LIMIT_S) -> Any:
    """
    Let the service at the socket *path* carry out *verb*; return what it answers, JSON values.

    Raises:
        ServiceAway: nobody listens there, or this user may not connect.
        CommandRefused: the service said no; text and code are the service's.
        ControlError: no answer came; whether it was done is not known.
    """
    data = line(Request(verb=verb, arguments=arguments))
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(limit_s)
        _connect(connection, path)
        try:
            connection.sendall(data)
            answer = parse(Answer, _read_line(connection))
        except OSError as exc:
            raise ControlError(
                f"the service did not answer ({exc}); look whether it was done, then ask again"
            ) from exc
    if answer.error is not None:
        raise CommandRefused(answer.error, answer.code)
    return answer.result


def _connect(connection: socket.socket, path: Path) -> None:
    try:
        connection.connect(str(path))
    except (FileNotFoundError, ConnectionRefusedError, NotADirectoryError) as exc:
        raise ServiceAway(
            f"the service does not run (nobody listens at {path}): "
            "start it, for example with: systemctl start pbx-bridge"
        ) from exc
    except PermissionError as exc:
        raise ServiceAway(
            f"{path} may not be used by this user: run this as the service's user or as root"
        ) from exc
    except OSError as exc:
        raise ServiceAway(f"{path} cannot be used ({exc}): see [service] socket") from exc


def _read_line(connection: socket.socket) -> bytes:
    data = b""
    while not data.endswith(b"\n") and len(data) <= MAX_LINE:
        chunk = connection.recv(CHUNK)
        if not chunk:
            raise ConnectionResetError("it closed the connection")
        data += chunk
    return data
