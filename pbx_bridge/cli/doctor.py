"""``pbx-bridge doctor``: looks at everything that a call needs, explains, and changes nothing."""

import asyncio
import json
import os
import secrets
import textwrap
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from pbx_bridge.adapters import dialplan
from pbx_bridge.adapters.ami.enquiry import enquire
from pbx_bridge.adapters.ami.link import AmiConfig
from pbx_bridge.adapters.doctor import asterisk_files, folders
from pbx_bridge.adapters.doctor.notifiers import notifiers_check
from pbx_bridge.adapters.packs import load_pack
from pbx_bridge.adapters.prompts import missing
from pbx_bridge.adapters.recordings import FileRecordings
from pbx_bridge.adapters.store.notices import Told
from pbx_bridge.adapters.store.reading import failing, given_up, newest_seq
from pbx_bridge.cli.concerns import on_call_check
from pbx_bridge.cli.firm_plan import firm_plan
from pbx_bridge.config import Config, load, read_secret
from pbx_bridge.config.parsing import advice, read_text
from pbx_bridge.config.secret_files import secret_advice
from pbx_bridge.core.check import Check, CheckName, CheckState, failed, passed, skipped, warned
from pbx_bridge.core.self_call import Login, call_checks, login_check, rights_check
from pbx_bridge.errors import ConfigError, DialplanError, RulePackError, StoreError

COLOURS = {
    CheckState.OK: "green",
    CheckState.WARNING: "yellow",
    CheckState.FAILED: "red",
    CheckState.SKIPPED: None,
}

RESTS_ON: Mapping[CheckName, CheckName] = {
    CheckName.SPOOL: CheckName.RECORDINGS,
    CheckName.SOUNDS: CheckName.PROMPTS,
}
"""What Asterisk cannot do as long as we do not see it either: said once, not twice."""

LATELY = timedelta(days=7)
"""A notice that was given up is said for so long."""


@click.command()
@click.option(
    "--etc",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("/etc/asterisk"),
    show_default=True,
    help="Asterisk's folder of configuration files.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of lines.")
@click.pass_obj
def doctor(config_path: Path, etc: Path, as_json: bool) -> None:
    """
    Check everything that must be there, and explain what is not.

    Lets Asterisk ring its own test context, which nobody hears. Run it as the service's
    user. docs/operations.md explains each check.

    JSON: {"checks": [{"name", "state", "text", "remedy"}, ...]}; state is ok, warning,
    failed or skipped (cannot be found out while another one fails).

    Exit status: 0 when nothing failed, warnings or not; 1 when something did.
    """
    seen = []
    for check in examine(config_path, etc):
        seen.append(check)
        if not as_json:
            _print(check)
    if as_json:
        click.echo(json.dumps({"checks": [asdict(each) for each in seen]}, ensure_ascii=False))
    else:
        counts = Counter(check.state for check in seen)
        click.echo(", ".join(f"{counts[state]} {state}" for state in CheckState if counts[state]))
    if any(check.state is CheckState.FAILED for check in seen):
        raise SystemExit(1)


def examine(config_path: Path, etc: Path) -> Iterator[Check]:
    """Yield every check in order, each as soon as it is known."""
    config, found = _config(config_path)
    yield found
    if config is None:
        yield from (skipped(name, CheckName.CONFIG) for name in list(CheckName)[1:])
        return
    faulty = set()
    for look in _looks(config_path, config, etc):
        found = look()
        if found.state is CheckState.FAILED:
            faulty.add(found.name)
        yield found
    for found in _asked(config, is_installed=CheckName.DIALPLAN not in faulty):
        cause = RESTS_ON.get(found.name)
        is_said = found.state is CheckState.FAILED and cause in faulty
        yield skipped(found.name, cause) if is_said and cause else found


def _looks(config_path: Path, config: Config, etc: Path) -> list[Callable[[], Check]]:
    """Return the checks that need no Asterisk, in order."""
    asterisk, store = config.asterisk, config.store.path
    return [
        lambda: folders.user_check(os.geteuid(), folders.owner_of(store)),
        lambda: _database(store),
        lambda: folders.models_check(config.speech.models),
        lambda: folders.prompts_check(missing(config), asterisk.prompts_dir),
        lambda: _rules(config),
        lambda: _on_call(config_path),
        lambda: notifiers_check(config, _not_told(store)),
        lambda: folders.recordings_check(asterisk.recordings_dir),
        lambda: _live(config),
        lambda: _dialplan(config, etc),
        lambda: asterisk_files.manager_check(etc, asterisk.ami_user),
    ]


