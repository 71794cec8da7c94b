"""How models say in words that a picture needs no alt text, by language.

Only as the whole answer: "None of the chairs is occupied" and "Decorative tiles on a wall" say what
is there. So may a word alone, "Empty" or "Decoration", "空" for the sky: such words are left out.
"""

import re

from services.skills.alt_openings import without_label
from services.skills.wrapping import unwrapped

LONGEST = 80
"""Characters of such an answer."""
_WORDS = {
    "code": r"null|nil|undefined|n ?/ ?a|n\. ?a\.?",
    "en": r"(?:(?:an?|the|this|it|it['’]s|is|image|picture|photo|purely|merely|only|just) ){0,4}"
    r"decorative(?: (?:only|image|picture|photo|graphic|illustration|element|background|"
    r"border|divider))?(?:[,;.:]?(?: and| so)?(?: it)?(?:"
    r" no (?:alt(?:ernative)?[ -]?)?text (?:is )?(?:needed|required)|"
    r" (?:(?:needs|requires) no|(?:does not|doesn['’]t) (?:need|require)(?: any| an)?) "
    r"alt(?:ernative)?[ -]?text|"
    r" (?:the |its )?alt(?:ernative)?[ -]?text (?:should|can|must) be (?:left )?empty))?|"
    r"(?:purely |only |just )?for decorati(?:on|ve purposes)(?: only)?|none|not applicable|"
    r"no alt(?:ernative)?[ -]?text(?: (?:is )?(?:needed|required|necessary))?|"
    r"(?:alt(?:ernative)?[ -]?text|description) (?:is )?not (?:needed|required|necessary)|"
    r"no (?:text|description) (?:is )?(?:needed|required|necessary)|"
    r"(?:an? )?empty (?:string|alt(?:[ -]?text|[ -]attribute)?)",
    "de": r"(?:(?:das|dieses|die|diese|ein|eine|bild|grafik|ist|rein|nur) ){0,4}dekorativ"
    r"(?:,? und (?:braucht|benötigt|erfordert) keinen alt(?:ernativ)?-?text)?|"
    r"(?:(?:ein|eine|rein|nur) ){0,2}dekorative[sr]? (?:bild|foto|grafik|element|hintergrund)|"
    r"(?:nur|rein) (?:zur )?(?:dekoration|zierde)|schmuck(?:bild|grafik)|"
    r"kein alt(?:ernativ)?-?text(?: (?:nötig|erforderlich|notwendig))?|keine?[rs]?|entfällt|"
    r"nicht (?:zutreffend|nötig|erforderlich)|k\. ?a\.?|keine angabe|"
    r"(?:eine? )?leere?[rs]? (?:string|zeichenkette|alt(?:ernativ)?-?text)",
    "fr": r"(?:(?:une?|l['’]|cette|image|photo|élément|fond|est|purement) ?){0,4}décorati(?:f|ve)"
    r"(?: et (?:ne nécessite pas|n['’]a pas besoin) de texte alternatif)?|"
    r"aucun(?:e)?(?: texte(?: alternatif)?(?: (?:nécessaire|requis))?)?|chaîne vide|sans objet|"
    r"pas de texte alternatif(?: nécessaire)?|texte alternatif vide",
    "es": r"(?:(?:una?|la|esta|imagen|foto|elemento|fondo|es|puramente|solo) ){0,5}decorativ[oa]"
    r"(?: y no (?:necesita|requiere) texto alternativo)?|"
    r"ningun[oa]|sin texto alternativo|no aplica|no procede|cadena vacía|texto alternativo vacío",
    "it": r"(?:(?:una|l['’]|immagine|foto|elemento|sfondo|è|puramente) ?){0,4}decorativ[oa]|"
    r"nessuno|nessun testo alternativo|non applicabile|stringa vuota|testo alternativo vuoto",
    "pt": r"(?:(?:uma|a|esta|imagem|foto|elemento|fundo|é|puramente) ){0,5}decorativ[oa]|"
    r"nenhuma?|sem texto alternativo|não (?:se aplica|aplicável)|(?:string|cadeia) vazia",
    "nl": r"(?:(?:een|de|het|deze|dit|afbeelding|is|puur) ){0,4}"
    r"decoratie(?:f|ve (?:afbeelding|foto))|"
    r"geen(?: alt-?tekst(?: nodig)?)?|n\.v\.t\.?|niet van toepassing|lege (?:string|tekenreeks)",
    "pl": r"(?:obraz(?:ek)?|zdjęcie|grafika|element) dekoracyjn[yae]|"
    r"brak(?: tekstu alternatywnego)?|"
    r"nie dotyczy|pusty (?:ciąg|łańcuch)(?: znaków)?",
    "ru": r"декоративн(?:ое|ый|ая) (?:изображение|элемент|картинка|фон)|н/д|неприменимо|"
    r"(?:нет альтернативного|альтернативный) текста?(?: не требуется)?|пустая строка",
    # A pear, なし, is written 梨 or ナシ.
    "ja": r"(?:単なる|純粋な)?装飾(?:用|的|のみ|用?の?画像|的な画像)(?:です)?|なし|"
    r"該当なし|(?:代替テキスト|altテキスト)(?:は|が)?(?:なし|不要)(?:です)?|空文字列?",
    # 無 alone hangs on walls, written with a brush.
    "zh": r"(?:这是|這是)?(?:纯|純)?(?:装饰|裝飾)性(?:的)?(?:图片|图像|圖片|圖像|照片|元素|背景)?|"
    r"(?:装饰|裝飾)(?:图片|图像|圖片|圖像)|(?:纯|純)(?:装饰|裝飾)|[仅僅](?:供|作|用于|用於)(?:装饰|裝飾)|"
    r"无|不适用|不適用|空字符串|空字串|"
    r"(?:无需?|無需?|没有|沒有|不需要)(?:替代|代替)(?:文本|文字)",
}
_ASIDE = (
    r"empty|blank|leer|vide|vac[ií]o|vuoto|vazio|leeg|пусто|空|空白|空欄|無|无|"
    r"(?:no|without) (?:text|description)"
)
"""What means nothing if it stands in brackets."""
_NOTHING = re.compile("|".join(f"(?:{each})" for each in _WORDS.values()))
_NOTHING_ASIDE = re.compile(f"{_NOTHING.pattern}|{_ASIDE}")
_BRACKETS = ("()", "[]", "<>", "（）", "［］")
_STOPS = ".!。！"


def means_nothing(answer: str) -> bool:
    """Whether an answer only says that there need be no text."""
    if len(answer) > LONGEST:
        return False
    labelled = without_label(answer)
    # A label with nothing behind it says nothing at all, with empty quotation marks it does.
    if not labelled:
        return False
    text = unwrapped(labelled)
    folded = " ".join(text.lower().split())
    if any(folded[:1] + folded[-1:] == brackets for brackets in _BRACKETS):
        return _says(_NOTHING_ASIDE, folded[1:-1].strip())
    return not folded or _says(_NOTHING, folded)


def _says(words: re.Pattern[str], folded: str) -> bool:
    return any(words.fullmatch(each) for each in (folded, folded.rstrip(_STOPS)))
