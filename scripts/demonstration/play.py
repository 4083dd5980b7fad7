"""Plays a scenario from the empty stage to the case file, and says whether it held."""

import argparse
import asyncio
import contextlib
import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from boxes import BoxError, Call, CallReport, CallSpec, Ports
from stage import Scene, Stage, StageError, own_folder

from demonstration.checks import Check, Evidence, check
from demonstration.scenario import SCENARIOS, TEXTS, Scenario, Trouble
from demonstration.screen import Screen, subject_of
from pbx_bridge.adapters.store.reading import CaseSummary, follow
from pbx_bridge.errors import BridgeError

FOLDER = own_folder("demo")
OFFSET = 8
POLL_S = 0.02
ENOUGH_WORDS = 4
"""So many words are understood when the caller hangs up, or the service is killed."""

TALK_S = 4.0
"""How long caller and technician talk when Asterisk alone has connected them."""

LIMIT_S = 150.0


class MailBox:
    """The office's mailbox: a mail server on loopback that keeps what it gets."""

    def __init__(self) -> None:
        self.mails: list[str] = []

    async def handle_DATA(  # noqa: N802  aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Keep one mail."""
        del server, session
        content = envelope.content or b""
        self.mails.append(content if isinstance(content, str) else content.decode())
        return "250 kept"


@contextlib.contextmanager
def mail_server() -> Iterator[tuple[MailBox, int]]:
    """Run a mail server on a free port of loopback; yield the mailbox and the port."""
    office = MailBox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]  # aiosmtpd asks itself at the port it was given
    controller = Controller(office, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield office, port
    finally:
        controller.stop()


class Play:
    """One performance."""

    def __init__(self, scenario: Scenario, voice: str, stage: Stage, office: MailBox) -> None:
        self._scenario, self._voice, self._stage, self._office = scenario, voice, stage, office
        self.screen = Screen(scenario)
        self._said = TEXTS[voice][scenario.text]
        self._words = 0
        self._heard = asyncio.Event()
        self._seq = 0

    def set_scene(self, mail_port: int) -> None:
        """Install everything as a user would."""
        self.screen.heading(f"Scene: {self._scenario.title}")
        scene = Scene(
            technicians=self._scenario.people(), language=self._voice, mail_port=mail_port
        )
        began = time.monotonic()
        self._stage.set_up(scene)
        self.screen.step(f"two Asterisks, prompts and dialplan: {time.monotonic() - began:.1f} s")
        if self._scenario.trouble is Trouble.NOT_RUNNING:
            self.screen.step("pbx-bridge is NOT started")
            return
        began = time.monotonic()
        self._stage.start_service()
        self.screen.step(f"pbx-bridge is ready: {time.monotonic() - began:.1f} s")

    async def perform(self) -> bool:
        """Play the call to its end; whether everything that must come of it came."""
        self.screen.heading("The call")
        began_ms = time.time() * 1000
        call = self._stage.box.start_call(CallSpec(say=self._said, language=self._voice))
        self.screen.note(f'the caller will say: "{self._said}"')
        watchers = [
            asyncio.create_task(self._watch_journal()),
            asyncio.create_task(self._watch_mobiles(began_ms)),
        ]
        try:
            await self._make_trouble(call, began_ms)
            report = await asyncio.to_thread(call.wait)
            self._tell_call(report)
            case = await self._outcome()
        except BaseException:
            call.hangup()  # or the thread that waits for it would keep us
            raise
        finally:
            for watcher in watchers:
                watcher.cancel()
            await asyncio.gather(*watchers, return_exceptions=True)
        for mail in self._office.mails:
            self.screen.note(f"the office's mail: {subject_of(mail)}")
        return self._judge(report, case, began_ms)

    async def _make_trouble(self, call: Call, began_ms: float) -> None:
        """Do to the caller or to the service what the scenario says, when its time has come."""
        if self._scenario.trouble is Trouble.NOT_RUNNING:
            number = self._scenario.people()[-1][1]
            wait = self._stage.box.wait_mobile_event
            await asyncio.to_thread(wait, "digit", number, since_ms=began_ms, timeout_s=LIMIT_S)
            await asyncio.sleep(TALK_S)
            self.screen.note("the caller, who was connected with the technician, hangs up")
            await asyncio.to_thread(call.hangup)
        if self._scenario.hangs_up_speaking:
            await asyncio.wait_for(self._heard.wait(), LIMIT_S)
            self.screen.note("the caller hangs up in the middle of the sentence")
            await asyncio.to_thread(call.hangup)
        if self._scenario.trouble is Trouble.KILLED:
            await asyncio.wait_for(self._heard.wait(), LIMIT_S)
            self.screen.note("kill -9 of pbx-bridge while the caller speaks")
            service = self._stage.service
            if service is not None:
                await asyncio.to_thread(service.kill)
            await asyncio.to_thread(self._stage.start_service)
            self.screen.note("pbx-bridge runs again")

    async def _outcome(self) -> CaseSummary:
        """Return the case once it is where the scenario wants it."""
        if self._scenario.trouble is Trouble.NOT_RUNNING:
            self.screen.note("pbx-bridge is started only now, and finds out what happened")
            await asyncio.to_thread(self._stage.start_service)
        case = await asyncio.to_thread(
            self._stage.wait_for_case, self._scenario.phase, limit_s=LIMIT_S
        )
        deadline = time.monotonic() + 10
        while len(self._office.mails) < self._scenario.mails and time.monotonic() < deadline:
            await asyncio.sleep(POLL_S)
        await asyncio.sleep(1)  # whoever rings or writes now is one too many
        return case

    async def _watch_journal(self) -> None:
        while not self._stage.database.exists():
            await asyncio.sleep(POLL_S)
        while True:
            with contextlib.suppress(BridgeError):  # a service that is being started or killed
                async for row in follow(self._stage.database, self._seq):
                    self._seq = row.seq
                    self.screen.journal(row)
                    if row.trigger == "Heard":
                        self._words = len(str(row.data.get("text", "")).split())
                        if self._words >= ENOUGH_WORDS:
                            self._heard.set()
            await asyncio.sleep(POLL_S)

    async def _watch_mobiles(self, since_ms: float) -> None:
        seen = 0
        is_started = False
        while True:
            events = self._stage.box.events(since_ms)
            for event in events[seen:]:
                if event.who == "mobile":
                    self.screen.carrier(event)
                elif event.what == "answered" and not is_started:
                    is_started = True
                    self.screen.start(event.at_ms / 1000)
                    self.screen.note("the caller is answered", event.at_ms / 1000)
            seen = len(events)
            await asyncio.sleep(POLL_S)

    def _tell_call(self, report: CallReport) -> None:
        by = "pbx-bridge" if report.hung_up_by == "far" else "the caller"
        self.screen.note(f"the call is over, ended by {by}", report.ended_at)

    def _judge(self, report: CallReport, case: CaseSummary, began_ms: float) -> bool:
        self.screen.heading("The case file (pbx-bridge cases show)")
        print(self._stage.bridge("cases", "show", case.case_id), flush=True)
        events = self._stage.box.mobile_events(began_ms)
        seen = Evidence(
            said=self._said,
            report=report,
            case=case,
            file=self._stage.case_file(case.case_id),
            events=events,
            mails=len(self._office.mails),
        )
        checks = check(self._scenario, seen)
        self.screen.heading("What had to come of it")
        for one in checks:
            print(f"   {'ok    ' if one.is_met else 'FAILED'}  {one.text}", flush=True)
        return _all_met(checks)


def _all_met(checks: list[Check]) -> bool:
    return all(one.is_met for one in checks)


def _free_offset() -> int:
    """Return the first offset whose ports nobody uses; the last when all are taken."""
    for offset in (OFFSET, *range(OFFSET)):
        if all(_is_free(port) for port in Ports.at(offset).fixed):
            return offset
    return OFFSET


def _is_free(port: int) -> bool:
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        with socket.socket(socket.AF_INET, kind) as trial:
            try:
                trial.bind(("127.0.0.1", port))
            except OSError:
                return False
    return True


def main(arguments: list[str]) -> int:
    """Play what is asked for; exit status 0 only when every expectation held."""
    parser = argparse.ArgumentParser(prog="scripts/demo", description=__doc__)
    names = ", ".join(SCENARIOS)
    parser.add_argument("--voice", default="de", choices=sorted(TEXTS))
    parser.add_argument(
        "--scenario",
        default="burst-pipe",
        choices=list(SCENARIOS),
        metavar="NAME",
        help=f"one of {names}",
    )
    parser.add_argument("--json", default=os.environ.get("JSON") or None, type=Path)
    parser.add_argument("--dir", default=FOLDER, type=Path, help="where the box lives")
    parser.add_argument(
        "--offset", default=None, type=int, help="port numbers of the box, 0 to 9; else a free one"
    )
    wanted = [
        f"--{name}={value}"
        for name in ("voice", "scenario", "offset")
        if (value := os.environ.get(name.upper(), ""))
    ]
    chosen = parser.parse_args([*wanted, *arguments])
    scenario = SCENARIOS[chosen.scenario]
    offset = chosen.offset if chosen.offset is not None else _free_offset()
    try:
        with mail_server() as (office, port), Stage(chosen.dir, offset) as stage:
            play = Play(scenario, chosen.voice, stage, office)
            play.set_scene(port)
            is_met = asyncio.run(play.perform())
    except (BoxError, StageError, BridgeError, TimeoutError) as exc:
        print(f"\ndemo: {exc}", flush=True)
        return 1
    except KeyboardInterrupt:
        print("\ndemo: stopped; everything that it started is down again", flush=True)
        return 130
    if chosen.json:
        play.screen.write(chosen.json, scenario, is_met=is_met)
    print(f"\n{'The scenario held.' if is_met else 'The scenario did NOT hold.'}", flush=True)
    return 0 if is_met else 1
