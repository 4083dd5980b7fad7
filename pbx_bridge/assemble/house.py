"""The whole house: every part once, and who knows whom."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from zoneinfo import ZoneInfo

import structlog

from pbx_bridge.adapters.agi.server import AgiPort, AgiServer
from pbx_bridge.adapters.agi.session import AgiDeadlines
from pbx_bridge.adapters.ami.link import AmiConfig, AmiLink
from pbx_bridge.adapters.ami.orders import RingConfig
from pbx_bridge.adapters.ami.phones import AmiPhones
from pbx_bridge.adapters.clock import SystemClock
from pbx_bridge.adapters.control.server import ControlServer
from pbx_bridge.adapters.dialplan import agi_secret
from pbx_bridge.adapters.notify.addressees import addressees_of, report_unusable
from pbx_bridge.adapters.recordings import FileRecordings
from pbx_bridge.adapters.store.store import SqliteStore, open_store
from pbx_bridge.adapters.systemd import Watchdog, notify
from pbx_bridge.assemble.duties import duties
from pbx_bridge.assemble.judgement import certainty, judges
from pbx_bridge.assemble.parts import pins_of, transcriber_of
from pbx_bridge.config import Config, read_secret
from pbx_bridge.config.plan import plan_of
from pbx_bridge.config.policies import policies_of
from pbx_bridge.config.policy_advice import layers_rung
from pbx_bridge.core.moment import context_at
from pbx_bridge.errors import SocketTaken
from pbx_bridge.ports import Addressee, Clock, Line
from pbx_bridge.runtime.acks import Acks
from pbx_bridge.runtime.call_in import CallInPeople, CallIns
from pbx_bridge.runtime.calls import Calls
from pbx_bridge.runtime.case_commands import CaseCommands
from pbx_bridge.runtime.case_deeds import CaseDeeds
from pbx_bridge.runtime.cases import Cases
from pbx_bridge.runtime.deeds import Deeds
from pbx_bridge.runtime.delivery import Delivery
from pbx_bridge.runtime.leases import Leases
from pbx_bridge.runtime.lookout import Lookout, Tokens
from pbx_bridge.runtime.notices import Notices
from pbx_bridge.runtime.on_call import OnCall, OnCallCommands
from pbx_bridge.runtime.outcome_talk import OutcomeTalk
from pbx_bridge.runtime.outlook import Outlook
from pbx_bridge.runtime.phone_checks import PhoneChecks
from pbx_bridge.runtime.policies import WhoIsRung
from pbx_bridge.runtime.prompting import prompts_in
from pbx_bridge.runtime.recovery import Recovery
from pbx_bridge.runtime.ringing import Ringing
from pbx_bridge.runtime.service import Part, Service
from pbx_bridge.runtime.shift_checks import ShiftChecks
from pbx_bridge.runtime.switchboard import Switchboard
from pbx_bridge.runtime.transcripts import Transcripts

log = structlog.get_logger()


async def run(config: Config, stop: asyncio.Event, *, clock: Clock | None = None) -> None:
    """
    Run the whole service until *stop* is set.

    Args:
        config: the file.
        stop: set it to end the service.
        clock: tells the time; `None`: the system's.

    Raises:
        BridgeError: something that must be there before the first call is not.
    """
    secret = read_secret(config.asterisk.ami_secret_file)
    addressees = addressees_of(config)
    report_unusable(config, addressees)
    async with open_store(config.store.path) as store:
        tokens = Tokens(await store.outbox.instance_key())
        at = clock or SystemClock()
        house = House(config, store, tokens, secret=secret, addressees=addressees, clock=at)
        await house.service().run(stop)


async def answer_ping(line: Line) -> None:
    """Tell `pbx-bridge doctor`, through Asterisk, that we are here."""
    await line.set_variable("PBXB_PONG", "1")


class House:
    """Everything that is built once; each part gets only what it needs."""

    def __init__(  # noqa: PLR0913  each is named once, in `run`
        self,
        config: Config,
        store: SqliteStore,
        tokens: Tokens,
        *,
        secret: str,
        addressees: list[Addressee],
        clock: Clock,
    ) -> None:
        self._config, self._store, self._tokens = config, store, tokens
        self._secret = secret
        self._clock = clock
        self._recordings = FileRecordings(config.asterisk.recordings_dir, config.asterisk.live_dir)
        self._prompt = prompts_in(config.asterisk.prompts_dir)
        self._transcriber = transcriber_of(config)
        self._deeds = Deeds(self._clock, store.outbox)
        self._callers: list[str] = []
        self._has_looked = asyncio.Event()
        self._cases = self._new_cases()
        self._switchboard = Switchboard(self._cases.post)
        self._link = AmiLink(self._ami())
        self._phones = AmiPhones(self._link, self._switchboard, self._rings())
        self._leases = Leases(self._phones, config.lease())
        self._lookout = Lookout(self._phones, tokens, config.roster())
        self._pins = pins_of(config)
        self._on_call = OnCall(self._clock, store.overrides, plan_of(config))
        self._delivery = Delivery(self._clock, store.notices, addressees)
        self._notices = self._notices_to(addressees)
        self._who_is_rung = WhoIsRung(self._clock, self._on_call, policies_of(config))
        self._phone_checks = self._checks()
        self._shift_checks = ShiftChecks(
            clock, self._phone_checks, self._notices, lambda: self._on_call.plan
        )

    def service(self) -> Service:
        """Return the service that runs it all."""
        ringing, transcripts = self._ringing(), self._transcripts()
        self._deeds.assign(duties(ringing, transcripts, self._notices, self._case_deeds()))
        calls = self._calls(transcripts)
        recovery = self._recovery(calls, ringing)
        self._switchboard.connect(recovery, self._phone_checks)
        agi, control = self._agi(calls, recovery), self._control()

        async def after_a_look(loop: Callable[[], Awaitable[None]]) -> None:
            """Run *loop*, after a look at what happened without us."""
            await recovery.wait_for_first_look()
            await loop()

        return Service(
            [
                Part("excerpts", self._drop_excerpts, _nothing),
                Part("outbox", _nothing, self._deeds.stop),
                Part("notices", _nothing, self._delivery.stop),
                Part("on call", self._on_call.start, _nothing),
                Part("recogniser", self._transcriber.start, self._transcriber.stop),
                Part("agi", agi.start, agi.stop),
                Part("ami", self._link.start, self._link.stop),
                Part("control", lambda: _listen(control), control.stop),
            ],
            [
                partial(after_a_look, self._cases.run),
                self._leases.run,
                recovery.run,
                recovery.look_now_and_then,
                self._delivery.run,
                self._outlook().run,
                partial(after_a_look, self._shift_checks.run),
            ],
            on_ready=lambda: notify("READY=1"),
            on_stopping=lambda: notify("STOPPING=1"),
        )

    def _new_cases(self) -> Cases:
        return Cases(
            self._clock,
            self._store.calls,
            self._store.escalations,
            self._store.outbox,
            self._deeds,
            on_turn=Watchdog().ping,
            on_call=self._call_came,
        )

    def _call_came(self) -> None:
        self._phone_checks.call_came()  # it is built later than the cases

    async def _drop_excerpts(self) -> None:
        await asyncio.to_thread(self._recordings.drop_excerpts)

    def _ringing(self) -> Ringing:
        return Ringing(
            self._cases.post,
            self._cases.open_escalation,
            calls=self._store.calls,
            escalations=self._store.escalations,
            phones=self._phones,
            recordings=self._recordings,
            lookout=self._lookout,
            tokens=self._tokens,
            policy=self._who_is_rung.policy,
            callers=self._callers,
            make_way=self._phone_checks.give_way,
            end_check=self._phone_checks.end_stray,
        )

    def _transcripts(self) -> Transcripts:
        plan, now = self._on_call, self._clock.now
        judged_by = judges(self._config, lambda: context_at(plan.plan, now()))
        return Transcripts(
            self._cases.submit_call,
            clock=self._clock,
            calls=self._store.calls,
            outbox=self._store.outbox,
            recordings=self._recordings,
            transcriber=self._transcriber,
            judge=judged_by.judge,
            certain=certainty(judged_by, self._config.speech),
        )

    def _notices_to(self, addressees: list[Addressee]) -> Notices:
        return Notices(
            self._clock,
            self._store.calls,
            self._store.escalations,
            self._store.notices,
            addressees,
            zone=ZoneInfo(self._config.firm.zone),
            line_number=self._config.asterisk.caller_id,
            on_queued=self._delivery.hurry,
        )

    def _outlook(self) -> Outlook:
        notices = self._config.notices
        return Outlook(
            self._clock,
            self._store.notices,
            self._notices,
            lambda: self._on_call.plan,
            rung_of=partial(layers_rung, self._config),
            shift_ahead=timedelta(hours=notices.shift_ahead_h),
            gap_ahead=timedelta(days=notices.gap_ahead_days),
            on_begun=self._shift_checks.begin if notices.check_phones else None,
        )

    def _calls(self, transcripts: Transcripts) -> Calls:
        return Calls(
            clock=self._clock,
            cases=self._cases,
            store=self._store.calls,
            recordings=self._recordings,
            transcripts=transcripts,
            leases=self._leases,
            limits=self._config.limits(),
            language=self._config.firm.language,
            prompt=self._prompt,
        )

    def _recovery(self, calls: Calls, ringing: Ringing) -> Recovery:
        return Recovery(
            self._cases.post,
            calls=calls,
            call_store=self._store.calls,
            escalations=self._store.escalations,
            phones=self._phones,
            recordings=self._recordings,
            leases=self._leases,
            lookout=self._lookout,
            ringing=ringing,
            on_call=lambda: "&".join(self._who_is_rung.numbers()),
            clock=self._clock,
            end_check=self._phone_checks.end_stray,
            has_looked=self._has_looked,
        )

    def _agi(self, calls: Calls, recovery: Recovery) -> AgiServer:
        asterisk = self._config.asterisk
        talk = OutcomeTalk(self._cases, self._recordings)
        acks = Acks(
            cases=self._cases,
            calls=self._store.calls,
            recordings=self._recordings,
            leases=self._leases,
            tokens=self._tokens,
            lookout=self._lookout,
            prompt=self._prompt,
            language_of=self._config.language_of,
            talk=talk,
        )
        handlers = {
            "incoming": calls.incoming,
            "claim": calls.claim,
            "technician": acks.technician,
            "call-in": self._call_ins(talk).call_in,
            "phone-check": self._phone_checks.answered,
            "report": recovery.report,
            "ping": answer_ping,
        }
        where = AgiPort(
            host=asterisk.agi_host, port=asterisk.agi_port, secret=agi_secret(self._secret)
        )
        beep = self._prompt("beep", self._config.firm.language)
        longest_s = self._config.message.max_s + 30.0  # a technician hears the whole message
        return AgiServer(
            handlers, where, beep_sound=beep, deadlines=AgiDeadlines(sound_s=longest_s)
        )

    def _call_ins(self, talk: OutcomeTalk) -> CallIns:
        return CallIns(
            CallInPeople(
                technician_of=self._config.technician_of,
                language_of=self._config.language_of,
                pins=self._pins,
            ),
            clock=self._clock,
            calls=self._store.calls,
            escalations=self._store.escalations,
            pin_locks=self._store.pin_locks,
            leases=self._leases,
            talk=talk,
            prompt=self._prompt,
            callers=self._callers,
        )

    def _case_deeds(self) -> CaseDeeds:
        return CaseDeeds(
            self._cases,
            calls=self._store.calls,
            recordings=self._recordings,
            transcriber=self._transcriber,
            language_of=self._config.language_of,
            policy=self._who_is_rung.policy,
        )

    def _control(self) -> ControlServer:
        commands = OnCallCommands(self._clock, self._on_call)
        roster = {person.name: person.number for person in self._config.technicians}
        cases = CaseCommands(self._cases, self._store.calls, roster, self._who_is_rung.policy)
        handlers = {
            "override.add": commands.add_override,
            "override.remove": commands.remove_override,
            "shifts.import": commands.import_shifts,
            "case.done": cases.done,
            "case.note": cases.note,
            "case.take": cases.take,
            "case.reopen": cases.reopen,
            "phone.check": self._phone_checks.carry_out,
        }
        patience_s = {"phone.check": self._phone_checks.longest_s}
        return ControlServer(self._config.service.socket, handlers, patience_s=patience_s)

    def _checks(self) -> PhoneChecks:
        return PhoneChecks(
            clock=self._clock,
            calls=self._store.calls,
            escalations=self._store.escalations,
            phones=self._phones,
            leases=self._leases,
            tokens=self._tokens,
            prompt=self._prompt,
            language_of=self._config.language_of,
            has_looked=self._has_looked,
            roster={person.name: person.number for person in self._config.technicians},
            ring_timeout=timedelta(seconds=self._config.escalation.ring_timeout_s),
            callers=self._callers,
        )

    def _ami(self) -> AmiConfig:
        asterisk = self._config.asterisk
        return AmiConfig(
            host=asterisk.ami_host,
            port=asterisk.ami_port,
            user=asterisk.ami_user,
            secret=self._secret,
        )

    def _rings(self) -> RingConfig:
        return RingConfig(
            dial=self._config.asterisk.dial,
            caller_id=self._config.asterisk.caller_id,
            roster=frozenset(person.number for person in self._config.technicians),
        )


async def _listen(control: ControlServer) -> None:
    """Open the control socket; without it calls are still answered, so that is only logged."""
    try:
        await control.start()
    except SocketTaken as exc:
        log.error("control.unusable", code=exc.code, reason=str(exc))


async def _nothing() -> None:
    """Start what needs no start."""
