"""The commands ``pbx-bridge prompts``."""

import json
from pathlib import Path

import click

from pbx_bridge.errors import PromptError

INTO = click.option(
    "--into",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder of the sounds, instead of the configured prompts_dir.",
)
JSON = click.option("--json", "as_json", is_flag=True, help="One JSON object instead of lines.")


@click.group()
def prompts() -> None:
    """Render, list and check the spoken prompts."""


@prompts.command("render")
@INTO
@JSON
@click.pass_obj
def render_prompts(config_path: Path, into: Path | None, as_json: bool) -> None:
    """
    Make the sounds that are missing or out of date.

    Your own recording replaces a rendered prompt when it lies in
    PROMPTS_DIR/LANGUAGE/custom/NAME.wav; run this again afterwards.
    """
    from pbx_bridge.adapters.prompts import render  # noqa: PLC0415 - --help must answer at once
    from pbx_bridge.config import load  # noqa: PLC0415 - as above

    config = load(config_path)
    done = render(config, into, progress=lambda name: None if as_json else click.echo(name))
    if as_json:
        click.echo(json.dumps({"made": done.made, "kept": done.kept}))
    else:
        folder = into or config.asterisk.prompts_dir
        click.echo(f"{folder}: {len(done.made)} made, {len(done.kept)} unchanged")


@prompts.command("list")
@JSON
@click.pass_obj
def list_prompts(config_path: Path, as_json: bool) -> None:
    """Show every prompt that this configuration needs, with its text."""
    from pbx_bridge.adapters.prompts import prompts_of  # noqa: PLC0415 - --help must answer at once
    from pbx_bridge.config import load  # noqa: PLC0415 - as above

    for prompt in prompts_of(load(config_path)):
        text = f"({prompt.tone.hz} Hz, {prompt.tone.length_s} s)" if prompt.tone else prompt.text
        if as_json:
            row = {"language": prompt.language, "name": prompt.name, "text": text}
            click.echo(json.dumps(row, ensure_ascii=False))
        else:
            click.echo(f"{prompt.language}/{prompt.name:<24} {text}")


@prompts.command("check")
@INTO
@JSON
@click.pass_obj
def check_prompts(config_path: Path, into: Path | None, as_json: bool) -> None:
    """
    Report prompts that have no sound yet.

    Exit status: 0 when all are there, 1 when one is missing.
    """
    from pbx_bridge.adapters.prompts import missing  # noqa: PLC0415 - --help must answer at once
    from pbx_bridge.config import load  # noqa: PLC0415 - as above

    lacking = missing(load(config_path), into)
    if as_json:
        click.echo(json.dumps({"missing": lacking}))
        raise SystemExit(1 if lacking else 0)
    if lacking:
        raise PromptError(f"no sound for {', '.join(lacking)}; pbx-bridge prompts render")
    click.echo("all prompts have their sounds")
