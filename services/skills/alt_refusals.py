"""How models say that they do not describe a picture, by language.

Signs and posters say sorry, too. So only those sentences count that a text begins with, and that
are about the picture, who is in it, or what was asked for.
"""

import re

from services.skills.alt_openings import without_label
from services.skills.alt_refusal_words import END, SENTENCE, WORDS

REFUSED = "it does not describe the picture"
_LOOKED_AT = 400
"""Characters of a text that are looked at."""
_EN_IMAGE = r"(?:image|picture|photo|photograph|attachment|file)s?"
_EN_TEXT = r"(?:alt(?:ernative)?[ -]?text|description|caption)s?"
_EN_VERB = (
    r"(?:see|view|access|open|load|display|process|analy[sz]e|identify|recogni[sz]e|describe|"
    rf"help(?= (?:you )?(?:with|to)\b|(?: you)?{END})|"
    r"assist|generate|provide(?! for\b)|create|write|produce|determine|fulfil+|complete|comment)"
)
_EN_PEOPLE = r"(?:persons?|people|individuals?|faces?)"
_EN_THING = (
    rf"(?:{_EN_IMAGE}|{_EN_TEXT}|requests?|identity|"
    rf"(?:help|assist)(?: you)? with (?:that|this|it)|"
    rf"(?:(?:help|assist)(?: you)?|describe(?: this| that| it)?){END})"
)
_EN_SORRY = (
    rf"(?:(?:i'm|i am|we're) (?:very |so |really )?sorry|(?:my )?apologies|i apologi[sz]e|sorry|"
    rf"unfortunately)(?: for {SENTENCE}{{0,40}}?)?[,.!;:–—-]{{0,2}} ?(?:but )?"
)
_EN_NOT = (
    r"i(?: cannot| can't| can not| could not| couldn't| won't| will not|'m unable to|"
    r" am unable to|'m not able to| am not able to| do not| don't)"
)
_EN_AS_MODEL = (
    r"as an? (?:ai|artificial intelligence|(?:large |text-based )?language model)\b"
    rf"{SENTENCE}{{0,60}}\bi(?:'m| am| cannot| can't| do| don't)\b|"
    r"i(?:'m| am) (?:just |only )?an? (?:ai|(?:large |text-based )?language model)\b"
    rf"{SENTENCE}{{0,60}}\b(?:cannot|can't|unable|not|don't)\b"
)
_FIRST_PERSON = {
    **{tag: words.first_person for tag, words in WORDS.items()},
    "en": rf"(?:{_EN_SORRY})?{_EN_NOT} (?:\w+ )?(?={_EN_VERB}\b|have)"
    rf"(?={SENTENCE}{{0,100}}\b(?:{_EN_THING}|{_EN_PEOPLE})\b)|"
    rf"{_EN_AS_MODEL}|"
    rf"please (?:provide|upload|attach|share|send|resend) {SENTENCE}{{0,40}}{_EN_IMAGE}"
    rf"{SENTENCE}{{0,20}} so (?:that )?i can\b",
    "zh": r"(?:我?(?:很|非常)?(?:抱歉|对不起|對不起|遗憾|遺憾))?[,，。! ]?(?:但)?"
    r"我(?:无法|無法|不能|没有?办法|沒有?辦法|看不到|看不见|看不見|没有看到|沒有看到)"
    r"(?=[^。!！?？\n]{0,40}(?:图|圖|照片|人物|身份|描述|替代文))|"
    r"(?:(?:很|非常)?(?:抱歉|对不起|對不起))[,，。! ]?(?:但)?我?(?:无法|無法|不能)"
    r"(?=[^。!！?？\n]{0,40}(?:图|圖|人物|身份|描述|替代文|请求|請求|"
    r"提供帮助|提供幫助|协助|協助))|"
    r"作[为為](?:一[个個名])?(?:ai|人工智[能慧]|语言模型|語言模型)[^。\n]{0,20}我",
    # A shop says sorry that no photograph may be taken.
    "ja": r"(?:(?:大変)?(?:申し訳(?:あり|ござい)ません|すみません|ごめんなさい|恐れ入ります)|"
    r"残念ながら)が?[、。,]?(?=[^\n]{0,60}(?:画像|写真(?!撮影)|人物|個人|説明|代替テキスト|お手伝い|リクエスト))"
    r"[^\n]{0,60}(?:できません|できかねます|しかねます|見えません|られません|いません)|"
    r"(?:私は)?(?:この|その)?(?:画像|写真)(?:の人物)?[をがは]"
    r"(?:直接)?(?:見ること(?:は|が)でき|見え|確認でき|表示でき|認識でき|閲覧でき|特定でき|説明でき|"
    r"提供されてい|添付されてい)(?:ません|ないようです)|(?:この)?画像の説明はできません|お手伝い(?:は)?できません|"
    r"ai(?:として|なので|である私は)[、,]?[^。\n]{0,60}ません",
}
_EN_MADE = (
    r"(?:provided|attached|found|uploaded|supplied|given|included|received|visible|loaded|"
    r"accessible|displayed|processed|opened|seen|viewed|analy[sz]ed|described|identified|shared)"
)
_ALONE = {
    **{tag: words.alone for tag, words in WORDS.items()},
    "en": rf"(?:{_EN_SORRY})?(?:(?:unable to|cannot|can't|could not|failed to|not able to) "
    rf"{_EN_VERB} {SENTENCE}{{0,60}}?\b(?:{_EN_THING}\b{SENTENCE}{{0,40}}|{_EN_PEOPLE}\b)|"
    # "No image available" is what stands in place of pictures, in pictures of pages.
    rf"(?:it (?:seems|looks like|appears)(?: that)? )?(?:there (?:is|was) )?no {_EN_IMAGE} "
    rf"(?:to describe|(?:(?:was|is|were|has been) )?"
    rf"{_EN_MADE})(?: (?:to me|here|to describe|with your \w+))?|"
    rf"(?:the|your) {_EN_IMAGE} (?:is not|isn't|was not|wasn't|could not be|couldn't be|cannot be|"
    rf"can't be|has not been) {_EN_MADE}|"
    rf"no {_EN_TEXT} (?:(?:is|was|could be) )?"
    r"(?:available|provided|found|possible|generated|given)|"
    rf"{_EN_TEXT} (?:is )?(?:not available|unavailable)(?: for this {_EN_IMAGE})?)",
    "hole": rf"(?:please )?(?:insert|add|enter|your|write|put) (?:(?:the|an?|your|image|short) )"
    rf"{{0,2}}(?:{_EN_TEXT} (?:goes )?here|alt(?:ernative)?[ -]?text)|"
    r"[\[<{(]{1,2} ?(?:insert|add|enter|your|write|put) (?:(?:the|an?|your|image|short) )"
    rf"{{0,2}}{_EN_TEXT}(?: (?:goes )?here)?(?: (?:of|for) (?:the|this|your) {_EN_IMAGE})?"
    r" ?[\]>})]{0,2}|"
    rf"[\[<{{(]{{1,2}} ?(?:image )?{_EN_TEXT}(?: (?:goes )?here)? ?[\]>}})]{{1,2}}|"
    r"[\[【（](?:在此|请|請)?(?:插入|输入|輸入)替代文[本字](?:在此)?[\]】）]|"
    r"[\[【（](?:ここに)?代替テキスト(?:を(?:ここに)?(?:挿入|入力))?[\]】）]",
    "zh": r"(?:无法|無法|不能)(?:生成|提供|识别|識別|查看|描述|显示|顯示|处理|處理|看到)"
    r"[^。\n]{0,20}(?:图片|图像|圖片|圖像|照片|替代文[本字]|描述|人物)[^。\n]{0,15}|"
    r"(?:您|你)?(?:未|没有|沒有|尚未)(?:提供|上传|上傳|附上)(?:任何)?(?:图片|图像|圖片|圖像|照片)|"
    r"(?:图片|图像|圖片|圖像)(?:未提供|无法显示|無法顯示|无法查看|無法查看)|"
    r"(?:没有|沒有|无|無)可用的替代文[本字]",
    "ja": r"(?:代替テキスト|説明文?|キャプション|この画像|画像の人物)[をはが][^。\n]{0,15}"
    r"(?:できません|ありません|られません)(?:でした)?",
}
_DOTS = r"[.。…,·_* ]+"
_REFUSAL = re.compile("|".join(f"(?:{each})" for each in _FIRST_PERSON.values()))
_REFUSAL_ALONE = re.compile(
    # What follows asks for the picture, or says sorry.
    rf"{_DOTS}|(?:{'|'.join(f'(?:{each})' for each in _ALONE.values())})[.!。！]?"
    r"(?: ?(?:please|bitte|veuillez|por favor|per favore|upload|proszę|пожалуйста|请|請|"
    r"i |sorry|ich |je |ik |я |我)[^\n]*)?"
)
_SAYS = (
    r"(?:says|said|reads|sagt|lautet|verkündet|heißt es|steht (?:auf|an|in|über|da|dort)|"
    r"dit|indique|affiche|proclame|peut-on lire|lit-on|dice|reza|anuncia|se lee|recita|si legge|"
    r"c'è scritto|diz|lê-se|está escrito|zegt|meldt|luidt|staat (?:op|er|in|boven)|"
    r"głosi|mówi|napisano|czytamy|гласит|говорит|написано|сообщает)"
)
_REPORTED = re.compile(
    rf"{SENTENCE}*(?:[,;:–—-][\"'”“»]? ?"
    rf"(?:{_SAYS}\b|(?:an?|the) (?:\w+ ){{1,2}}(?:says|reads)[.!]?$)|"
    r"[,，][^,，。\n]{0,12}(?:写着|寫著|寫着|写道|寫道)|"
    r"ません[」』。、]{0,2}(?:と|って)(?:書かれ|書いて|記され|言って))"
)
"""A refusal that a sign or a person in the picture gives."""
_SEES_PEOPLE = re.compile(
    rf"(?!{_EN_SORRY}|{_EN_AS_MODEL}|"
    rf"(?:{'|'.join(f'{words.sorry}|{words.as_model}' for words in WORDS.values())})\b)"
    rf"{SENTENCE}{{0,40}}?\b(?:see (?:\w{{1,4}} ){{0,2}}{_EN_PEOPLE}|"
    rf"{'|'.join(words.sees_people for words in WORDS.values())})\b|"
    r"[无無]法看[到见見清][^。！？\n]{0,8}人物"
)
"""That people cannot be seen, unless the model says sorry or what it is."""


def refuses(text: str) -> bool:
    """Whether a text says that its model does not describe the picture, instead of doing so."""
    folded = " ".join(without_label(text[:_LOOKED_AT]).lower().replace("’", "'").split())
    if _REPORTED.match(folded) or _SEES_PEOPLE.match(folded):
        return False
    return _REFUSAL.match(folded) is not None or _REFUSAL_ALONE.fullmatch(folded) is not None
