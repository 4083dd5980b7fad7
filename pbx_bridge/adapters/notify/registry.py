"""Finds the notifiers that are installed, ours and strangers' alike."""

from collections.abc import Mapping
from importlib.metadata import entry_points

from pbx_bridge.errors import PluginNotFound
from pbx_bridge.ports import Notifier

GROUP = "pbx_bridge.notifiers"
"""Entry-point group; each entry is a callable ``(options) -> Notifier``."""


def make_notifier(name: str, options: Mapping[str, object]) -> Notifier:
    """
    Build the notifier that the config calls *name*.

    Our own notifiers are registered in setup.cfg the same way as a stranger's,
    so the built-in ones prove that the extension point works.

    Raises:
        PluginNotFound: no installed package brings it.
    """
    found = entry_points(group=GROUP, name=name)
    if not found:
        known = ", ".join(sorted(entry_points(group=GROUP).names)) or "none"
        raise PluginNotFound(f"notifier {name!r} is not installed; known: {known}")
    notifier: Notifier = next(iter(found)).load()(options)
    return notifier
