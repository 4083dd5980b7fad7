"""`pbx-bridge doctor` on a real Asterisk, healthy and with one thing broken at a time."""

import json
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from boxes import BoxError
from stage import Scene, Stage, mobile

pytestmark = pytest.mark.asterisk

OFFSETS = (8, 3, 2, 1)
"""Other tests have their own; the first free one of these is ours."""

Checks = dict[str, dict[str, str]]


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    """Yield a firm whose service runs."""
    folder = Path(tempfile.mkdtemp(prefix="pbxb-doctor-"))
    folder.chmod(0o755)
    people = (("anna", mobile("101")), ("ben", mobile("103", 2)))
    with on_free_ports(folder) as stage:
        stage.set_up(Scene(technicians=people, mail_port=25))
        stage.start_service()
        yield stage
    shutil.rmtree(folder)


def on_free_ports(folder: Path) -> Stage:
    """Bring a box up; one that another run has is left alone, with all that is its own."""
    refusals = []
    for offset in OFFSETS:
        stage = Stage(folder / str(offset), offset)
        try:
            stage.box.up()
        except BoxError as exc:
            refusals.append(str(exc))
        else:
            return stage
    raise BoxError("; ".join(refusals))


def doctor(stage: Stage) -> Checks:
    """Return what the doctor says, by check."""
    command = ["-m", "pbx_bridge", "--config", str(stage.config), "doctor", "--json"]
    done = subprocess.run(
        [sys.executable, *command, "--etc", str(stage.box.pbx_etc)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    checks = {check["name"]: check for check in json.loads(done.stdout)["checks"]}
    assert done.returncode == bool(failed(checks)), done.stderr
    return checks


def failed(checks: Checks) -> list[str]:
    """Return the names of the checks that failed."""
    return [name for name, check in checks.items() if check["state"] == "failed"]


def expect(checks: Checks, name: str, remedy: str) -> None:
    """Assert that exactly one check failed, with this remedy."""
    assert failed(checks) == [name], checks
    assert remedy in checks[name]["remedy"]


@contextmanager
def away(path: Path) -> Iterator[None]:
    """Move a file or folder away for a while."""
    aside = path.with_name(f"{path.name}.away")
    path.rename(aside)
    try:
        yield
    finally:
        aside.rename(path)


@contextmanager
def changed(path: Path, old: str, new: str) -> Iterator[None]:
    """Exchange a part of a file for a while."""
    before = path.read_text()
    assert old in before
    path.write_text(before.replace(old, new))
    try:
        yield
    finally:
        path.write_text(before)


def test_healthy_machine_is_all_ok(stage: Stage) -> None:
    """No warning either, and no proof is left in the folder of the recordings."""
    checks = doctor(stage)

    strange = {
        name: check
        for name, check in checks.items()
        if check["state"] != "ok" and name != "version"  # what the machine has may be old
    }
    assert strange == {}
    assert list((stage.box.pbx_spool / "recording").glob(".doctor-*")) == []


def test_frozen_service_is_found(stage: Stage) -> None:
    """It listens, and does not answer."""
    assert stage.service is not None
    stage.service.signal(signal.SIGSTOP)
    try:
        checks = doctor(stage)
    finally:
        stage.service.signal(signal.SIGCONT)

    expect(checks, "service", "systemctl restart pbx-bridge")


def test_wrong_secret_is_found(stage: Stage) -> None:
    """Asterisk refuses the login; the files on disk do not fit either, which is a warning."""
    with changed(stage.folder / "ami.secret", "secret", "nonsense"):
        checks = doctor(stage)

    expect(checks, "ami", "pbx-bridge dialplan install")
    assert checks["dialplan"]["state"] == "warning"


def test_missing_include_line_is_found(stage: Stage) -> None:
    """Also while Asterisk still has the dialplan in its memory."""
    file = stage.box.pbx_etc / "extensions.conf"
    with changed(file, "#include", ";"):
        checks = doctor(stage)

    expect(checks, "dialplan", "pbx-bridge dialplan install")


def test_dialplan_that_is_not_loaded_is_found(stage: Stage) -> None:
    """The files are right, and Asterisk has not read them."""
    stage.box.cli("pbx", "dialplan remove context pbxb-doctor")
    try:
        checks = doctor(stage)
    finally:
        stage.box.reload_dialplan()

    expect(checks, "self-call", "dialplan reload")


def test_application_that_is_not_loaded_is_found(stage: Stage) -> None:
    """Without AGI() the dialplan stops; an application of another name does the same."""
    file = stage.box.pbx_etc / "pbx-bridge" / "extensions.conf"
    with changed(file, "AGI(agi://", "NoSuchApplication(agi://"):
        stage.box.reload_dialplan()
        checks = doctor(stage)
    stage.box.reload_dialplan()

    expect(checks, "agi", "res_speech.so")


def test_missing_module_is_found(stage: Stage) -> None:
    """LOCK() gives nothing, and Asterisk only logs it."""
    stage.box.cli("pbx", "module unload func_lock.so")
    try:
        checks = doctor(stage)
    finally:
        stage.box.cli("pbx", "module load func_lock.so")

    expect(checks, "lock", "func_lock.so")


@pytest.mark.parametrize("module", ["func_groupcount", "app_record", "app_mixmonitor"])
def test_module_that_the_dialplan_needs_is_named(stage: Stage, module: str) -> None:
    """Found before a caller speaks into nothing; the live copy alone is only a warning."""
    stage.box.cli("pbx", f"module unload {module}.so")
    try:
        checks = doctor(stage)
    finally:
        stage.box.cli("pbx", f"module load {module}.so")

    assert failed(checks) == ([] if module == "app_mixmonitor" else ["modules"])
    assert checks["modules"]["text"].startswith(f"Asterisk has not loaded {module}:")


def test_account_that_hears_nothing_is_found(stage: Stage) -> None:
    """The test context runs, and its events do not come."""
    file = stage.box.pbx_etc / "manager.d" / "pbx-bridge.conf"
    with changed(file, "read = system,call,user", "read = system,call"):
        stage.box.reload_dialplan()
        checks = doctor(stage)
    stage.box.reload_dialplan()

    expect(checks, "self-call", "read = system,call,user")


def test_account_that_may_too_much_is_a_warning(stage: Stage) -> None:
    """Seen in the file and in what Asterisk really allows."""
    file = stage.box.pbx_etc / "manager.d" / "pbx-bridge.conf"
    with changed(file, "write = originate,", "write = command,originate,"):
        stage.box.reload_dialplan()
        checks = doctor(stage)
    stage.box.reload_dialplan()

    assert failed(checks) == []
    assert checks["rights"]["state"] == checks["manager"]["state"] == "warning"


def test_missing_model_is_found(stage: Stage) -> None:
    """With the command that fetches one."""
    with changed(stage.config, "models/testvoice-de", "models/no-such-model"):
        checks = doctor(stage)

    expect(checks, "models", "pbx-bridge model fetch de")


@pytest.mark.parametrize("name", ["screen", "greeting"])
def test_missing_prompt_is_found(stage: Stage, name: str) -> None:
    """Once, also when it is the one that Asterisk tries to read."""
    with away(stage.folder / "prompts" / "de" / f"{name}.wav"):
        checks = doctor(stage)

    expect(checks, "prompts", "pbx-bridge prompts render")


def test_spool_that_asterisk_may_not_write_is_found(stage: Stage) -> None:
    """We can read it, so only Asterisk itself knows."""
    spool = stage.box.pbx_spool / "recording"
    mode = spool.stat().st_mode
    spool.chmod(0o555)
    try:
        checks = doctor(stage)
    finally:
        spool.chmod(mode)

    expect(checks, "spool", "asterisk.recordings_dir")


def test_missing_spool_is_said_once(stage: Stage) -> None:
    """Asterisk cannot write what is not there."""
    with away(stage.box.pbx_spool / "recording"):
        checks = doctor(stage)

    expect(checks, "recordings", "install -d -o asterisk")
    assert checks["spool"]["state"] == "skipped"


def test_stopped_service_is_found(stage: Stage) -> None:
    """Everything else can still be looked at."""
    stage.stop_service()
    try:
        checks = doctor(stage)
    finally:
        stage.start_service()

    expect(checks, "service", "systemctl start pbx-bridge")
    assert checks["sounds"]["state"] == "ok"


def test_stopped_asterisk_is_found(stage: Stage) -> None:
    """What only Asterisk knows is skipped."""
    stage.box.stop_instance("pbx")
    try:
        checks = doctor(stage)
    finally:
        stage.box.start_instance("pbx")

    expect(checks, "ami", "systemctl start asterisk")
    assert checks["sounds"]["state"] == "skipped"
