"""Rules that cannot be read do not silence the line."""

from pathlib import Path

import structlog
from configs import SMALLEST

from pbx_bridge.assemble.judgement import certainty, judges
from pbx_bridge.config import Config, parse
from pbx_bridge.core.case import Transcript, Urgency, Verdict, Word
from pbx_bridge.core.rulepack import Context


def test_broken_rules_of_the_firm_leave_ours(tmp_path: Path) -> None:
    """A mistake in a rule file must not take the line down."""
    own = tmp_path / "rules.toml"
    own.write_text("[de]\nnonsense = 1\n")
    config = parse(SMALLEST + f'[rules]\nfirm_file = "{own}"\n', source="test")
    said = "im keller ist ein rohr geplatzt das wasser läuft"
    words = tuple(Word(text=word, start_s=0.0, end_s=1.0, confidence=1.0) for word in said.split())

    with structlog.testing.capture_logs() as logs:
        verdict = judges(config, Context).judge(Transcript(words=words, language="de"), "de")

    assert verdict.urgency is Urgency.EMERGENCY
    assert {line["event"] for line in logs} == {"rules.unusable"}


def test_early_ring_can_be_switched_off() -> None:
    """The whole message is judged all the same."""
    on, off = (
        parse(SMALLEST + f"early_ring = {value}\n", source="test") for value in ("true", "false")
    )
    said = "es riecht nach gas im treppenhaus bitte kommen sie schnell her und helfen sie uns"
    words = tuple(
        Word(text=word, start_s=0.0, end_s=1.0, confidence=1.0, is_final=True)
        for word in said.split()
    )
    heard, judged_by = Transcript(words=words, language="de"), judges(on, Context)

    def ask(config: Config) -> Verdict | None:
        return certainty(judged_by, config.speech)(heard, heard, "de")

    assert on.speech.early_ring
    assert ask(on) is not None
    assert ask(off) is None
