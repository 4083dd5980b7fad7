"""Harmless sentences before and behind our emergencies: how many ring nobody, at most."""

import json
from pathlib import Path

import pytest
from packs import shipped

from pbx_bridge.core.case import Urgency
from pbx_bridge.core.urgency import classify

pytestmark = pytest.mark.integration

CORPUS = Path(__file__).parents[1] / "corpus"
HELD_OUT = frozenset((CORPUS / "holdout.txt").read_text(encoding="utf-8").split())
TALK = {
    "de": """vielen dank schon mal
entschuldigung dass ich so spät noch störe
mein name ist schneider aus der kirchgasse zwei
ihre firma hat das letztes jahr eingebaut
letzte woche war ihr monteur bei uns
beim letzten mal kam der herr huber
die leitung wurde vor zwei jahren von ihnen repariert
sonst ist alles in ordnung
wann können sie denn kommen
der nachbar meinte das sei nicht so schlimm
gestern war noch alles gut
bei den nachbarn ist alles in ordnung
der schlüssel liegt unter der fußmatte
was kostet denn so ein einsatz
ich rufe für meine mutter an
wir sind stammkunden bei ihnen seit zehn jahren
das haus gehört meinem bruder
mein mann hat es schon selber versucht
es ist keiner verletzt
schönen abend noch""",
    "en": """thank you very much
sorry for the trouble
my name is walker from mill lane
your firm fitted it last year
one of your lads was here last week
it was a lady who answered last time
the boiler was replaced by you last summer
everything else is fine
when can you come
my husband says it's nothing terrible
yesterday all was well
the neighbours are all right
the key is under the mat
how much is a call out
i'm calling for my mother
we've been with you for ten years
the house belongs to my brother
my husband tried to mend it himself
nobody is hurt
have a nice evening""",
    "pl": """dziękuję bardzo
przepraszam za kłopot
nazywam się nowak ulica młyńska dwa
wasza firma to montowała w zeszłym roku
w zeszłym tygodniu był u nas wasz monter
ostatnio był u nas pan marek
dwa lata temu wymienialiście nam piec
poza tym wszystko w porządku
kiedy możecie przyjechać
mąż mówi że to nic strasznego
wczoraj wszystko było dobrze
u sąsiadów wszystko w porządku
klucz jest pod wycieraczką
ile kosztuje taki wyjazd
dzwonię w imieniu mamy
jesteśmy waszymi klientami od dziesięciu lat
dom należy do brata
mąż sam próbował to naprawić
nikomu nic się nie stało
miłego wieczoru""",
    "ru": """спасибо вам большое
извините за беспокойство
меня зовут иванова улица мира два
ваша фирма это ставила в прошлом году
в прошлый раз приезжал ваш мастер
на прошлой неделе приходил ваш сантехник
два года назад вы нам меняли трубы
в остальном всё нормально
когда сможете приехать
муж говорит ничего страшного
вчера всё было хорошо
все соседи в порядке
ключ под ковриком
сколько стоит такой вызов
я звоню по поручению мамы
мы ваши клиенты уже десять лет
дом принадлежит брату
муж сам пробовал починить
никто не пострадал
хорошего вечера""",
}
LOST = {"de": 0, "en": 0, "pl": 0, "ru": 0}
"""Messages that ring nobody, as seen; only ever to be made less."""


def emergencies(language: str) -> list[str]:
    """Return the shortest of the tuned part, nearest to the talk; they do not grow in number."""
    lines = (CORPUS / f"dev_{language}.jsonl").read_text(encoding="utf-8").splitlines()
    rows = map(json.loads, lines)
    tuned = (row for row in rows if row["id"] not in HELD_OUT)
    return sorted((row["text"] for row in tuned if row["urgency"] == "emergency"), key=len)[:10]


@pytest.mark.parametrize("language", sorted(LOST))
def test_harmless_talk_silences_no_more_than_today(language: str) -> None:
    """Thanks, names and former visits take an emergency away in few messages."""
    pack = shipped(language)
    told = emergencies(language)
    messages = [
        message
        for talk in TALK[language].splitlines()
        for text in told
        for message in (f"{talk} {text}", f"{text} {talk}")
    ]

    silenced = [message for message in messages if not classify(message, pack).rings]

    assert len(messages) == 400
    assert len(silenced) <= LOST[language], silenced


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "gasgeruch im treppenhaus das war letzte woche auch so"),
        ("de", "wasser kommt durch die decke das war letztes jahr auch schon so"),
        ("de", "der aufzug steckt fest mit einer frau drin das war gestern auch schon so"),
        ("de", "es brennt im heizungskeller das war letzte woche auch schon"),
        ("en", "gas smell in the hall the meter was changed last week"),
        ("en", "the cellar is under water the pump was replaced last year"),
        ("en", "my mother is trapped in the lift the lift was serviced last week"),
        ("pl", "czuć gaz na klatce tak samo było w zeszłym tygodniu"),
    ],
)
def test_emergency_is_not_past_because_it_was_so_before(language: str, text: str) -> None:
    """The clause behind it tells of another time; what was told before it is there now."""
    assert classify(text, shipped(language)).urgency is Urgency.EMERGENCY
