"""The command line of the box."""

import argparse
import json
import subprocess
import sys
from pathlib import Path

from boxes import mobiles
from boxes.box import DEFAULT_FOLDER, Box
from boxes.faults import BoxError
from boxes.folders import FIRM, INSTANCES, SELF_TEST
from boxes.spec import CALLER, CallSpec, parse_keys


def main(arguments: list[str] | None = None) -> int:
    """Run one command; return the exit status: 0 done, 1 our own error in one line."""
    options = _parser().parse_args(arguments)
    try:
        if options.command == "mobiles":
            print(mobiles.table())
        else:
            _COMMANDS[options.command](Box(options.dir, options.offset), options)
    except BoxError as exc:
        print(f"box: {exc}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def _up(box: Box, options: argparse.Namespace) -> None:
    box.up(fresh=options.fresh)
    _status(box, options)


def _down(box: Box, _: argparse.Namespace) -> None:
    box.down()


def _status(box: Box, _: argparse.Namespace) -> None:
    print(json.dumps(box.status(), indent=1))


def _cli(box: Box, options: argparse.Namespace) -> None:
    print(box.cli(options.instance, " ".join(options.words)), end="")


def _log(box: Box, options: argparse.Namespace) -> None:
    path = (box.pbx if options.instance == "pbx" else box.pstn).log
    if not path.is_file():
        raise BoxError(f"{path} does not exist; start the box with `box up`")
    follow = ["-f"] if options.follow else []
    subprocess.run(["tail", "-n", str(options.lines), *follow, str(path)], check=False)


def _call(box: Box, options: argparse.Namespace) -> None:
    print(box.place_call(_spec(options)).to_json())


def _spec(options: argparse.Namespace) -> CallSpec:
    try:
        speak_at_s = None if options.speak_at == "beep" else float(options.speak_at)
    except ValueError as exc:
        raise BoxError(f"--speak-at {options.speak_at}: write `beep` or seconds") from exc
    return CallSpec(
        to=options.to,
        number=options.number,
        name=options.name,
        wav=options.wav,
        say=options.say or "",
        language=options.lang,
        voice=options.voice,
        keys=parse_keys(options.keys),
        speak_at_s=speak_at_s,
        beep_wait_s=options.beep_wait,
        hangup_after_s=options.hangup_after,
        hangup_when_spoken=options.then == "hangup",
        timeout_s=options.timeout,
        hostile_from=options.hostile_from,
    )


_COMMANDS = {
    "up": _up,
    "down": _down,
    "status": _status,
    "cli": _cli,
    "log": _log,
    "call": _call,
}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="box", description=__doc__)
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--dir", type=Path, default=DEFAULT_FOLDER, help="folder of the box (.box/default)"
    )
    common.add_argument(
        "--offset", type=int, help="0 to 9: ports are 100 higher for each; one for each box"
    )
    commands = parser.add_subparsers(dest="command", required=True)

    def command(name: str, text: str, **more: object) -> argparse.ArgumentParser:
        return commands.add_parser(name, parents=[common], help=text, description=text, **more)

    up = command("up", "start both Asterisks; fetches Asterisk once if there is none")
    up.add_argument("--fresh", action="store_true", help="forget all that a former box left")
    command("down", "stop all that `up` started")
    command("status", "say what runs")
    cli = command("cli", "give a command to an Asterisk")
    cli.add_argument("instance", choices=INSTANCES)
    cli.add_argument("words", nargs="+", help="for example: core show channels")
    log = command("log", "show the log of an Asterisk")
    log.add_argument("instance", choices=INSTANCES, nargs="?", default="pbx")
    log.add_argument("-n", dest="lines", type=int, default=40)
    log.add_argument("-f", dest="follow", action="store_true")
    _add_call(command)
    commands.add_parser("mobiles", help="list what the mobiles do")
    return parser


def _add_call(command: object) -> None:
    call = command(
        "call",
        "place one call from the carrier and report what the caller heard, as JSON",
        epilog=mobiles.table(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    what = call.add_mutually_exclusive_group()
    what.add_argument("--wav", type=Path, help="sound file that the caller says")
    what.add_argument("--say", help="text that the caller says")
    call.add_argument("--lang", default="de", help="language of --say")
    call.add_argument("--voice", default="", help="espeak-ng voice for --say (LANG+m3)")
    call.add_argument("--from", dest="number", default=CALLER, help=f"{CALLER}, or `anonymous`")
    call.add_argument("--name", default="", help="caller name")
    call.add_argument("--to", default=FIRM, help=f"default {FIRM}; {SELF_TEST} tests the box")
    call.add_argument("--keys", default="", help='"2s:1 8s:#", seconds after the answer')
    call.add_argument("--speak-at", default="beep", help="`beep` or seconds after the answer")
    call.add_argument("--beep-wait", type=float, default=20, help="speak then without a beep")
    call.add_argument("--hangup-after", type=float, help="seconds after the answer")
    call.add_argument("--then", choices=("wait", "hangup"), default="wait", help="after speaking")
    call.add_argument("--timeout", type=float, default=180, help="give up after seconds")
    call.add_argument("--hostile-from", help="raw SIP From header, from a raw SIP caller")
