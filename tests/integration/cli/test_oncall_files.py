"""``pbx-bridge oncall import`` and ``export``."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from oncall_desk import Desk, new_desk, next_monday, service

pytestmark = pytest.mark.integration


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Return a desk of a firm with one rotation."""
    return new_desk(tmp_path)


def plan_file(folder: Path, *shifts: tuple[str, date], name: str = "plan.ics") -> str:
    """Write a file with a day for each of *shifts*, 08:00 to 08:00; return its path."""
    events = "".join(
        f"BEGIN:VEVENT\r\nUID:{number}\r\nDTSTAMP:20260101T000000Z\r\nSUMMARY:{who}\r\n"
        f"DTSTART;TZID=Europe/Berlin:{day:%Y%m%d}T080000\r\n"
        f"DTEND;TZID=Europe/Berlin:{day + timedelta(days=1):%Y%m%d}T080000\r\nEND:VEVENT\r\n"
        for number, (who, day) in enumerate(shifts)
    )
    path = folder / name
    path.write_bytes(
        f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{events}END:VCALENDAR\r\n".encode()
    )
    return str(path)


def on_call(desk: Desk, when: str) -> list[str]:
    """Return who is on call as the command line tells."""
    people = desk.json("oncall", "at", when)["layers"]["primary"]
    return [person["technician"] for person in people]


async def test_dry_run_changes_nothing_and_apply_does(desk: Desk, tmp_path: Path) -> None:
    """Without --apply it is a preview; both print the shifts."""
    day = next_monday(2)
    other = {"anna": "ben", "ben": "anna"}[on_call(desk, f"{day} 12:00")[0]]
    file = plan_file(tmp_path, (f"Notdienst {other}", day))
    before = on_call(desk, f"{day} 12:00")

    dry = desk.told("oncall", "import", file)
    unchanged = on_call(desk, f"{day} 12:00")
    async with service(desk):
        applied = await desk.typed("oncall", "import", file, "--apply", "--made-by", "eva")

    assert dry.splitlines()[0].endswith(f"  {other}")
    assert "1 shifts; nothing is changed yet, import them with --apply" in dry
    assert unchanged == before
    assert "1 shifts are imported" in applied.output
    assert on_call(desk, f"{day} 12:00") == [other]
    assert on_call(desk, f"{day + timedelta(days=1)} 12:00") == before


async def test_file_with_an_error_leaves_the_last_import(desk: Desk, tmp_path: Path) -> None:
    """The last good copy stays; the error names the event."""
    day = next_monday(2)
    good = plan_file(tmp_path, ("anna", day))
    bad = plan_file(tmp_path, ("anna", day), ("Piotr", day), name="bad.ics")
    async with service(desk) as running:
        await desk.typed("oncall", "import", good, "--apply")
        result = await desk.typed("oncall", "import", bad, "--apply")

        assert len(running.plan.planned) == 1
    assert result.exit_code == 1
    assert f"error: 'Piotr' on {day}: names no technician" in result.output
    assert "is not imported: correct the errors first; the last import stays" in result.output


async def test_import_can_be_taken_out(desk: Desk, tmp_path: Path) -> None:
    """The rotation goes on; without --apply nothing happens, and only what is there goes."""
    day = next_monday(2)
    file = plan_file(tmp_path, ("anna", day))
    remove = ("oncall", "import", "--remove")
    async with service(desk) as running:
        nothing = await desk.typed(*remove, "--apply")
        applied = await desk.typed("oncall", "import", file, "--apply")
        dry = await desk.typed(*remove)
        assert len(running.plan.planned) == 1
        as_json = await desk.typed(*remove, "--json")
        removed = await desk.typed(*remove, "--apply")

        assert running.plan.planned == ()
    assert nothing.exit_code == 1
    assert "'primary' has no import; imports are in: no layer" in nothing.output
    assert "oncall import --remove --apply --layer primary" in applied.output
    assert "1 imported shifts of primary; nothing is changed yet" in dry.output
    assert json.loads(as_json.output)["applied"] is False
    assert removed.output.endswith("1 imported shifts of primary are taken out\n")


def test_misspelt_layer_is_refused_in_the_preview(desk: Desk, tmp_path: Path) -> None:
    """It would ring nobody; the layers that there are stand beside it."""
    file = plan_file(tmp_path, ("anna", next_monday()))

    result = desk.type("oncall", "import", file, "--layer", "backpu")

    assert result.exit_code == 1
    assert "'backpu' is no layer; known: primary" in result.output


