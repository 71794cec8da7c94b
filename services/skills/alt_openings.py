"""How texts begin or end that say that a picture is a picture, by language.

Not all ways to say so, but those that models use. What is written is folded to lower case before.
"""

import re

from services.skills.wrapping import unwrapped

LOOKED_AT = 1000
"""Characters of a text that are looked at."""
_PASSES = 8
"""How often a text may say that it is a picture: "Alt text: Image of a photo of a cat"."""
# Any other word before "photo of" may hold the photo: "woman holding photo of a child".
_KINDS = {
    "en": r"(?:(?:black[ -]and[ -]white|close[ -]up|high[ -]resolution|aerial|stock|digital|"
    r"decorative|colou?r(?:ful)?|old|vintage|historical|blurry|blurred|grainy|detailed|sepia|"
    r"monochrome),? ){0,3}",
    "de": r"(?:(?:schwarz-?wei(?:ß|ss)(?:e|es)?|alte|altes|farbige|farbiges|unscharfe|unscharfes|"
    r"digitale|digitales|historische|historisches),? ){0,3}",
}
_ALT_TEXT = (
    r"(?:alt(?:ernative?)?(?:[ -]?text)?|texte alternatif|texto alternativo|testo alternativo|"
    r"alt-?tekst|tekst alternatywny|альтернативный текст|代替テキスト|替代文本|替代文字)"
    r"(?: \([^()]{1,20}\))?"
)
_OPENINGS = {
    "label": rf"(?:{_ALT_TEXT}|(?:image |picture |photo )?(?:description|caption)|"
    r"(?:bild)?beschreibung|légende|descripción|image|picture|photo|bild|foto|imagen|imagem|immagine|"
    r"afbeelding|zdjęcie|изображение|фото|画像|写真|图片|图像|照片|圖片) ?[:：]",
    "en": r"in (?:this|the) (?:image|picture|photo|photograph)(?:,(?: there (?:is|are)| we see)?| "
    r"there (?:is|are)| (?:we|you) (?:can )?see)(?!\w)|"
    rf"(?:this (?:is )?|the |it is )?(?:an? )?{_KINDS['en']}"
    r"(?:image|picture|photo|photograph|pic|snapshot|graphic) "
    r"(?:of|showing|shows|depicting|depicts|displaying|displays|featuring|features|"
    r"captures|capturing|portrays|portraying|illustrates|illustrating|"
    r"that shows|which shows)\b(?! the (?:day|week|month|year|decade|century)\b)",
    "de": r"auf (?:dem|diesem|der) (?:bild|foto) (?:ist|sind|sieht man)\b|"
    rf"(?:(?:dieses|das|ein|diese|die|eine) )?{_KINDS['de']}"
    r"(?:bild|foto|fotografie|aufnahme|abbildung|grafik) "
    r"(?:von|vom|zeigt|eines|einer)\b",
    "fr": r"(?:(?:une|cette|la) |l['’])?"
    r"(?:image|photo|photographie) (?:de la |de l['’]|d['’]|"
    r"(?:de|du|des|montrant|montre|représentant|représente)\b)",
    "es": r"(?:(?:una|la|esta) )?(?:imagen|foto|fotografía) "
    r"(?:de|del|que muestra|muestra|mostrando)\b",
    "it": r"(?:(?:una|la|questa) |(?:un|l|quest)['’])?"
    r"(?:immagine|foto|fotografia) (?:dell['’]|"
    r"(?:di|del|della|dello|dei|delle|degli|che mostra|mostra|raffigurante)\b)",
    "pt": r"(?:(?:uma|a|esta) )?(?:imagem|foto|fotografia) "
    r"(?:de|do|da|dos|das|que mostra|mostra|mostrando)\b",
    "nl": r"(?:(?:een|de|deze|dit|het) )?(?:afbeelding|foto|plaatje) "
    r"(?:van|toont|waarop)\b",
    "pl": r"(?:to )?(?:zdjęcie|obraz|obrazek|fotografia|grafika) "
    r"(?:przedstawiając\w+|przedstawia|pokazując\w+|pokazuje|ukazując\w+)\b|"
    r"na (?:zdjęciu|obrazie|obrazku) (?:jest|widać|znajduje się)\b",
    # Only before what ends as a genitive: a picture may also hang on a wall.
    "ru": r"(?:это )?(?:изображение|фото|фотография|картинка|снимок)"
    r"(?= \w+(?:[^влн]а|[ое]го|[ыиу]х|[ое]в)\b)|"
    r"на (?:этом |этой )?(?:изображении|фото|фотографии|картинке|снимке)\b"
    r"(?: (?:изображ[её]н\w*|показан\w*|видно))?",
    "ja": r"(?:(?:この|これは)(?:画像|写真|イメージ)は|画像は|"
    r"(?:この)?(?:画像|写真|イメージ)(?:には|では|に(?=写)))[、,]?",
    "zh": r"(?:一[张幅張])(?=.*的(?:图片|照片|图像|圖片|圖像)[。.]?$)|"
    r"(?:这|這|该|該)?[张幅張]?(?:图片|照片|图像|圖片|圖像)"
    r"(?:(?:中|里|裡|上)?(?:显示|展示(?!在)|顯示|描绘|描繪|是|为|為)了?|[中里裡])|图[中为]|圖[中為]",
}
_CLOSINGS = {
    "ja": r"の(?:画像|写真|イメージ)(?:です)?[。.]?",
    "zh": r"的(?:图片|照片|图像|圖片|圖像)[。.]?",
}
_SHOWN = {
    "en": r"held (?:by|up|in)|in (?:(?:his|her|their|a|the|someone's) )(?:\w+ )?(?:hands?|frame)|"
    r"(?<!ing )on (?:the|a|an) (?:\w+ )?(?:wall|billboard|mantel\w*)|framed|"
    r"(?:hanging|hung|pinned|taped|mounted|displayed|printed) (?:on|to|in|at|over)",
    "de": r"gehalten|in (?:der|den|seiner|ihrer) (?:hand|händen)|an (?:der|einer) (?:\w+ )?wand|"
    r"(?:im|in einem) (?:\w+ )?rahmen|gerahmt",
    "fr": r"tenue? par|au mur|sur (?:le|un) mur|dans un (?:\w+ )?cadre|encadrée?",
    "es": r"sostenid[oa]s? por|en (?:la|una) pared|en un marco|enmarcad[oa]",
    "it": r"tenut[oa] da|(?:alla|sulla|su una) parete|(?:al|sul) muro|in una cornice|"
    r"incorniciat[oa]",
    "pt": r"segurad[oa] por|(?:na|numa|em uma) (?:parede|moldura)|emoldurad[oa]",
    "nl": r"aan (?:de|een) muur|in een lijst|ingelijst",
    "pl": r"na ścianie|w ram(?:ce|ie)",
    "ru": r"на стене|в рамке|в руках",
}
"""What says of a picture that it is itself a thing in the picture."""
_SHOWN_TOGETHER = r"壁に(?:掛|か|飾|貼)|額に|額縁|[挂掛]在|相框|手に持|手里|手裡"
_CLEAR = re.compile(
    r"[:：]|\b(?:this|it is|show|depict|display|featur|captur|portray|illustrat|in the|"
    r"zeig|dieses|auf |montr|représent|cette|muestra|mostra|esta|questa|raffigur|toont|waarop|deze|"
    r"przedst|pokaz|ukaz|to |на |это)|"
    r"この|これ|には|では|は|[显顯展描][示绘繪]|[这這该該是为為]"
)
"""What only an opening has that speaks of the picture as a whole."""
_NOTHING_ELSE = (
    r"(?:(?:an?|the|ein|das|une|una|la|uma) )?(?:image|picture|photo|photograph|graphic|bild|foto|"
    r"imagen|imagem|immagine|afbeelding|zdjęcie|изображение|фото|画像|写真|图片|照片|圖片|"
    r"alt(?:ernative)?[ -]?text)[。.]?"
)
_SEPARATORS = " :：,、-–—"
_OPENING = re.compile("|".join(f"(?:{each})" for each in _OPENINGS.values()))
_CLOSING = re.compile(f"(?:{'|'.join(_CLOSINGS.values())})$")
_AS_A_THING = re.compile(rf"\b(?:{'|'.join(_SHOWN.values())})\b|{_SHOWN_TOGETHER}")
_LABEL = re.compile(_OPENINGS["label"], re.IGNORECASE)
_ALONE = re.compile(_NOTHING_ELSE)


