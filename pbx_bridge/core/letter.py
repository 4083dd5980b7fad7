"""All that is known of news, for a screen with room, in the language of whoever reads it."""

from collections.abc import Iterator
from datetime import tzinfo

from pbx_bridge.core.news import CaseFacts, News
from pbx_bridge.core.news_texts import TEXTS, Texts, advice, headline, personal


def letter(
    news: News,
    language: str,
    zone: tzinfo,
    *,
    with_words: bool,
    line_number: str | None = None,
) -> list[str]:
    """
    Return the lines.

    Args:
        news: without what its reader must not read.
        language: one of `TEXTS`.
        zone: times are by its clock.
        with_words: whether he may read what the caller said, so that nothing understood is
            worth a line.
        line_number: what every ring shows; `None`: the trunk decides.
    """
    texts, first = TEXTS[language], f"{headline(news, language, zone)}."
    if news.case is None:
        return [first, "", *advice(news, language, line_number), texts.whole_plan]
    facts = _facts(news.case, texts, zone)
    said = personal(news, language)
    if not news.case.caller_number:
        said.insert(0, texts.withheld)
    if with_words and not news.case.transcript and not news.case.is_speaking:
        said.append(texts.no_words)
    return [first, "", *facts, *said, "", texts.whole_case.format(case_id=news.case.case_id)]


def _facts(case: CaseFacts, texts: Texts, zone: tzinfo) -> Iterator[str]:
    arrived = case.arrived_at.astimezone(zone)
    yield texts.called.format(at=f"{arrived:%Y-%m-%d %H:%M:%S %Z}")
    urgency = texts.urgencies.get(case.urgency, case.urgency)
    category = texts.categories.get(case.category, case.category)
    yield texts.judged.format(urgency=urgency, category=category)
    form = texts.speaking if case.is_speaking else texts.message
    yield form.format(seconds=round(case.message_s or 0), file=f"{case.recording}.wav")
