"""What Asterisk says about itself when it calls its own test context, and what that means."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from pbx_bridge.core.asterisk_versions import Standing, release
from pbx_bridge.core.check import Check, CheckName, failed, passed, skipped, warned
from pbx_bridge.core.dialplan_needs import modules_check

NEEDED = frozenset({"dbget", "hangup", "originate", "setvar", "status"})
"""AMI actions that we cannot do without, in lower case."""

DANGEROUS: Mapping[str, str] = {
    "command": "command",
    "updateconfig": "config",
    "moduleload": "system",
    "agi": "agi",
}
"""AMI actions that let a login take over the machine, and the right that gives each."""


class Login(StrEnum):
    """How our login to Asterisk's manager interface ended."""

    ACCEPTED = "accepted"
    UNREACHABLE = "unreachable"
    """Nothing listens on the port."""
    SILENT = "silent"
    """Something listens that does not answer as a manager interface does."""
    REFUSED = "refused"
    NOT_BOOTED = "not-booted"
    """It did not say that it is ready: it still starts, or we may not hear it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What our test context says at its end."""

    agi: str
    """``AGISTATUS``: SUCCESS, FAILURE, HANGUP; ours: TIMEOUT when it did not come back."""
    is_answered: bool
    """The service itself has answered."""
    has_lock: bool
    writes_recordings: bool
    reads_prompts: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SelfCall:
    """What came of ringing our test context; each field counts only when the one before is set."""

    refusal: str = ""
    """Why Asterisk would not even try; empty when it did."""
    is_answered: bool = False
    """The context exists and answered."""
    version: str | None = None
    """Asterisk's, from the first event; `None` when none came."""
    report: Report | None = None
    """From the second event; `None` when none came."""
    lacking: tuple[str, ...] | None = None
    """Modules of `dialplan_needs` that are not loaded; `None` when the last event did not come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Enquiry:
    """Everything that was learnt over AMI."""

    where: str
    """Host and port."""
    user: str
    login: Login
    actions: frozenset[str] = frozenset()
    """What our login may do, in lower case."""
    call: SelfCall | None = None
    """`None` when it was not tried."""


def login_check(enquiry: Enquiry) -> Check:
    """Say whether we can talk to Asterisk."""
    name, where = CheckName.AMI, enquiry.where
    match enquiry.login:
        case Login.ACCEPTED:
            return passed(name, f"logged in at {where} as {enquiry.user}")
        case Login.UNREACHABLE:
            return failed(
                name,
                f"nothing answers at {where}",
                "start Asterisk (systemctl start asterisk); manager.conf needs enabled = yes and"
                " the port that asterisk.ami_port names",
            )
        case Login.SILENT:
            return failed(
                name,
                f"{where} takes connections and answers no login",
                "set asterisk.ami_port to the port of manager.conf; if it is, Asterisk hangs:"
                " restart it",
            )
        case Login.REFUSED:
            return failed(
                name,
                f"Asterisk refuses user {enquiry.user} at {where}: wrong user or secret",
                "pbx-bridge dialplan install, then asterisk -rx 'manager reload'; manager.conf"
                ' must say #include "manager.d/*.conf"',
            )
        case Login.NOT_BOOTED:
            return failed(
                name,
                f"Asterisk at {where} does not say that it is ready",
                "wait until it has started; if it has, our account needs"
                " read = system,call,user: pbx-bridge dialplan install",
            )
        case _:
            assert_never(enquiry.login)


def rights_check(enquiry: Enquiry) -> Check:
    """Say whether our login may do what it must, and nothing that could take the machine over."""
    lacking = sorted(NEEDED - enquiry.actions)
    remedy = (
        "give our account write = originate,call,reporting: pbx-bridge dialplan install,"
        " then asterisk -rx 'manager reload'"
    )
    if lacking:
        return failed(CheckName.RIGHTS, f"our login may not: {', '.join(lacking)}", remedy)
    wide = sorted(right for action, right in DANGEROUS.items() if action in enquiry.actions)
    if wide:
        text = f"our login may do more than it needs: write = {', '.join(wide)}"
        return warned(CheckName.RIGHTS, text, remedy)
    return passed(CheckName.RIGHTS, "our login may ring, hang up and read, and no more")


def call_checks(call: SelfCall, agi_where: str) -> Iterator[Check]:
    """
    Say what ringing ourselves has proved, one check for each part.

    Args:
        call: what came of it.
        agi_where: host and port on which the service should listen.
    """
    yield (reached := _reached(call))
    if call.version is None:
        yield skipped(CheckName.VERSION, CheckName.SELF_CALL)
    else:
        yield version_check(call.version)
    if reached.remedy:
        for name in (CheckName.AGI, *_REPORTED):
            yield skipped(name, CheckName.SELF_CALL)
    elif call.report is None:
        yield failed(
            CheckName.AGI,
            "the dialplan stopped at AGI(): Asterisk has no such application",
            "asterisk -rx 'module load res_speech.so', then 'module load res_agi.so'; with"
            " autoload = no write both into modules.conf, in this order",
        )
        for name in _REPORTED:
            yield skipped(name, CheckName.AGI)
    else:
        yield passed(CheckName.AGI, "Asterisk has AGI()")
        yield from _reported(call.report, agi_where)
        yield modules_check(call.lacking)


_REPORTED = (
    CheckName.SERVICE,
    CheckName.LOCK,
    CheckName.SPOOL,
    CheckName.SOUNDS,
    CheckName.MODULES,
)


def version_check(text: str) -> Check:
    """Say whether this Asterisk has known holes."""
    name, found = CheckName.VERSION, release(text)
    match found.standing:
        case Standing.CURRENT:
            return passed(name, f"Asterisk {text}")
        case Standing.OLD:
            wanted = ".".join(map(str, found.minimum or ()))
            return warned(
                name,
                f"Asterisk {text} is older than {wanted}: strangers can crash it or worse,"
                " unless your distribution has closed the holes",
                f"update Asterisk to {wanted} or later",
            )
        case Standing.END_OF_LIFE:
            return warned(
                name,
                f"ASTERISK {text} GETS NO SECURITY UPDATES ANY MORE: holes that everybody knows"
                " stay open",
                "move to Asterisk 22",
            )
        case Standing.UNKNOWN:
            shown = text or "func_version is not loaded"
            return warned(
                name,
                f"this release of pbx-bridge does not know Asterisk {shown!r}",
                "compare it with Asterisk's security advisories",
            )
        case _:
            assert_never(found.standing)


def _reached(call: SelfCall) -> Check:
    name = CheckName.SELF_CALL
    install = "pbx-bridge dialplan install, then asterisk -rx 'dialplan reload'"
    if call.refusal:
        return failed(name, f"Asterisk refuses to ring: {call.refusal}", install)
    if not call.is_answered:
        return failed(name, "Asterisk does not know our dialplan", install)
    if call.version is None:
        return failed(
            name,
            "our dialplan runs, and its events do not reach us",
            "our account needs read = system,call,user and our eventfilter: pbx-bridge dialplan"
            " install, then asterisk -rx 'manager reload'; Asterisk needs app_userevent.so",
        )
    return passed(name, "our dialplan is loaded, and its events reach us")


def _reported(report: Report, agi_where: str) -> Iterator[Check]:
    yield _service(report, agi_where)
    yield (
        passed(CheckName.LOCK, "Asterisk has LOCK()")
        if report.has_lock
        else failed(
            CheckName.LOCK,
            "Asterisk has no LOCK(): two technicians could both win a case in the fallback",
            "asterisk -rx 'module load func_lock.so', and write it into modules.conf",
        )
    )
    yield (
        passed(CheckName.SPOOL, "Asterisk writes into the folder of the recordings")
        if report.writes_recordings
        else failed(
            CheckName.SPOOL,
            "Asterisk cannot write into the folder of the recordings",
            "let Asterisk's user own asterisk.recordings_dir, mounted writable, with space left;"
            " Asterisk needs func_env.so",
        )
    )
    yield (
        passed(CheckName.SOUNDS, "Asterisk reads the prompts")
        if report.reads_prompts
        else failed(
            CheckName.SOUNDS,
            "Asterisk cannot read the prompts",
            "let every user into asterisk.prompts_dir and the folders above it (chmod o+x),"
            " then pbx-bridge prompts render; Asterisk needs func_env.so",
        )
    )


def _service(report: Report, where: str) -> Check:
    name = CheckName.SERVICE
    if report.is_answered:
        return passed(name, f"the service answers Asterisk at {where}")
    match report.agi:
        case "FAILURE":
            return failed(
                name,
                f"the service does not run: nothing listens at {where}",
                "systemctl start pbx-bridge (or pbx-bridge run); until then Asterisk's own"
                " fallback takes the calls",
            )
        case "TIMEOUT":
            return failed(
                name,
                f"something listens at {where} and does not answer Asterisk",
                "restart the service: systemctl restart pbx-bridge; its log says more",
            )
        case _:
            return failed(
                name,
                f"whoever listens at {where} does not accept Asterisk's secret, or is not ours",
                "pbx-bridge dialplan install, then asterisk -rx 'dialplan reload', then"
                " systemctl restart pbx-bridge",
            )
