"""
Every error that pbx-bridge raises on purpose.

    BridgeError
    ├── ConfigError          the configuration file has mistakes (all of them listed)
    ├── RulePackError        a rule pack has mistakes
    ├── ModelError           a speech model is missing, damaged or of an unknown origin
    ├── PromptError          a prompt cannot be rendered or is missing
    ├── DialplanError        our dialplan cannot be installed or removed
    ├── StoreError           the database cannot be used
    │   ├── SchemaTooNew     written by a newer release
    │   └── StaleCase        somebody else moved the case on; load it again
    ├── WireError            bytes that do not follow the protocol
    │   ├── AgiProtocolError the peer on the AGI port is not Asterisk
    │   ├── ControlProtocolError a line on the control socket is no command of ours
    │   └── UnsafeValue      a line break or NUL where a protocol has lines
    ├── AgiError
    │   ├── AgiHangup        the caller hung up, or Asterisk closed the session
    │   ├── AgiFailed        Asterisk refused a command
    │   └── AgiPortTaken     the AGI port cannot be listened on
    ├── AmiError
    │   ├── AmiUnavailable   no login right now; nothing was sent or no reply came
    │   ├── AmiRejected      Asterisk understood and refused
    │   └── AmiAuthRejected  wrong user or secret; the login is tried again
    ├── TranscriberError     the recogniser cannot give a transcript
    │   └── WorkerLost       its process died or hung; another try may succeed
    ├── AudioError           a file is not audio that we can read
    ├── CaseError            a case cannot be changed like that
    ├── CheckRefused         a mobile cannot be checked like that
    ├── CalendarError        the plan of who is on call cannot be changed like that
    │   ├── UnknownOverride  there is no override of this number
    │   └── ImportRefused    a calendar file has mistakes (all of them listed)
    ├── ControlError         a command did not reach the running service
    │   ├── ServiceAway      the service does not run, or may not be talked to
    │   ├── SocketTaken      the control socket cannot be listened on
    │   └── CommandRefused   the service understood and refused
    ├── NotifierError
    │   ├── NotifyFailed     a message did not go out; try again later
    │   │   └── NotifyRefused it will be refused again: nobody need try
    │   └── PluginNotFound   the configuration names a notifier that is not installed
    └── SimulationStuck      a virtual night does not get on: please report its seed

The text of an error answers three questions: what happened, to which thing, what to do.
``code`` is stable and may be searched for; the text may change.
"""


class BridgeError(Exception):
    """Base of all; the command line prints it in one line with its code."""

    code = "bridge"


class ConfigError(BridgeError):
    """The configuration has mistakes; one line for each in `mistakes`."""

    code = "config"

    def __init__(self, mistakes: list[str]) -> None:
        super().__init__("\n".join(mistakes))
        self.mistakes = mistakes


class RulePackError(BridgeError):
    """A rule pack has mistakes; the text names file, rule and remedy."""

    code = "rules"


class ModelError(BridgeError):
    """A speech model is missing, damaged or of an unknown origin."""

    code = "model"


class PromptError(BridgeError):
    """A prompt cannot be rendered or is missing."""

    code = "prompt"


class DialplanError(BridgeError):
    """Our dialplan cannot be installed or removed."""

    code = "dialplan"


class StoreError(BridgeError):
    """The database cannot be used."""

    code = "store"


class SchemaTooNew(StoreError):
    """The database was written by a newer release."""

    code = "store-too-new"


class StaleCase(StoreError):
    """Somebody else moved the case on since it was loaded."""

    code = "store-stale"


class WireError(BridgeError):
    """Bytes that do not follow the protocol."""

    code = "wire"


class AgiProtocolError(WireError):
    """The peer on the AGI port does not speak AGI."""

    code = "agi-protocol"


class ControlProtocolError(WireError):
    """A line on the control socket is no command of ours, or too long."""

    code = "control-protocol"


class UnsafeValue(WireError):
    """A line break or NUL in a value: caller data is hostile."""

    code = "unsafe-value"


class AgiError(BridgeError):
    """An AGI session cannot go on."""

    code = "agi"


class AgiHangup(AgiError):
    """The caller hung up, or Asterisk closed the session."""

    code = "agi-hangup"


class AgiFailed(AgiError):
    """Asterisk refused a command."""

    code = "agi-failed"


class AgiPortTaken(AgiError):
    """The AGI port cannot be listened on: somebody else has it, or it may not be ours."""

    code = "agi-port"


class AmiError(BridgeError):
    """Asterisk cannot be asked to do something."""

    code = "ami"


class AmiUnavailable(AmiError):
    """No login right now: nothing was sent, or no reply came in time."""

    code = "ami-unavailable"


class AmiRejected(AmiError):
    """Asterisk understood the action and refused it."""

    code = "ami-rejected"


class AmiAuthRejected(AmiError):
    """Asterisk refused the login: wrong user or secret, or an address it does not permit."""

    code = "ami-auth"


class TranscriberError(BridgeError):
    """The recogniser cannot give a transcript."""

    code = "asr"


class WorkerLost(TranscriberError):
    """The recogniser's process died or hung, and its jobs with it; another try may succeed."""

    code = "asr-lost"


class AudioError(BridgeError):
    """A file is not audio that we can read."""

    code = "audio"


class CaseError(BridgeError):
    """A case cannot be changed like that; the text says why, and never quotes a note."""

    code = "case"


class CheckRefused(BridgeError):
    """A mobile cannot be checked like that; the text says why."""

    code = "phone-check"


class CalendarError(BridgeError):
    """The plan of who is on call cannot be changed like that; the text says why."""

    code = "calendar"


class UnknownOverride(CalendarError):
    """There is no override of this number, or it was removed before."""

    code = "calendar-override"


class ImportRefused(CalendarError):
    """A calendar file has mistakes; the text names each event and what to do."""

    code = "calendar-import"


class ControlError(BridgeError):
    """A command did not reach the running service, or its answer did not come back."""

    code = "control"


class ServiceAway(ControlError):
    """The service does not run, or this user may not talk to it."""

    code = "control-away"


class SocketTaken(ControlError):
    """The control socket cannot be listened on: another service has it, or the folder is bad."""

    code = "control-socket"


class CommandRefused(ControlError):
    """The service understood the command and refused it; the text and code are its own."""

    code = "control-refused"

    def __init__(self, text: str, code: str = code) -> None:
        super().__init__(text)
        self.code = code


class NotifierError(BridgeError):
    """A message to a person cannot be sent."""

    code = "notify"


class NotifyFailed(NotifierError):
    """A message did not go out this time."""

    code = "notify-failed"


class NotifyRefused(NotifyFailed):
    """The receiver will say no to this message again; it is given up."""

    code = "notify-refused"


class PluginNotFound(NotifierError):
    """The configuration names a notifier that is not installed."""

    code = "notify-plugin"


class SimulationStuck(BridgeError):
    """A virtual night does not get beyond one moment: something spins."""

    code = "simulation-stuck"
