"""What models say to who asked, before and behind an alt text, by language.

Posters and letters in pictures have such words too. So only those count that are about the answer
itself, or that offer another one.

Models may repeat a blank or a word without end. So a run of blanks is looked at once, from its
beginning, and what an offer is about is looked for once in all of the text.
"""

import re

LOOKED_AT = 1000
"""Characters of a text that are looked at."""
_TEXT = (
    r"(?:alt(?:ernativ\w{0,20})?[ -]?te?xte?\w*+|texte alternatif|texto alternativo|"
    r"testo alternativo|caption|description|beschreibung)"
)
_ASKED = re.compile(
    r"\b(?:else|version\w*|variant\w*|alternativ\w*|alt[ -]?text|descriptions?|beschreibung\w*|"
    r"shorter|longer|changes?|adjust\w*|edit|modif\w+|help|assist\w*|kürzer\w*|länger\w*|"
    r"anpass\w*|änder\w*|hilfe|brauchst|benötig\w+|modifi\w+|autre|aide|otr[ao]|cambi\w*|"
    r"ajust\w*|corto|ayuda)\b",
    re.IGNORECASE,
)
"""What an offer is about, or else it is none."""
_BEGINNINGS = {
    "en": rf"(?:(?:sure|certainly|of course|absolutely|okay|ok)[,.!]? )?"
    rf"(?:here(?:['’]s| is)|this is|below is) [^:.!?\n]{{0,40}}\b{_TEXT}\b[^:.!?\n]{{0,60}}:|"
    r"(?:sure|certainly|of course)[!:]",
    "de": rf"(?:(?:gerne?|klar|natürlich|sicher)[,.!]? )?hier (?:ist|kommt) [^:.!?\n]{{0,40}}"
    rf"{_TEXT}[^:.!?\n]{{0,60}}:",
    "fr": rf"(?:(?:bien sûr|d['’]accord) ?[,.!]? )?voici [^:.!?\n]{{0,40}}{_TEXT}"
    r"[^:.!?\n]{0,60}:",
    "es": rf"(?:(?:claro|por supuesto)[,.!]? )?aquí (?:tienes|tiene|está) [^:.!?\n]{{0,40}}{_TEXT}"
    r"[^:.!?\n]{0,60}:",
    "zh": r"(?:好的|当然|當然)?[,，。!！ ]*(?:以下|下面|这|這)(?:是|为|為)[^:：。\n]{0,30}"
    r"(?:替代(?:文本|文字)|alt ?文本)[^:：。\n]{0,20}[:：]",
    "ja": r"(?:はい|承知しました|もちろんです)?[、,。! ]*(?:以下|こちら)[はが]"
    r"[^:：。\n]{0,30}(?:代替テキスト|alt ?テキスト)[^:：。\n]{0,20}[:：]",
}
_OFFERS = {
    "en": r"(?:please )?let me know (?:if|should|whether)\b|"
    r"if you (?:need|want|would like|['’]d like)\b",
    "de": r"(?:lass(?:en sie)? (?:es )?mich wissen|sag(?:en sie)? (?:mir )?(?:gerne? )?bescheid),? "
    r"(?:wenn|falls|ob)\b",
    "fr": r"(?:dites|faites)[- ]moi (?:savoir )?si\b",
    "es": r"(?:avísame|hazme saber|házmelo saber|dime) si\b",
}
"""How endings begin that are some only with what they are about."""
_ENDINGS = {
    "en": r"(?:i )?hope (?:this|that|it) helps\b|"
    r"(?:would|do) you (?:like|want) (?:me to|another|a (?:shorter|longer|different))\b|"
    r"feel free to (?:ask|adjust|modify|edit|use)\b|"
    rf"this {_TEXT} (?:is|has|describes|captures|conveys|uses|keeps)\b",
    "de": r"ich hoffe,? (?:das|dies|es) hilft\b",
    "fr": r"j['’]espère que (?:cela|ça) (?:vous |t['’])?(?:aide|convien)\w*\b|"
    r"n['’]hésite[zs]? pas à (?:me )?(?:demander|modifier|adapter)\b|"
    r"(?:souhaitez|voulez)[- ]vous que je\b",
    "es": r"espero que (?:esto |te |le |les ){0,3}(?:ayude|sirva|sea útil)\b|"
    r"¿(?:quieres|quiere|te gustaría|le gustaría|deseas|desea) que (?:lo|la|haga|escriba)\b",
    "zh": r"希望(?:这|這|以上|此|它)?[^。!！?？\n]{0,6}(?:对|對)(?:您|你)有(?:所)?(?:帮助|幫助)|"
    r"(?:如果|如|若)(?:您|你)?(?:还|還)?(?:需要|有)[^。!！?？\n]{0,60}"
    r"(?:请|請)(?:随时|隨時)?(?:告诉|告訴|告知)",
    "ja": r"(?:他に|ほかに)?(?:ご希望|ご要望|ご質問|修正|変更|別の)"
    r"[^。\n]{0,60}(?:お知らせ|お申し付け|お聞かせ)ください|"
    r"お役に立て(?:ば|れば|ましたら)幸いです",
}
"""How the others begin. What follows belongs to them, up to the end."""
_COUNT = (
    r"[(\[（](?:~|about |ca\. )?\d{1,3} ?(?:characters?|chars?|zeichen|caractères|caracteres|"
    r"caratteri|tekens|znaków|символ\w*|个?字符|個?字元|文字|字)[)\]）]\.?"
)
"""How long the text is, as a model may add it."""
_BEGINNING = re.compile(rf"(?:{'|'.join(_BEGINNINGS.values())})\s*", re.IGNORECASE)
_ENDING = re.compile(
    r"(?:^|(?<!\s)[^\S\n]*+\n\s*+|(?<=[.!?…)\]\"”»*])\s++|(?<=[。！？」])\s*+)"
    rf"(?:(?P<offer>{'|'.join(_OFFERS.values())})|{'|'.join(_ENDINGS.values())})",
    re.IGNORECASE,
)
_COUNT_AT_END = re.compile(rf"(?<!\s)\s*+{_COUNT}$", re.IGNORECASE)


def chats(text: str) -> bool:
    """Whether a text says something to who asked."""
    return without_chatter(text) != text[:LOOKED_AT]


def without_chatter(text: str) -> str:
    """The text without what it says to who asked. Its line ends are looked at, too."""
    rest = text[:LOOKED_AT]
    if begun := _BEGINNING.match(rest):
        rest = rest[begun.end() :]
        rest = rest[:1].upper() + rest[1:]
    rest = rest[: _end(rest)]
    return rest[: found.start()] if (found := _COUNT_AT_END.search(rest)) else rest


def _end(text: str) -> int:
    """Where a text ends and what is said to who asked begins."""
    asked = max((found.start() for found in _ASKED.finditer(text)), default=-1)
    for found in _ENDING.finditer(text):
        if found["offer"] is None or found.end() <= asked:
            return found.start()
    return len(text)
