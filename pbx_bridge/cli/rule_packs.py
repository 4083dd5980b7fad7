"""The rule packs that commands judge by."""

from dataclasses import dataclass, field
from pathlib import Path

import click

from pbx_bridge.adapters.packs import load_pack
from pbx_bridge.core.rulepack import RulePack
from pbx_bridge.errors import RulePackError

OWN = click.option(
    "--own",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The firm's own rule file, merged over ours.",
)


@dataclass(slots=True)
class Packs:
    """Rule packs by language, loaded when first asked for."""

    own: Path | None
    loaded: dict[str, RulePack] = field(default_factory=dict)

    def __getitem__(self, language: str) -> RulePack:
        """Return the pack; end the command when it has mistakes."""
        if language not in self.loaded:
            try:
                self.loaded[language] = load_pack(language, self.own)
            except RulePackError as exc:
                raise click.ClickException(f"[{exc.code}] {exc}") from exc
        return self.loaded[language]
