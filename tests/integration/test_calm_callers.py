"""What a caller says around an emergency takes nothing from it."""

import pytest
from packs import shipped

from pbx_bridge.core.case import Urgency
from pbx_bridge.core.urgency import classify

pytestmark = pytest.mark.integration

TOLD = {
    "de": (
        "es riecht nach gas im keller",
        "wir stecken im aufzug fest",
        "aus der steckdose kommt rauch",
        "das wasser läuft durch die decke und hört nicht auf",
        "mein kind ist im bad eingesperrt und weint",
        "meine mutter liegt hinter der tür und kommt nicht hoch",
        "unser baby ist zehn tage alt die heizung ist aus und es hat dreizehn grad",
    ),
    "en": (
        "i can smell gas in the cellar",
        "we're stuck in the lift",
        "there's smoke coming out of the socket",
        "water's pouring through the ceiling and it won't stop",
        "my child is locked in the bathroom and crying",
        "my mother's on the floor behind the door and can't get up",
        "our baby's ten days old the heating's off and it's thirteen degrees",
    ),
    "pl": (
        "w piwnicy czuć gaz",
        "utknęliśmy w windzie",
        "z gniazdka leci dym",
        "woda leje się z sufitu i nie przestaje",
        "dziecko zamknęło się w łazience i płacze",
        "matka leży za drzwiami i nie może wstać",
        "niemowlę ma dziesięć dni ogrzewanie nie działa i jest trzynaście stopni",
    ),
    "ru": (
        "в подвале пахнет газом",
        "мы застряли в лифте",
        "из розетки идёт дым",
        "вода льётся через потолок и не останавливается",
        "ребёнок закрылся в ванной и плачет",
        "мать лежит за дверью и не может встать",
        "младенцу десять дней отопления нет и дома тринадцать градусов",
    ),
}
AROUND = {
    "de": (
        "guten abend schulz hier entschuldigen sie die späte störung {}",
        "ich will niemanden stören aber {}",
        "letzte woche war ihr monteur da und jetzt {}",
        "haha klingt komisch aber {}",
        "gestern war noch alles gut heute {}",
        "{} die feuerwehr ist auch unterwegs",
        "{} sonst ist alles in ordnung",
        "{} was kostet das wenn sie jetzt kommen",
        "{} vielen dank im voraus",
    ),
    "en": (
        "sorry to bother you {}",
        "ha ha sounds silly but {}",
        "your man was here last week and now {}",
        "yesterday it was all good today {}",
        "{} we're all outside everyone is fine",
        "{} everything else is fine",
        "{} what do you charge if you come right now",
        "{} i live at four mill lane thank you so much",
    ),
    "pl": (
        "przepraszam że tak późno {}",
        "{} przepraszam za kłopot",
        "{} poza tym wszystko w porządku",
        "{} dzieci są u babci u nich wszystko dobrze",
        "wczoraj wszystko działało a dzisiaj {}",
        "o to automat no dobra {}",
        "spokojnie nie ma paniki ale {}",
        "{} ile to kosztuje",
        "{} z góry dziękuję",
    ),
    "ru": (
        "простите что так поздно {}",
        "{} извините за беспокойство",
        "{} всё остальное в порядке",
        "{} дети уже гуляют и всё нормально",
        "вчера всё работало но сегодня {}",
        "это автоответчик ну ладно {}",
        "я не паникую но {}",
        "{} сколько это стоит",
        "{} спасибо заранее",
    ),
}
PAST = {
    "de": (
        "die heizung wurde letzten monat repariert",
        "sie waren letzte woche schon bei uns",
        "die rechnung vom letzten monat habe ich bezahlt",
        "im märz war ihr kollege da und hat die therme gewartet",
        "vor zwei wochen hatten wir einen termin bei ihnen",
        "der alte schaden ist behoben",
        "vor einem monat wurde der zähler getauscht",
    ),
    "en": (
        "it was sorted last month",
        "you came out last week",
        "i paid the invoice from last month",
        "you fitted our boiler two years ago",
        "the old problem was put right",
        "your man was here yesterday",
        "your company did our bathroom last year",
    ),
    "pl": (
        "w zeszłym miesiącu naprawiliście kocioł",
        "dwa tygodnie temu był u nas wasz serwisant",
        "zapłaciłem fakturę za zeszły miesiąc",
        "tamta usterka została usunięta",
        "dozorcy nie ma",
        "klucza nie ma",
        "w ubiegłym roku robiliście nam łazienkę",
    ),
    "ru": (
        "в прошлом месяце вы чинили котел",
        "две недели назад был ваш мастер",
        "я оплатил счет за прошлый месяц",
        "ту поломку уже устранили",
        "дворника нет",
        "ключа нет",
        "в прошлом году вы делали нам ванную",
    ),
}
PAST_AFTER = {
    "de": ("ihr kollege war vor zwei wochen hier", "die rechnung vom letzten monat ist bezahlt"),
    "en": ("your man was here last tuesday", "i paid the invoice from last month"),
    "pl": ("wasz monter był tu dwa tygodnie temu", "rok temu montowaliście u nas bojler"),
    "ru": ("ваш мастер был две недели назад", "год назад вы ставили нам бойлер"),
}
STORIES = {
    "de": (
        "letzte woche hatten wir einen rohrbruch ich brauche dafür noch die rechnung",
        "wir hatten letzte woche einen gasgeruch im keller können sie mir den bericht schicken",
        "vor zwei monaten gab es bei uns einen kabelbrand ich brauche noch die rechnung",
        "bei uns lief wasser durch die decke das wurde letzte woche repariert danke",
    ),
    "en": (
        "last week we had a burst pipe i need the invoice for the insurance",
        "you came out last month for a smell of gas could you send me the report",
        "two months ago there was a fire in the socket at ours i need the invoice",
        "water was coming through the ceiling that has been put right i need the invoice",
    ),
    "pl": (
        "w zeszłym tygodniu mieliśmy wyciek gazu potrzebuję fakturę dla ubezpieczalni",
        "mieliśmy w zeszłym tygodniu pożar w gniazdku proszę przysłać protokół",
        "rok temu mieliśmy w domu wyciek wody potrzebuję fakturę",
        "dymiło się z gniazdka wasz monter to naprawił dwa tygodnie temu potrzebuję fakturę",
    ),
    "ru": (
        "на прошлой неделе был прорыв трубы нужен счет для страховой",
        "на прошлой неделе был пожар в розетке пришлите пожалуйста акт",
        "в прошлом году был запах газа нужен счет для страховой",
        "вода лилась по стенам ваш мастер все исправил две недели назад нужен счет",
    ),
}