@pytest.mark.parametrize("words", [(), ("x.ics", "--remove")])
def test_import_is_of_a_file_or_a_removal(desk: Desk, words: tuple[str, ...]) -> None:
    """Not both, and not neither."""
    desk.config.with_name("x.ics").touch()
    words = tuple(str(desk.config.with_name(w)) if w == "x.ics" else w for w in words)

    result = desk.type("oncall", "import", *words)

    assert result.exit_code == 2
    assert "give a FILE, or --remove and no FILE" in result.output


async def test_import_is_told_as_json(desk: Desk, tmp_path: Path) -> None:
    """Shifts and flaws, and whether it was applied."""
    day = next_monday(2)
    file = plan_file(tmp_path, ("anna", day), ("ben", day + timedelta(days=2)))

    dry = desk.json("oncall", "import", file)
    async with service(desk):
        applied = await desk.typed("oncall", "import", file, "--apply", "--json")

    assert dry["applied"] is False
    assert len(dry["shifts"]) == 2
    assert [flaw["is_error"] for flaw in dry["flaws"]] == [False]
    assert "nobody is planned from" in dry["flaws"][0]["text"]
    assert json.loads(applied.output)["applied"] is True


async def test_preview_names_the_override_that_stands_above_the_file(
    desk: Desk, tmp_path: Path
) -> None:
    """Anna took the day over weeks ago; the file says Ben, and Anna is rung."""
    day, status = next_monday(2), "changes what is planned: anna takes primary over from"
    file = plan_file(tmp_path, ("ben", day))
    takeover = ("takeover", "anna", "--from", f"{day}", "--until", f"{day}")
    async with service(desk):
        await desk.typed("oncall", "override", "add", *takeover)

    assert f"beware: override 1 {status}" in desk.told("oncall", "import", file)
    (flaw,) = desk.json("oncall", "import", file)["flaws"]
    assert (flaw["text"].split(":")[0], flaw["is_error"]) == (
        "override 1 changes what is planned",
        False,
    )
    elsewhere = plan_file(tmp_path, ("ben", day + timedelta(days=2)), name="x.ics")
    assert "beware: override" not in desk.told("oncall", "import", elsewhere)


def test_import_without_the_service_is_only_a_preview(desk: Desk, tmp_path: Path) -> None:
    """One writer."""
    file = plan_file(tmp_path, ("anna", next_monday()))

    result = desk.type("oncall", "import", file, "--apply")

    assert result.exit_code == 1
    assert "error [control-away]" in result.output


@pytest.mark.parametrize(
    ("words", "status", "expected"),
    [
        ((), 1, "is no iCalendar file"),
        (("--all-day-from", "8"), 2, "is no time; write it like 08:00"),
    ],
)
def test_what_cannot_be_read_is_one_line(
    desk: Desk, words: tuple[str, ...], status: int, expected: str
) -> None:
    """With the name of the file."""
    path = desk.config.with_name("x.ics")
    path.write_text("hello", encoding="utf-8")

    result = desk.type("oncall", "import", str(path), *words)

    assert result.exit_code == status
    assert expected in result.output


def test_export_of_all_can_be_imported_again(desk: Desk, tmp_path: Path) -> None:
    """Nothing is lost on the way."""
    file = tmp_path / "firm.ics"

    told = desk.told("oncall", "export", "--into", str(file), "--days", "30")

    preview = desk.json("oncall", "import", str(file))
    assert f"wrote {len(preview['shifts'])} shifts to {file}" in told
    assert preview["flaws"] == []
    assert preview["shifts"] == desk.json("oncall", "export", "--days", "30")


def test_export_of_one_holds_only_his_shifts(desk: Desk) -> None:
    """On standard output, for a web server or a pipe."""
    text = desk.told("oncall", "export", "anna")

    assert text.startswith("BEGIN:VCALENDAR")
    assert "SUMMARY:anna (primary)" in text
    assert "SUMMARY:ben" not in text


def test_export_is_the_same_the_next_minute(desk: Desk) -> None:
    """The running shift is whole: it is no other event tomorrow."""
    first = desk.json("oncall", "export")[0]

    assert first["start"] < desk.json("oncall", "now")["at"]


def test_export_that_cannot_be_is_one_line(desk: Desk, tmp_path: Path) -> None:
    """A stranger, or a folder that is not there."""
    stranger = desk.type("oncall", "export", "ana")
    nowhere = desk.type("oncall", "export", "--into", str(tmp_path / "no" / "x.ics"))

    assert (stranger.exit_code, nowhere.exit_code) == (2, 1)
    assert "'ana' is no technician; known: anna, ben" in stranger.output
    assert "No such file" in nowhere.output