def says_picture(text: str) -> bool:
    """Whether a text says that it stands for a picture, or may say so."""
    return _stripped_once(text) != text or _is_alone(text)


def may_be_shown(text: str) -> bool:
    """Whether a text may speak of a picture that is a thing in the picture: it hangs on a wall."""
    lower = text.lower()
    opening = _OPENING.match(lower)
    if opening and _CLEAR.search(opening[0]):
        return False
    return _AS_A_THING.search(lower[:LOOKED_AT]) is not None


def without_picture(text: str) -> str:
    """The text without saying so, beginning with a capital letter where it was cut."""
    rest = text
    for _ in range(_PASSES):
        if may_be_shown(rest) or (shorter := unwrapped(_stripped_once(rest))) == rest:
            break
        rest = shorter
    if rest == text or not rest:
        return rest
    return rest[0].upper() + rest[1:]


def without_label(text: str) -> str:
    """The text without what it says that it is, such as "Alt text:"."""
    found = _LABEL.match(text)
    return text[found.end() :].lstrip() if found else text


def _is_alone(text: str) -> bool:
    return _ALONE.fullmatch(text.lower()) is not None


def _stripped_once(text: str) -> str:
    # Lower-casing a few letters makes two of one; then places in the two texts differ.
    lower = text.lower()
    if len(lower) != len(text):
        return text
    opening, closing = _OPENING.match(lower), _CLOSING.search(lower)
    start = opening.end() if opening else 0
    end = closing.start() if closing and closing.start() >= start else len(text)
    rest = text[start:end]
    return rest.lstrip(_SEPARATORS) if opening else rest
