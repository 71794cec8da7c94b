"""How models say that they have nothing to say, by language.

Only as the whole answer: "None of the chairs is occupied" and "Decorative tiles on a wall" say what
is there. So may a word alone, "Empty" or "Decoration", "空" for the sky: such words are left out.
"""

import re
import unicodedata

from services.skills.alt_openings import without_label
from services.skills.wrapping import unwrapped

LONGEST = 80
"""Characters of such an answer."""
_ABSENT = {
    "code": r"null|undefined|n ?/ ?a|n\. ?a\.?",
    "en": r"none|not applicable|(?:an? )?empty string",
    "de": r"keine?[rs]?|entfällt|nicht zutreffend|k\. ?a\.?|keine angabe|"
    r"(?:eine? )?leere?[rs]? (?:string|zeichenkette)",
    "fr": r"aucune?|chaîne vide|sans objet",
    "es": r"ningun[oa]|no aplica|no procede|cadena vacía",
    "it": r"nessuno|non applicabile|stringa vuota",
    "pt": r"nenhuma?|não (?:se aplica|aplicável)|(?:string|cadeia) vazia",
    "nl": r"geen|n\.v\.t\.?|niet van toepassing|lege (?:string|tekenreeks)",
    "pl": r"brak|nie dotyczy|pusty (?:ciąg|łańcuch)(?: znaków)?",
    "ru": r"н/д|неприменимо|пустая строка",
    # A pear, なし, is written 梨 or ナシ.
    "ja": r"なし|該当なし|空文字列?",
    # 無 alone hangs on walls, written with a brush.
    "zh": r"无|不适用|不適用|空字符串|空字串",
}
_UNKNOWN = {
    "en": r"unknown",
    "de": r"unbekannte?[rs]?",
    "fr": r"inconnue?",
    "es": r"desconocid[oa]",
    "it": r"sconosciut[oa]",
    "pt": r"desconhecid[oa]",
    "nl": r"onbekend",
    "pl": r"nieznan[yae]",
    "ru": r"неизвестн(?:о|ый|ая|ое)",
    "ja": r"不明",
    "zh": r"未知|不明|不详|不詳",
}
"""What a text of few words may say that is copied from a picture, so it counts for no alt text."""
_NOT_NEEDED = {
    # For a tag it may be the river.
    "code": r"nil",
    "en": r"(?:(?:an?|the|this|it|it['’]s|is|image|picture|photo|purely|merely|only|just) ){0,4}"
    r"decorative(?: (?:only|image|picture|photo|graphic|illustration|element|background|"
    r"border|divider))?(?:[,;.:]?(?: and| so)?(?: it)?(?:"
    r" no (?:alt(?:ernative)?[ -]?)?text (?:is )?(?:needed|required)|"
    r" (?:(?:needs|requires) no|(?:does not|doesn['’]t) (?:need|require)(?: any| an)?) "
    r"alt(?:ernative)?[ -]?text|"
    r" (?:the |its )?alt(?:ernative)?[ -]?text (?:should|can|must) be (?:left )?empty))?|"
    r"(?:purely |only |just )?for decorati(?:on|ve purposes)(?: only)?|"
    r"no alt(?:ernative)?[ -]?text(?: (?:is )?(?:needed|required|necessary))?|"
    r"(?:alt(?:ernative)?[ -]?text|description) (?:is )?not (?:needed|required|necessary)|"
    r"no (?:text|description) (?:is )?(?:needed|required|necessary)|"
    r"(?:an? )?empty alt(?:[ -]?text|[ -]attribute)?",
    "de": r"(?:(?:das|dieses|die|diese|ein|eine|bild|grafik|ist|rein|nur) ){0,4}dekorativ"
    r"(?:,? und (?:braucht|benötigt|erfordert) keinen alt(?:ernativ)?-?text)?|"
    r"(?:(?:ein|eine|rein|nur) ){0,2}dekorative[sr]? (?:bild|foto|grafik|element|hintergrund)|"
    r"(?:nur|rein) (?:zur )?(?:dekoration|zierde)|schmuck(?:bild|grafik)|"
    r"kein alt(?:ernativ)?-?text(?: (?:nötig|erforderlich|notwendig))?|"
    r"nicht (?:nötig|erforderlich)|(?:eine? )?leere?[rs]? alt(?:ernativ)?-?text",
    "fr": r"(?:(?:une?|l['’]|cette|image|photo|élément|fond|est|purement) ?){0,4}décorati(?:f|ve)"
    r"(?: et (?:ne nécessite pas|n['’]a pas besoin) de texte alternatif)?|"
    r"aucune? texte(?: alternatif)?(?: (?:nécessaire|requis))?|"
    r"pas de texte alternatif(?: nécessaire)?|texte alternatif vide",
    "es": r"(?:(?:una?|la|esta|imagen|foto|elemento|fondo|es|puramente|solo) ){0,5}decorativ[oa]"
    r"(?: y no (?:necesita|requiere) texto alternativo)?|"
    r"sin texto alternativo|texto alternativo vacío",
    "it": r"(?:(?:una|l['’]|immagine|foto|elemento|sfondo|è|puramente) ?){0,4}decorativ[oa]|"
    r"nessun testo alternativo|testo alternativo vuoto",
    "pt": r"(?:(?:uma|a|esta|imagem|foto|elemento|fundo|é|puramente) ){0,5}decorativ[oa]|"
    r"sem texto alternativo",
    "nl": r"(?:(?:een|de|het|deze|dit|afbeelding|is|puur) ){0,4}"
    r"decoratie(?:f|ve (?:afbeelding|foto))|geen alt-?tekst(?: nodig)?",
    "pl": r"(?:obraz(?:ek)?|zdjęcie|grafika|element) dekoracyjn[yae]|brak tekstu alternatywnego",
    "ru": r"декоративн(?:ое|ый|ая) (?:изображение|элемент|картинка|фон)|"
    r"(?:нет альтернативного|альтернативный) текста?(?: не требуется)?",
    "ja": r"(?:単なる|純粋な)?装飾(?:用|的|のみ|用?の?画像|的な画像)(?:です)?|"
    r"(?:代替テキスト|altテキスト)(?:は|が)?(?:なし|不要)(?:です)?",
    "zh": r"(?:这是|這是)?(?:纯|純)?(?:装饰|裝飾)性(?:的)?(?:图片|图像|圖片|圖像|照片|元素|背景)?|"
    r"(?:装饰|裝飾)(?:图片|图像|圖片|圖像)|(?:纯|純)(?:装饰|裝飾)|[仅僅](?:供|作|用于|用於)(?:装饰|裝飾)|"
    r"(?:无需?|無需?|没有|沒有|不需要)(?:替代|代替)(?:文本|文字)",
}
_ASIDE = (
    r"empty|blank|leer|vide|vac[ií]o|vuoto|vazio|leeg|пусто|空|空白|空欄|無|无|"
    r"(?:no|without) (?:text|description)"
)
"""What means nothing if it stands in brackets."""


