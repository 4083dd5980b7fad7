"""Which of Asterisk's modules our dialplan needs, and what it means that one is not loaded."""

from pbx_bridge.core.check import Check, CheckName, failed, passed, warned

APPLICATIONS = (
    "app_dial",
    "app_mixmonitor",
    "app_originate",
    "app_playback",
    "app_playtones",
    "app_read",
    "app_record",
    "app_stack",
)

FUNCTIONS = (
    "func_callerid",
    "func_channel",
    "func_cut",
    "func_db",
    "func_global",
    "func_groupcount",
    "func_logic",
    "func_timeout",
)
"""Those of which no other check of the doctor tells; dialplan/README.md lists them all."""

DISPENSABLE = frozenset({"app_mixmonitor"})
"""Without it there is no live copy, and messages are transcribed after they are spoken."""

_INSTALL = "pbx-bridge dialplan install, then asterisk -rx 'dialplan reload'"


def modules_check(lacking: tuple[str, ...] | None) -> Check:
    """
    Say whether Asterisk has loaded what our dialplan uses.

    Args:
        lacking: the modules that are not loaded; `None`: the test context did not say.
    """
    name = CheckName.MODULES
    if lacking is None:
        return warned(
            name,
            "the test context ended before it could say what is loaded: app_exec.so is not, or"
            " the installed dialplan is older than this release",
            f"{_INSTALL}; asterisk -rx 'module load app_exec.so'",
        )
    if not lacking:
        return passed(name, "Asterisk has loaded what our dialplan uses")
    text = f"Asterisk has not loaded {', '.join(lacking)}"
    commands = ", ".join(f"asterisk -rx 'module load {module}.so'" for module in lacking)
    remedy = f"{commands}; write them into modules.conf where autoload = no"
    if set(lacking) <= DISPENSABLE:
        return warned(name, f"{text}: messages are transcribed only after they are spoken", remedy)
    return failed(name, f"{text}: our dialplan needs it when calls come", remedy)
