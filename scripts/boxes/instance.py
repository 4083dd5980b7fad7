"""Start and stop one of the two Asterisks."""

import os
import signal
import socket
import subprocess
from pathlib import Path

from boxes import account, ami, process
from boxes.account import Account
from boxes.ami import Ami
from boxes.engine import Engine
from boxes.faults import BoxError
from boxes.folders import Home
from boxes.process import Process

BOOT_TIMEOUT_S = 30.0
STOP_TIMEOUT_S = 5.0
CLI_TIMEOUT_S = 10.0


class Instance:
    """One Asterisk: `pbx` or `pstn`."""

    def __init__(self, name: str, home: Home, sip_port: int, ami_port: int) -> None:
        self.name = name
        self.home = home
        self._sip_port = sip_port
        self._ami_port = ami_port
        self._pid_file = home.path / "asterisk.pid"

    @property
    def process(self) -> Process | None:
        """The running Asterisk, `None` when it is down."""
        return process.load(self._pid_file)

    def start(self, engine: Engine, run_as: Account | None) -> None:
        """
        Start it and wait until it has fully booted; no harm when it runs.

        Raises:
            BoxError: a port is taken, or it did not boot.
        """
        if self.process is not None:
            return
        self._check_ports()
        for folder in self.home.writable:
            account.give(run_as, folder)
        command = (*engine.command, "-C", str(self.home.config), "-f")
        output = self.home.path / "stdout.log"
        started = launch(command, output, run_as)
        started.save(self._pid_file)
        try:
            ami.connect_booted(self._ami_port, lambda: started.is_alive, BOOT_TIMEOUT_S).close()
        except BoxError as exc:
            self.stop()
            raise BoxError(f"{self.name}: {exc}; see {output} and {self.home.log}") from exc

    def stop(self) -> None:
        """End it, by force when it does not end by itself; no harm when it is down."""
        running = self.process
        if running is not None:
            running.kill(signal.SIGTERM)
            if not running.wait_gone(STOP_TIMEOUT_S):
                self.kill()
        self._pid_file.unlink(missing_ok=True)

    def kill(self) -> None:
        """Take its life as a crash would."""
        running = self.process
        if running is not None:
            running.kill()
            running.wait_gone(STOP_TIMEOUT_S)
        self._pid_file.unlink(missing_ok=True)

    def cli(self, engine: Engine, command: str) -> str:
        """Return what Asterisk's command line answers to *command*."""
        self.check_up()
        shell = [*engine.command, "-C", str(self.home.config), "-rx", command]
        try:
            run = subprocess.run(
                shell, capture_output=True, text=True, timeout=CLI_TIMEOUT_S, check=False
            )
        except subprocess.TimeoutExpired as exc:
            raise BoxError(f"{self.name} did not answer {command!r}") from exc
        if run.returncode != 0:
            raise BoxError(f"{self.name}: {(run.stdout + run.stderr).strip()}")
        return run.stdout

    def ami(self) -> Ami:
        """Return a new login of the harness."""
        self.check_up()
        try:
            return Ami(self._ami_port)
        except OSError as exc:
            raise BoxError(f"{self.name} does not take AMI logins: {exc}") from exc

    def check_up(self) -> None:
        """Raise `BoxError` when it is down: its ports may belong to another box by now."""
        if self.process is None:
            raise BoxError(f"{self.name} is down; start it with `box up`")

    def _check_ports(self) -> None:
        for port, kind in (
            (self._sip_port, socket.SOCK_DGRAM),
            (self._ami_port, socket.SOCK_STREAM),
        ):
            with socket.socket(socket.AF_INET, kind) as probe:
                if kind == socket.SOCK_STREAM:  # connections of a former box may linger
                    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind(("127.0.0.1", port))
                except OSError as exc:
                    raise BoxError(
                        f"port {port} is taken by another program (another box?);"
                        " choose another --offset"
                    ) from exc


def launch(
    command: tuple[str, ...],
    output: Path,
    run_as: Account | None = None,
    environment: dict[str, str] | None = None,
) -> Process:
    """
    Start *command* in the background, so that it outlives us and is nobody's zombie.

    The shell between us ends at once; its child is then the system's. All that the program
    prints goes to *output*.
    """
    script = '"$@" < /dev/null >> "$0" 2>&1 & echo $!'
    shell = ["/bin/sh", "-c", script, str(output), *command]
    output.touch()
    identity: dict[str, object] = {}
    if run_as is not None:
        os.chown(output, run_as.uid, run_as.gid)
        identity = {"user": run_as.uid, "group": run_as.gid, "extra_groups": (), "umask": 0o002}
    run = subprocess.run(
        shell,
        stdout=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        check=True,
        start_new_session=True,
        cwd="/",
        env={**os.environ, **(environment or {})},
        **identity,
    )
    return process.of_pid(int(run.stdout))
