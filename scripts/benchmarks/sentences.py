"""What the callers of part `urgent` say: emergencies, some cut short, some told to their end."""

from collections.abc import Mapping

SAID: Mapping[str, tuple[str, ...]] = {
    "de": (
        (
            "guten abend im keller ist ein rohr geplatzt hier ist sabine wagner ich wohne in der"
            " gartenstraße siebenundvierzig in dresden"
        ),
        (
            "hallo es riecht nach gas im treppenhaus bitte helfen sie mir mein name ist thomas"
            " becker ich wohne in der bahnhofstraße zwölf"
        ),
        (
            "guten abend im aufzug steckt eine frau fest hier ist herr kowalski die adresse ist"
            " goethestraße neunundzwanzig in leipzig"
        ),
        (
            "die steckdose im kinderzimmer raucht meine nummer ist null eins sieben zwei vier"
            " acht drei neun fünf sechs bitte schnell"
        ),
        (
            "mein kind ist in der wohnung eingeschlossen hier ist monika fischer meine"
            " telefonnummer ist null drei eins acht neun sieben vier"
        ),
        (
            "hallo wir haben keinen strom im ganzen haus und mein vater braucht sauerstoff hier"
            " ist frau neumann die telefonnummer ist fünf sieben drei neun sechs acht"
        ),
        (
            "guten abend in der küche ist der wasserhahn abgerissen hier ist maria fischer die"
            " adresse ist schulstraße dreiundzwanzig in bremen"
        ),
        (
            "die toilette läuft über hier ist petra schröder ich wohne in der waldstraße"
            " vierundsechzig im dritten stock in kassel"
        ),
    ),
    "pl": (
        (
            "dobry wieczór w kuchni urwał się kran nazywam się katarzyna mazur mieszkam przy"
            " ulicy ogrodowa czterdzieści siedem w poznaniu"
        ),
        (
            "halo na klatce schodowej czuć gaz proszę mi pomóc tu pan kowalski adres to ulica"
            " leśna osiemdziesiąt siedem"
        ),
        (
            "dobry wieczór w windzie utknęła kobieta nazywam się wiśniewska jesteśmy na"
            " słowackiego dwadzieścia dziewięć w szczecinie"
        ),
        (
            "gniazdko w sypialni dymi mój numer to pięć zero siedem dwa cztery osiem trzy"
            " dziewięć sześć"
        ),
        (
            "moje dziecko jest zamknięte w mieszkaniu i nie mogę wejść nazywam się anna nowak"
            " proszę dzwonić pod numer sześć trzy dwa zero zero"
        ),
        (
            "piwnica jest zalana woda stoi po kolana tu pan grabowski mieszkam przy ulicy polna"
            " osiemnaście w gdyni"
        ),
        (
            "halo nie mamy prądu w całym domu a mąż potrzebuje tlenu tu restauracji w gdańsku mój"
            " numer to siedem trzy dwa osiem zero jeden"
        ),
        (
            "śmierdzi spalenizną ze skrzynki z bezpiecznikami nazywam się piotr wójcik adres to"
            " ulica szkolna piętnaście w toruniu"
        ),
    ),
    "en": (
        (
            "good evening at our place a pipe has burst this is susan walker we are at eighty"
            " queen street in seattle on the third floor"
        ),
        (
            "hello it smells of gas in the hallway please help me my name is thomas miller the"
            " address is forty seven garden street"
        ),
        (
            "good evening a woman is stuck in the elevator this is mister kowalski we are at"
            " twelve station road in springfield please hurry"
        ),
        (
            "the socket in the bedroom is smoking my number is zero one seven two four eight"
            " three nine five six please hurry"
        ),
        (
            "my child is locked inside and i can't get in my name is monica smith please call"
            " zero three one eight nine seven four"
        ),
        (
            "hello the tap in the kitchen broke off my name is karen evans we are at thirty four"
            " mill street in boston please come right now"
        ),
        (
            "good evening there is a burning smell from the fuse box this is robert johnson the"
            " address is sixty eight king street in dallas"
        ),
        (
            "the toilet is overflowing this is emily jones i live at fifteen oak avenue in oxford"
            " on the third floor"
        ),
    ),
    "ru": (
        (
            "добрый вечер на кухне сорвало кран меня зовут наталья кузнецова адрес улица садовая"
            " дом сорок семь квартира двенадцать"
        ),
        (
            "алло в подъезде сильно пахнет газом помогите пожалуйста говорит иванова улица лесная"
            " дом восемьдесят три квартира двенадцать"
        ),
        (
            "добрый вечер в лифте застряла женщина меня зовут сергей волков адрес улица ленина"
            " дом тринадцать квартира девятнадцать"
        ),
        (
            "в спальне дымится розетка мой номер восемь девятьсот двенадцать триста сорок семь"
            " двадцать пять девяносто один"
        ),
        (
            "подвал затоплен вода стоит по колено говорит иванов я живу на улице гагарина дом"
            " восемьдесят три квартира девятнадцать"
        ),
        (
            "крышу сорвало ветром и вода льётся на чердаке меня зовут анна морозова адрес улица"
            " полевая дом тридцать"
        ),
        (
            "на кухне из розетки идёт дым и пахнет горелым меня зовут дмитрий павлов мой телефон"
            " восемь девятьсот шестнадцать четыреста двадцать один"
        ),
        (
            "это гостиница на втором этаже прорвало стояк меня зовут юлия соколова мой"
            " телефон восемь девятьсот сорок пять ноль семь"
        ),
    ),
}
"""
By language; only words that its tiny test model knows.

Which word decides is not written down here: the shipped rules say it (`benchmarks.decisive`).
After it the caller says who or where he is, 4 to 8 seconds more.
"""

_NUMBER: Mapping[str, str] = {
    "de": (
        "meine telefonnummer ist null eins sieben zwei vier acht drei neun fünf sechs bitte rufen"
        " sie zurück"
    ),
    "pl": ("mój numer to pięć zero siedem dwa cztery osiem trzy dziewięć sześć proszę oddzwonić"),
    "en": "my number is zero one seven two four eight three nine five six please call back",
    "ru": (
        "мой телефон восемь девятьсот двенадцать триста сорок семь двадцать пять девяносто один"
    ),
}
_PLACE: Mapping[str, str] = {
    "de": "die adresse ist bahnhofstraße zwölf in leipzig im dritten stock",
    "pl": "adres to ulica szkolna piętnaście w toruniu na drugim piętrze",
    "en": "the address is sixty eight king street in dallas on the third floor",
    "ru": "адрес улица лесная дом восемьдесят три квартира двенадцать",
}
_SAYS_NUMBER: Mapping[str, tuple[str, ...]] = {
    "de": ("nummer",),
    "pl": ("numer",),
    "en": ("number", "call"),
    "ru": ("номер", "телефон"),
}


def whole(language: str, text: str) -> str:
    """Return *text* with all that the greeting asks for: the number or the address too."""
    has_number = any(word in text for word in _SAYS_NUMBER[language])
    return f"{text} {(_PLACE if has_number else _NUMBER)[language]}"
