"""The folders that the service needs, as the user who runs the doctor sees them."""

import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from pbx_bridge.core.check import Check, CheckName, failed, passed, warned

PROOF = ".doctor-"
"""With the digits of a check behind it: what Asterisk writes to prove that it can."""

SHOWN = 5
"""So many missing prompts are named."""


def owner_of(database: Path) -> int | None:
    """Return the number of the user who owns the database or its folder: the service's."""
    for path in (database, database.parent):
        with suppress(OSError):
            return path.stat().st_uid
    return None


def user_check(uid: int, owner: int | None) -> Check:
    """
    Say whether what is seen here holds for the service's user too.

    Args:
        uid: who runs the doctor.
        owner: the service's user; `None` when that is not known.
    """
    if uid == 0 and owner:
        return warned(
            CheckName.USER,
            f"root may do everything, so the rights of the service's user (number {owner}) are"
            " not proved",
            f"run it again as that user: sudo -u '#{owner}' pbx-bridge doctor",
        )
    return passed(CheckName.USER, f"run as user number {uid}")


def database_folder_check(path: Path) -> Check:
    """Say whether a database can be written at *path*."""
    folder, remedy = path.parent, "let the service's user own the file and its folder"
    if not _is_folder(folder):
        return failed(CheckName.DATABASE, f"{folder} is not there", f"create it; {remedy}")
    if not os.access(folder, os.W_OK | os.X_OK):
        return failed(CheckName.DATABASE, f"{folder} cannot be written", remedy)
    if not os.access(path, os.F_OK):
        return passed(CheckName.DATABASE, f"{path} will be made when the service starts")
    if not os.access(path, os.R_OK | os.W_OK):
        return failed(CheckName.DATABASE, f"{path} cannot be read and written", remedy)
    return passed(CheckName.DATABASE, f"{path} can be read and written")


def recordings_check(folder: Path) -> Check:
    """Say whether we can read what Asterisk records; `CheckName.SPOOL` is the other half."""
    remedy = f"install -d -o asterisk -g GROUP-OF-THE-SERVICE -m 2770 {folder}"
    if not _is_folder(folder):
        return failed(CheckName.RECORDINGS, f"{folder} is not there", remedy)
    if not os.access(folder, os.R_OK | os.X_OK):
        return failed(CheckName.RECORDINGS, f"{folder} cannot be read", remedy)
    return passed(CheckName.RECORDINGS, f"{folder} can be read")


def live_check(folder: Path | None, *, is_accepted: bool) -> Check:
    """
    Say whether messages can be transcribed while they are spoken.

    Args:
        folder: the configured one.
        is_accepted: whether the service takes it as it is, when it is there.
    """
    name = CheckName.LIVE
    if folder is None:
        return passed(name, "switched off: messages are transcribed after they are spoken")
    if not _is_folder(folder):
        if os.access(folder.parent, os.W_OK | os.X_OK):
            return passed(name, f"{folder} will be made when the service starts")
        return _unfit(folder, "is not there and cannot be made")
    if is_accepted:
        return passed(name, f"{folder} can be written and has room")
    if folder.lstat().st_mode & stat.S_IWOTH:
        return _unfit(folder, "can be written by everybody")
    if not os.access(folder, os.W_OK | os.X_OK):
        return _unfit(folder, "cannot be written")
    return _unfit(folder, "is no real folder, or has less than 64 MiB left")


def _unfit(folder: Path, why: str) -> Check:
    return warned(
        CheckName.LIVE,
        f"{folder} {why}: messages are transcribed only after they are spoken",
        f"install -d -o asterisk -g GROUP-OF-THE-SERVICE -m 2770 {folder}, in memory with room",
    )


def models_check(models: Mapping[str, Path]) -> Check:
    """Say whether each language has the files of a Vosk model."""
    faults = dict(model_faults(models))
    if not faults:
        return passed(CheckName.MODELS, f"a model for {', '.join(models)}")
    told = "; ".join(f"{language}: {fault}" for language, fault in faults.items())
    return failed(
        CheckName.MODELS,
        f"{told}: every message counts as urgent until there is one",
        f"pbx-bridge model fetch {next(iter(faults))}, and name its folder under speech.models",
    )


def model_faults(models: Mapping[str, Path]) -> Iterator[tuple[str, str]]:
    """Yield the languages whose folder is no Vosk model, with what it lacks."""
    for language, folder in models.items():
        if fault := _lacks(folder):
            yield language, fault


def prompts_check(missing: Sequence[str], folder: Path) -> Check:
    """Say whether every prompt has its sound; *missing* are those that have none."""
    if not missing:
        return passed(CheckName.PROMPTS, f"all sounds are in {folder}")
    more = f" and {len(missing) - SHOWN} more" if len(missing) > SHOWN else ""
    names = ", ".join(missing[:SHOWN]) + more
    return failed(CheckName.PROMPTS, f"no sound in {folder}: {names}", "pbx-bridge prompts render")


def remove_proofs(folder: Path) -> None:
    """Delete what Asterisk wrote to prove that it can; best effort, a few bytes each."""
    with suppress(OSError):
        for proof in folder.glob(f"{PROOF}*"):
            proof.unlink()


def _lacks(folder: Path) -> str:
    """Return what a Vosk model would have and *folder* has not; empty when it has all."""
    if not _is_folder(folder):
        return f"{folder} is not there"
    wanted = (
        ("am/final.mdl", "final.mdl"),
        ("conf/mfcc.conf", "mfcc.conf"),
        ("graph/HCLG.fst", "graph/HCLr.fst", "HCLG.fst", "HCLr.fst"),
    )
    for names in wanted:
        if not any(os.access(folder / name, os.R_OK) for name in names):
            return f"{folder} is no Vosk model (no {names[0]} that can be read)"
    return ""


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # a folder above it is closed to us
        return False