def _any_of(*tables: dict[str, str]) -> str:
    return "|".join(f"(?:{words})" for table in tables for words in table.values())


_BRACKETS = ("()", "[]", "<>", "（）", "［］")
_STOPS = ".!。！"
_NOTHING = re.compile(_any_of(_ABSENT, _UNKNOWN))
_NO_ALT_TEXT = re.compile(_any_of(_ABSENT, _NOT_NEEDED))
_NO_ALT_TEXT_ASIDE = re.compile(f"{_NO_ALT_TEXT.pattern}|{_ASIDE}")


def says_nothing(text: str) -> bool:
    """Whether a caption or a tag, unwrapped, only says that there is none: it has no letter or
    sign but punctuation, or is a word such as "null" or "unknown".
    """
    if len(text) > LONGEST:
        return False
    folded = _folded(text)
    if all(unicodedata.category(letter)[0] in "PZCM" for letter in folded):
        return True
    return _says(_NOTHING, _inner(folded) or folded)


def means_nothing(answer: str) -> bool:
    """Whether an answer only says that there need be no alt text."""
    if len(answer) > LONGEST:
        return False
    labelled = without_label(answer)
    # A label with nothing behind it says nothing at all, with empty quotation marks it does.
    if not labelled:
        return False
    folded = _folded(unwrapped(labelled))
    inner = _inner(folded)
    if inner is not None:
        return _says(_NO_ALT_TEXT_ASIDE, inner)
    return not folded or _says(_NO_ALT_TEXT, folded)


def _folded(text: str) -> str:
    return " ".join(text.lower().split())


def _inner(folded: str) -> str | None:
    """What is between brackets that are around all of a text."""
    if folded[:1] + folded[-1:] in _BRACKETS:
        return folded[1:-1].strip()
    return None


def _says(words: re.Pattern[str], folded: str) -> bool:
    return any(words.fullmatch(each) for each in (folded, folded.rstrip(_STOPS)))
