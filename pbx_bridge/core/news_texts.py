"""All words of notices, in the language of whoever reads them; and news in one line."""

# ruff: noqa: RUF001  Russian letters look like others

from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import NamedTuple

from pbx_bridge.core.escalation_events import FallbackReason, Topic
from pbx_bridge.core.news import CaseFacts, News, ShiftFacts


class Texts(NamedTuple):
    """All that is said in one language."""

    case: str
    turns: Mapping[Topic, str]
    nobody_to_ring: str
    urgencies: Mapping[str, str]
    categories: Mapping[str, str]
    called: str
    caller: str
    withheld: str
    judged: str
    message: str
    speaking: str
    """Instead of `message`, when technicians are rung early."""
    words: str
    no_words: str
    whole_case: str
    whole_plan: str
    shift_ahead: str
    shift_begun: str
    shift_withdrawn: str
    until: str
    gap: str
    test: str


GERMAN = Texts(
    case="Fall {case_id} ({urgency}): {turn}",
    turns={
        Topic.NEW_CASE: "neu, es wird geklingelt",
        Topic.ACCEPTED: "angenommen von {who}",
        Topic.RESUMED: "{who} antwortet nicht, es wird wieder geklingelt",
        Topic.DONE: "erledigt, sagt {who}",
        Topic.REOPENED: "wieder geöffnet von {who}, es wird geklingelt",
        Topic.CONTESTED: (
            "auch {who} hat 1 gedrückt; der Fall gehört schon jemandem oder ist erledigt,"
            " bitte anrufen"
        ),
        Topic.EXHAUSTED: "NIEMAND hat angenommen",
        Topic.LINE_DOWN: "Anlage nicht erreichbar, es klingelt bei niemandem; wir bleiben dran",
    },
    nobody_to_ring="NIEMAND ist eingeteilt",
    urgencies={
        "routine": "kann warten",
        "urgent": "dringend",
        "emergency": "Notfall",
        "unknown": "nicht verstanden",
        "none": "kein Anliegen",
    },
    categories={
        "water": "Wasser",
        "heating": "Heizung",
        "gas": "Gas",
        "electricity": "Strom",
        "lock": "Schloss",
        "drain": "Abfluss",
        "roof": "Dach",
        "refrigeration": "Kälte",
        "lift": "Aufzug",
        "pv": "Photovoltaik",
        "other": "Sonstiges",
        "office": "Büro",
    },
    called="Anruf: {at}",
    caller="Anrufer: {number}",
    withheld="Anrufer: Nummer unterdrückt",
    judged="Dringlichkeit: {urgency} ({category})",
    message="Nachricht: {seconds} s, {file}",
    speaking="Nachricht: der Anrufer spricht noch, {file}",
    words="Worte: {words}",
    no_words="Worte: nichts verstanden",
    whole_case="Alles dazu: pbx-bridge cases show {case_id}",
    whole_plan="Alles dazu: pbx-bridge oncall week",
    shift_ahead="{who}: Bereitschaft ({layer}) beginnt {start}{until}",
    shift_begun="{who}: Bereitschaft ({layer}) hat begonnen, {start}{until}",
    shift_withdrawn="{who}: doch keine Bereitschaft ({layer}) ab {start}",
    until=", bis {end}",
    gap="Niemand in Bereitschaft ({layer}) ab {start}{until}",
    test="TEST von pbx-bridge: bitte nichts tun",
)

