"""All words of notices, in the language of whoever reads them; and news in one line."""

# ruff: noqa: RUF001  Russian letters look like others

from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import NamedTuple

from pbx_bridge.core.escalation_events import FallbackReason, Topic
from pbx_bridge.core.news import CaseFacts, News, ShiftFacts
from pbx_bridge.core.phone_check import CheckOutcome


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
    save_number: str
    try_phone: str
    until: str
    gap: str
    check: str
    checks: Mapping[CheckOutcome, str]
    """Those that did not succeed."""
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
    save_number=(
        "Im Telefon von {who}: {number} als Favorit speichern, der auch bei „Nicht stören“ klingelt"
    ),
    try_phone="Telefon prüfen: pbx-bridge oncall check-phone {who}",
    until=", bis {end}",
    gap="Niemand in Bereitschaft ({layer}) ab {start}{until}",
    check="{who}: Telefonprobe zu Beginn der Bereitschaft: {outcome}",
    checks={
        CheckOutcome.NO_KEY: "abgehoben, keine Taste (Mailbox, oder Tasten kommen nicht an)",
        CheckOutcome.NO_ANSWER: "nicht abgehoben",
        CheckOutcome.BUSY: "besetzt oder abgewiesen",
        CheckOutcome.UNREACHABLE: "NICHT ERREICHBAR",
        CheckOutcome.CASE_FIRST: "nicht geprüft, ein Fall ging vor",
        CheckOutcome.NOT_KNOWN: "nicht geprüft, siehe unten",
        CheckOutcome.INCOMPLETE: "nicht geprüft, Dialplan oder Ansagen sind alt",
    },
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
    save_number=(
        "On the mobile of {who}: save {number} as a favourite that rings through do-not-disturb"
    ),
    try_phone="Check the phone: pbx-bridge oncall check-phone {who}",
    until=", until {end}",
    gap="Nobody on call ({layer}) from {start}{until}",
    check="{who}: phone check at the start of the shift: {outcome}",
    checks={
        CheckOutcome.NO_KEY: "answered, no key (mailbox, or keys do not arrive)",
        CheckOutcome.NO_ANSWER: "not answered",
        CheckOutcome.BUSY: "busy or declined",
        CheckOutcome.UNREACHABLE: "UNREACHABLE",
        CheckOutcome.CASE_FIRST: "not checked, a case went first",
        CheckOutcome.NOT_KNOWN: "not checked, see below",
        CheckOutcome.INCOMPLETE: "not checked, dialplan or prompts are old",
    },
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
    save_number=(
        "W telefonie ({who}): zapisz {number} jako ulubiony,"
        " aby dzwonił także w trybie „Nie przeszkadzać”"
    ),
    try_phone="Sprawdzenie telefonu: pbx-bridge oncall check-phone {who}",
    until=", do {end}",
    gap="Nikt nie ma dyżuru ({layer}) od {start}{until}",
    check="{who}: próba telefonu na początku dyżuru: {outcome}",
    checks={
        CheckOutcome.NO_KEY: "odebrano, bez klawisza (poczta głosowa albo klawisze nie docierają)",
        CheckOutcome.NO_ANSWER: "nie odebrano",
        CheckOutcome.BUSY: "zajęte lub odrzucone",
        CheckOutcome.UNREACHABLE: "NIEOSIĄGALNY",
        CheckOutcome.CASE_FIRST: "nie sprawdzono, pierwszeństwo miało zgłoszenie",
        CheckOutcome.NOT_KNOWN: "nie sprawdzono, patrz niżej",
        CheckOutcome.INCOMPLETE: "nie sprawdzono, dialplan lub nagrania są stare",
    },
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
    save_number=(
        "В телефоне ({who}): сохраните {number} в избранном,"
        " чтобы он звонил и в режиме «Не беспокоить»"
    ),
    try_phone="Проверить телефон: pbx-bridge oncall check-phone {who}",
    until=", до {end}",
    gap="Никто не дежурит ({layer}) с {start}{until}",
    check="{who}: проверка телефона в начале дежурства: {outcome}",
    checks={
        CheckOutcome.NO_KEY: "ответили, клавиши нет (автоответчик, или клавиши не доходят)",
        CheckOutcome.NO_ANSWER: "не ответили",
        CheckOutcome.BUSY: "занято или отклонено",
        CheckOutcome.UNREACHABLE: "НЕДОСТУПЕН",
        CheckOutcome.CASE_FIRST: "не проверен, заявка важнее",
        CheckOutcome.NOT_KNOWN: "не проверен, см. ниже",
        CheckOutcome.INCOMPLETE: "не проверен, диалплан или объявления устарели",
    },
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
    if (check := news.check) is not None:
        outcome = texts.checks.get(check.outcome, check.outcome.value)
        return texts.check.format(who=check.technician, outcome=outcome)
    return texts.test


def advice(news: News, language: str, line_number: str | None) -> list[str]:
    """
    Return what should be done so that a mobile rings at night.

    Args:
        news: of a shift that begins, or of a check; other news have no advice.
        language: one of `TEXTS`.
        line_number: what every ring shows; `None`: nobody knows, so nobody can save it.
    """
    texts = TEXTS[language]
    who = news.check.technician if news.check else ""
    if news.shift is not None and news.topic is Topic.SHIFT_BEGINS:
        who = news.shift.technician
    if not who:
        return []
    save = [texts.save_number.format(who=who, number=line_number)] if line_number else []
    why = [news.check.reason] if news.check and news.check.reason else []
    return [*why, *save, texts.try_phone.format(who=who)]


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
