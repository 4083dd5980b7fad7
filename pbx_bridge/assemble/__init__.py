"""The composition root: the only place that names concrete classes together."""

from pbx_bridge.assemble.house import run

__all__ = ["run"]