ENGLISH = Texts(
    case="Case {case_id} ({urgency}): {turn}",
    turns={
        Topic.NEW_CASE: "new, technicians are rung",
        Topic.ACCEPTED: "accepted by {who}",
        Topic.RESUMED: "{who} does not answer, technicians are rung again",
        Topic.DONE: "done, says {who}",
        Topic.REOPENED: "reopened by {who}, technicians are rung",
        Topic.CONTESTED: "{who} pressed 1 too; somebody else has it, or it is done: please call",
        Topic.EXHAUSTED: "NOBODY accepted it",
        Topic.LINE_DOWN: "the PBX cannot be reached, no mobile rings; we keep trying",
    },
    nobody_to_ring="NOBODY is there to be rung",
    urgencies={
        "routine": "can wait",
        "urgent": "urgent",
        "emergency": "emergency",
        "unknown": "not understood",
        "none": "no request",
    },
    categories={
        "water": "water",
        "heating": "heating",
        "gas": "gas",
        "electricity": "electricity",
        "lock": "lock",
        "drain": "drain",
        "roof": "roof",
        "refrigeration": "refrigeration",
        "lift": "lift",
        "pv": "solar power",
        "other": "other",
        "office": "office",
    },
    called="Called: {at}",
    caller="Caller: {number}",
    withheld="Caller: number withheld",
    judged="Urgency: {urgency} ({category})",
    message="Message: {seconds} s, {file}",
    speaking="Message: the caller is still speaking, {file}",
    words="Words: {words}",
    no_words="Words: none understood",
    whole_case="All of it: pbx-bridge cases show {case_id}",
    whole_plan="All of it: pbx-bridge oncall week",
    shift_ahead="{who}: shift ({layer}) begins {start}{until}",
    shift_begun="{who}: shift ({layer}) has begun, {start}{until}",
    shift_withdrawn="{who}: no longer on call ({layer}) from {start}",
    until=", until {end}",
    gap="Nobody on call ({layer}) from {start}{until}",
    test="TEST from pbx-bridge: nothing to do",
)

POLISH = Texts(
    case="Sprawa {case_id} ({urgency}): {turn}",
    turns={
        Topic.NEW_CASE: "nowa, dzwonimy do techników",
        Topic.ACCEPTED: "przyjmuje {who}",
        Topic.RESUMED: "{who} nie odpowiada, dzwonimy ponownie",
        Topic.DONE: "zakończona, mówi {who}",
        Topic.REOPENED: "ponownie otwarta przez {who}, dzwonimy do techników",
        Topic.CONTESTED: "1 nacisnął też {who}; sprawę ma ktoś inny albo jest zakończona: zadzwoń",
        Topic.EXHAUSTED: "NIKT nie przyjął",
        Topic.LINE_DOWN: "centrala nie odpowiada, do nikogo nie dzwonimy; próbujemy dalej",
    },
    nobody_to_ring="NIKT nie ma dyżuru",
    urgencies={
        "routine": "może poczekać",
        "urgent": "pilne",
        "emergency": "awaria",
        "unknown": "nie zrozumiano",
        "none": "bez sprawy",
    },
    categories={
        "water": "woda",
        "heating": "ogrzewanie",
        "gas": "gaz",
        "electricity": "prąd",
        "lock": "zamek",
        "drain": "odpływ",
        "roof": "dach",
        "refrigeration": "chłodnictwo",
        "lift": "winda",
        "pv": "fotowoltaika",
        "other": "inne",
        "office": "biuro",
    },
    called="Telefon: {at}",
    caller="Dzwoniący: {number}",
    withheld="Dzwoniący: numer zastrzeżony",
    judged="Pilność: {urgency} ({category})",
    message="Wiadomość: {seconds} s, {file}",
    speaking="Wiadomość: dzwoniący jeszcze mówi, {file}",
    words="Słowa: {words}",
    no_words="Słowa: nic nie zrozumiano",
    whole_case="Wszystko: pbx-bridge cases show {case_id}",
    whole_plan="Wszystko: pbx-bridge oncall week",
    shift_ahead="{who}: dyżur ({layer}) zaczyna się {start}{until}",
    shift_begun="{who}: dyżur ({layer}) rozpoczęty, {start}{until}",
    shift_withdrawn="{who}: jednak bez dyżuru ({layer}) od {start}",
    until=", do {end}",
    gap="Nikt nie ma dyżuru ({layer}) od {start}{until}",
    test="TEST z pbx-bridge: proszę nic nie robić",
)

