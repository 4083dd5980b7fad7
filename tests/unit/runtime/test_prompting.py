"""Where prompts lie."""

from pathlib import Path

from pbx_bridge.runtime.prompting import prompts_in


def test_prompt_is_named_by_folder_language_and_name_without_extension() -> None:
    """Asterisk chooses the format itself."""
    prompt = prompts_in(Path("/var/lib/pbx-bridge/prompts"))

    assert prompt("greeting", "de") == "/var/lib/pbx-bridge/prompts/de/greeting"
