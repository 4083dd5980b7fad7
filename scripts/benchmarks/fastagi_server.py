"""
One FastAGI server in a process of its own: ``-m benchmarks.fastagi_server ours|panoramisk``.

Prints its port; ends when its standard input closes.
"""

import asyncio
import os
import sys

from panoramisk import fast_agi

from pbx_bridge.adapters.agi.server import AgiPort, AgiServer
from pbx_bridge.adapters.agi.session import AgiLine
from pbx_bridge.adapters.logs import set_up_logs
from pbx_bridge.config import LogConfig, LogFormat

COMMANDS = 5
"""So many questions does a handler ask in each session."""

VARIABLE = "PBXB_CALL"


async def ours(line: AgiLine) -> None:
    """Ask a few times for a variable."""
    for _ in range(COMMANDS):
        await line.variable(VARIABLE)


async def theirs(request: fast_agi.Request) -> None:
    """Ask the same of panoramisk."""
    for _ in range(COMMANDS):
        await request.send_command(f"GET VARIABLE {VARIABLE}")


async def serve(which: str) -> None:
    """Serve until standard input closes."""
    if which == "ours":
        server = AgiServer({"incoming": ours}, AgiPort(port=0))
        await server.start()
        port = server.port
    else:
        application = fast_agi.Application()
        application.add_route("incoming", theirs)
        listener = await asyncio.start_server(application.handler, "127.0.0.1", 0, backlog=512)
        port = listener.sockets[0].getsockname()[1]
    print(port, flush=True)
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)  # both log as they would under systemd, and nobody reads it
    set_up_logs(LogConfig(format=LogFormat.JSON))
    await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1]))