@pytest.mark.parametrize("language", TOLD)
def test_nothing_calm_silences_an_emergency(language: str) -> None:
    """Greetings, thanks, laughter, prices and what is well besides."""
    pack = shipped(language)
    said = [frame.format(told) for frame in AROUND[language] for told in TOLD[language]]

    assert [text for text in said if classify(text, pack).urgency is not Urgency.EMERGENCY] == []


@pytest.mark.parametrize("language", PAST)
def test_emergency_told_after_the_past_rings(language: str) -> None:
    """A past marker reaches forward only within its clause."""
    pack = shipped(language)
    every = [f"{past} {told}" for past in PAST[language] for told in TOLD[language]]
    quiet = [text for text in every if not classify(text, pack).rings]

    assert not quiet


@pytest.mark.parametrize("language", PAST_AFTER)
def test_emergency_told_before_the_past_rings(language: str) -> None:
    """A past marker reaches back only within its clause, unless it settles what was told."""
    pack = shipped(language)
    every = [f"{told} {past}" for past in PAST_AFTER[language] for told in TOLD[language]]
    quiet = [text for text in every if not classify(text, pack).rings]

    assert not quiet


@pytest.mark.parametrize("language", STORIES)
def test_story_of_the_past_stays_quiet(language: str) -> None:
    """The trouble in the clause of the marker is over."""
    loud = [text for text in STORIES[language] if classify(text, shipped(language)).rings]

    assert not loud