def _asked(config: Config, *, is_installed: bool) -> Iterator[Check]:
    """Yield the checks that ask Asterisk itself."""
    asterisk = config.asterisk
    ami = AmiConfig(
        host=asterisk.ami_host,
        port=asterisk.ami_port,
        user=asterisk.ami_user,
        secret=read_secret(asterisk.ami_secret_file),
    )
    enquiry = asyncio.run(enquire(ami, secrets.token_hex(16), with_call=is_installed))
    folders.remove_proofs(asterisk.recordings_dir)
    yield login_check(enquiry)
    names = list(CheckName)
    after_login = names[names.index(CheckName.AMI) + 1 :]
    if enquiry.login is not Login.ACCEPTED:
        yield from (skipped(name, CheckName.AMI) for name in after_login)
        return
    yield rights_check(enquiry)
    if enquiry.call is None:
        yield from (skipped(name, CheckName.DIALPLAN) for name in after_login[1:])
    else:
        yield from call_checks(enquiry.call, f"{asterisk.agi_host}:{asterisk.agi_port}")


def _config(path: Path) -> tuple[Config | None, Check]:
    name = CheckName.CONFIG
    try:
        config = load(path)
        advised = [*advice(read_text(path), source=str(path)), *secret_advice(config, path)]
    except ConfigError as exc:
        return None, failed(name, str(exc), "correct this, then: pbx-bridge config check")
    if advised:
        return config, warned(name, "\n".join(advised), "change it when you can")
    return config, passed(name, f"{path} has no mistakes")


def _database(path: Path) -> Check:
    seen = folders.database_folder_check(path)
    if seen.state is CheckState.FAILED or not path.exists():
        return seen
    try:
        newest_seq(path)
    except StoreError as exc:
        return failed(CheckName.DATABASE, str(exc), "see docs/operations.md, section doctor")
    return seen


def _rules(config: Config) -> Check:
    own = config.rules.firm_file
    languages = sorted({*config.speech.models, config.firm.language})
    try:
        for language in languages:
            load_pack(language, own)
    except RulePackError as exc:
        remedy = "correct it; until then the service judges without the firm's own rules"
        return failed(CheckName.RULES, str(exc), remedy)
    firms = f", with {own}" if own else ""
    return passed(CheckName.RULES, f"rules for {', '.join(languages)}{firms}")


def _on_call(config_path: Path) -> Check:
    try:
        return on_call_check(firm_plan(config_path))
    except StoreError:  # said by its own check
        return skipped(CheckName.ON_CALL, CheckName.DATABASE)


def _not_told(path: Path) -> list[str]:
    """Return the notices that reached nobody so far, a line for each addressee."""
    if not path.exists():
        return []
    try:
        waiting, lost = failing(path), given_up(path, datetime.now(UTC) - LATELY)
    except StoreError:  # said by its own check
        return []
    wait = "notice(s) could not be sent yet and are tried again"
    end = f"notice(s) of the last {LATELY.days} days given up"
    return [*_by_addressee(waiting, wait), *_by_addressee(lost, end)]


def _by_addressee(rows: Sequence[Told], how: str) -> Iterator[str]:
    reasons = {row.addressee: row.error for row in rows}
    for name, count in Counter(row.addressee for row in rows).items():
        yield f"{name}: {count} {how}, the last one: {reasons[name]}"


def _live(config: Config) -> Check:
    asterisk = config.asterisk
    folder = asterisk.live_dir
    is_there = folder is not None and folder.exists()  # asking would make it, as the wrong user
    recordings = FileRecordings(asterisk.recordings_dir, folder)
    return folders.live_check(
        folder, is_accepted=is_there and recordings.live_path("doctor") is not None
    )


def _dialplan(config: Config, etc: Path) -> Check:
    try:
        ours = dialplan.render(config, read_secret(config.asterisk.ami_secret_file))
    except DialplanError as exc:
        return failed(CheckName.DIALPLAN, str(exc), "change the configuration accordingly")
    return asterisk_files.dialplan_check(etc, ours)


def _print(check: Check) -> None:
    state = click.style(f"{check.state.value:<8}", fg=COLOURS[check.state])
    first, *more = check.text.splitlines() or [""]
    click.echo(f"{state} {check.name.value:<11} {first}")
    for line in more:
        click.echo(textwrap.indent(line, " " * 21))
    if check.remedy:
        click.echo(f"{'':<21}-> {check.remedy}")