RUSSIAN = Texts(
    case="Заявка {case_id} ({urgency}): {turn}",
    turns={
        Topic.NEW_CASE: "новая, звоним техникам",
        Topic.ACCEPTED: "принимает {who}",
        Topic.RESUMED: "{who} не отвечает, звоним снова",
        Topic.DONE: "выполнена, сообщает {who}",
        Topic.REOPENED: "снова открыта ({who}), звоним техникам",
        Topic.CONTESTED: "1 нажал и {who}; заявка у другого или выполнена: позвоните",
        Topic.EXHAUSTED: "НИКТО не принял",
        Topic.LINE_DOWN: "АТС недоступна, никому не дозвониться; пробуем дальше",
    },
    nobody_to_ring="НИКТО не дежурит",
    urgencies={
        "routine": "может подождать",
        "urgent": "срочно",
        "emergency": "авария",
        "unknown": "не распознано",
        "none": "без просьбы",
    },
    categories={
        "water": "вода",
        "heating": "отопление",
        "gas": "газ",
        "electricity": "электричество",
        "lock": "замок",
        "drain": "канализация",
        "roof": "крыша",
        "refrigeration": "холодильное оборудование",
        "lift": "лифт",
        "pv": "солнечные панели",
        "other": "прочее",
        "office": "офис",
    },
    called="Звонок: {at}",
    caller="Звонил: {number}",
    withheld="Звонил: номер скрыт",
    judged="Срочность: {urgency} ({category})",
    message="Сообщение: {seconds} с, {file}",
    speaking="Сообщение: звонящий ещё говорит, {file}",
    words="Слова: {words}",
    no_words="Слова: ничего не распознано",
    whole_case="Всё о заявке: pbx-bridge cases show {case_id}",
    whole_plan="Весь план: pbx-bridge oncall week",
    shift_ahead="{who}: дежурство ({layer}) начинается {start}{until}",
    shift_begun="{who}: дежурство ({layer}) началось, {start}{until}",
    shift_withdrawn="{who}: дежурство ({layer}) с {start} отменяется",
    until=", до {end}",
    gap="Никто не дежурит ({layer}) с {start}{until}",
    test="ТЕСТ от pbx-bridge: ничего делать не нужно",
)

TEXTS: Mapping[str, Texts] = {"de": GERMAN, "en": ENGLISH, "pl": POLISH, "ru": RUSSIAN}


def headline(news: News, language: str, zone: tzinfo) -> str:
    """Return the news in one line; times by the clock of *zone*."""
    texts = TEXTS[language]
    if news.case is not None:
        return _case(news.case, news.topic, texts)
    if (shift := news.shift) is not None:
        form = _of_shift(news.topic, shift, texts)
        start, until = clock(shift.start, zone), _until(shift.end, texts, zone)
        return form.format(who=shift.technician, layer=shift.layer, start=start, until=until)
    if (gap := news.gap) is not None:
        start, until = clock(gap.start, zone), _until(gap.end, texts, zone)
        return texts.gap.format(layer=gap.layer, start=start, until=until)
    return texts.test


def personal(news: News, language: str) -> list[str]:
    """Return the lines with what is personal in the news, as far as it is still in it."""
    texts, case = TEXTS[language], news.case
    lines = []
    if case is not None and case.caller_number:
        lines.append(texts.caller.format(number=case.caller_number))
    if case is not None and case.transcript:
        lines.append(texts.words.format(words=case.transcript))
    return lines


def clock(at: datetime, zone: tzinfo) -> str:
    """Return a time as the clock on the wall shows it, with the zone's name on DST nights."""
    local = at.astimezone(zone)
    return f"{local:%Y-%m-%d %H:%M}{f' {local:%Z}' if _comes_twice(local) else ''}"


def _until(end: datetime | None, texts: Texts, zone: tzinfo) -> str:
    return texts.until.format(end=clock(end, zone)) if end else ""


def _of_shift(topic: Topic, shift: ShiftFacts, texts: Texts) -> str:
    if topic is Topic.SHIFT_WITHDRAWN:
        return texts.shift_withdrawn
    return texts.shift_begun if shift.has_begun else texts.shift_ahead


def _comes_twice(local: datetime) -> bool:
    return local.utcoffset() != local.replace(fold=1 - local.fold).utcoffset()


def _case(case: CaseFacts, topic: Topic, texts: Texts) -> str:
    turn = texts.turns[topic].format(who=case.technician or "?")
    if case.reason is FallbackReason.NOBODY_TO_RING:
        turn = texts.nobody_to_ring
    urgency = texts.urgencies.get(case.urgency, case.urgency)
    return texts.case.format(case_id=case.case_id, urgency=urgency, turn=turn)
