"""The worker's lives: started, watched, replaced; played by fakes without a process."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from worker_fakes import Plan, until

from pbx_bridge.adapters.asr.supervisor import Supervisor, folder_state
from pbx_bridge.errors import TranscriberError, WorkerLost


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    """Return a plan in which everything goes well."""
    return Plan(tmp_path)


@pytest.fixture
async def supervisor(plan: Plan) -> AsyncIterator[Supervisor]:
    """Return a supervisor that the test starts."""
    supervisor = plan.supervisor()
    yield supervisor
    await supervisor.stop()


async def test_ready_when_the_models_are_loaded(plan: Plan, supervisor: Supervisor) -> None:
    """One worker, all configured languages, in their order."""
    await supervisor.start()

    worker = await supervisor.worker_for("pl")

    assert supervisor.ready.is_set()
    assert worker is plan.lives[0]
    assert plan.lives[0].loaded == ["de", "pl"]
    assert supervisor.problems == {}
    assert supervisor.worker_pid == 1


async def test_dead_worker_is_replaced_and_its_jobs_fail(
    plan: Plan, supervisor: Supervisor
) -> None:
    """Whoever waits for a job learns at once why it will not end."""
    await supervisor.start()
    await supervisor.worker_for("de")
    job = plan.jobs.open(language="de", engine="x")

    plan.lives[0].die("killed by signal 9")

    with pytest.raises(WorkerLost, match="signal 9"):
        await job.done
    assert await supervisor.worker_for("de") is plan.lives[1]
    assert plan.lives[0].stopped == [True]


async def test_deaf_worker_is_killed_at_once(plan: Plan, supervisor: Supervisor) -> None:
    """It had its time when the ping ran out: no polite goodbye."""
    await supervisor.start()
    await supervisor.worker_for("de")

    plan.deaf = True
    await until(lambda: not supervisor.ready.is_set())
    plan.deaf = False

    await supervisor.worker_for("de")
    assert plan.lives[0].stopped == [True]


async def test_refused_model_is_a_problem_of_its_language_only(
    plan: Plan, supervisor: Supervisor
) -> None:
    """The other language works; the text says what to do."""
    plan.refused = {"pl"}
    await supervisor.start()

    await supervisor.worker_for("de")

    with pytest.raises(TranscriberError, match="pbx-bridge model fetch pl"):
        await supervisor.worker_for("pl")
    assert not supervisor.has("pl")


async def test_missing_model_is_loaded_when_it_comes(plan: Plan, supervisor: Supervisor) -> None:
    """Fetched while the service runs: no restart needed."""
    (plan.folder / "pl" / "am" / "final.mdl").unlink()
    await supervisor.start()
    assert "pl" in supervisor.problems

    (plan.folder / "pl" / "am" / "final.mdl").write_bytes(b"x")
    await until(lambda: not supervisor.problems)

    assert await supervisor.worker_for("pl") is plan.lives[0]


async def test_refused_model_is_not_tried_again_until_it_changes(
    plan: Plan, supervisor: Supervisor
) -> None:
    """Loading costs time and memory each time."""
    plan.refused = {"pl"}
    await supervisor.start()
    await supervisor.worker_for("de")
    plan.refused = set()

    pings = plan.pings
    await until(lambda: plan.pings > pings + 5)
    assert plan.lives[0].loaded == ["de"]

    (plan.folder / "pl").rename(plan.folder / "old")
    plan.put_model("pl")
    await until(lambda: supervisor.has("pl"))


async def test_model_that_kills_its_worker_is_left_alone(
    plan: Plan, supervisor: Supervisor
) -> None:
    """Three workers die of it, then the others go on without that language."""
    plan.deadly = {"pl"}
    await supervisor.start()

    await until(supervisor.ready.is_set)

    assert len(plan.lives) == 4
    assert "dies of it" in supervisor.problems["pl"]
    assert supervisor.has("de")


async def test_worker_that_never_starts_is_not_waited_for(
    plan: Plan, supervisor: Supervisor
) -> None:
    """After three starts the caller learns the reason instead of waiting for a fourth."""
    plan.start_fails = True
    await supervisor.start()

    with pytest.raises(TranscriberError, match="does not start: cannot start"):
        await supervisor.worker_for("de")


async def test_worker_that_dies_often_is_waited_for(plan: Plan, supervisor: Supervisor) -> None:
    """It started well each time: the next start is worth waiting for."""
    await supervisor.start()

    for number in range(5):
        worker = await supervisor.worker_for("de")
        assert worker is plan.lives[number]
        plan.lives[number].die("killed")
        await until(lambda: supervisor.worker is None)


async def test_supervisor_goes_on_after_a_bug(plan: Plan, supervisor: Supervisor) -> None:
    """Deaf for one pause, not for good."""
    plan.memory_mb = [None]  # type: ignore[list-item]
    await supervisor.start()

    assert await supervisor.worker_for("de") is plan.lives[1]


async def test_grown_worker_is_replaced_when_it_has_no_job(
    plan: Plan, supervisor: Supervisor
) -> None:
    """Above the limit, but never during a call."""
    await supervisor.start()
    await supervisor.worker_for("de")
    job = plan.jobs.open(language="de", engine="x")

    plan.memory_mb = [150] * 10
    await until(lambda: not plan.memory_mb)
    assert len(plan.lives) == 1

    plan.memory_mb = [150]
    plan.jobs.close(job)
    await until(lambda: len(plan.lives) == 2)
    assert plan.lives[0].stopped == [False]


async def test_worker_that_grows_without_end_is_replaced_in_mid_call(
    plan: Plan, supervisor: Supervisor
) -> None:
    """Before the machine has no memory left; the calls are transcribed from their files."""
    await supervisor.start()
    await supervisor.worker_for("de")
    job = plan.jobs.open(language="de", engine="x")

    plan.memory_mb = [150] * 3 + [201]
    await until(lambda: len(plan.lives) == 2)

    with pytest.raises(WorkerLost, match="memory 201 MB in mid-call"):
        await job.done


async def test_models_that_are_big_by_themselves_are_kept(
    plan: Plan, supervisor: Supervisor
) -> None:
    """A new worker would be as big: replacing it for ever helps nobody."""
    plan.memory_mb = [150] * 20
    await supervisor.start()

    await until(lambda: not plan.memory_mb)

    assert len(plan.lives) == 1


async def test_worker_with_a_job_that_does_not_end_is_replaced(
    plan: Plan, supervisor: Supervisor
) -> None:
    """Nobody waits any more, a thread still runs: it is stuck."""
    await supervisor.start()
    await supervisor.worker_for("de")

    plan.running = 1
    await until(lambda: len(plan.lives) == 2)
    plan.running = 0

    assert plan.lives[0].stopped == [False]


async def test_unknown_language_and_stopped_recogniser_are_refused(
    supervisor: Supervisor,
) -> None:
    """Both have their own text."""
    with pytest.raises(TranscriberError, match="no speech model is configured for language 'xx'"):
        await supervisor.worker_for("xx")
    with pytest.raises(TranscriberError, match="not running"):
        await supervisor.worker_for("de")


async def test_stop_ends_the_worker_and_its_jobs(plan: Plan, supervisor: Supervisor) -> None:
    """Nobody is left waiting; stopping twice is harmless."""
    await supervisor.start()
    await supervisor.worker_for("de")
    job = plan.jobs.open(language="de", engine="x")

    await supervisor.stop()
    await supervisor.stop()

    assert isinstance(job.done.exception(), WorkerLost)
    assert plan.lives[0].stopped == [False]
    assert not supervisor.ready.is_set()


def test_folder_state_changes_with_the_model(tmp_path: Path) -> None:
    """Nothing, an empty folder, a file: no model. Old models have final.mdl at the top."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_text("")
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "final.mdl").write_text("")

    states = [folder_state(tmp_path / name) for name in ("none", "empty", "file", "old")]

    assert states[:3] == [None, None, None]
    assert states[3] is not None
