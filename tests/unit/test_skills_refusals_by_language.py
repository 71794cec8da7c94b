"""Refusals to describe a picture, and what the pictures themselves say, in eleven languages."""

import pytest

from services.skills.alt_refusals import REFUSED, refuses
from services.skills.alt_text import faults as alt_text_faults
from services.skills.captions import faults as caption_faults

REFUSALS = {
    "en": [
        "I'm sorry, I can't describe this image.", "I'm sorry, I can't describe this.",
        "I'm sorry, I can't describe…", "Sorry, I cannot describe it.",
        "I'm sorry, I can't help you.",
        "I can't see images of people.", "I'm unable to see photos of people's faces.",
        "I'm just an AI and cannot see people.", "As an AI, I can't see people in pictures.",
        "Sorry, I can't see the people in this picture.",
        "Unable to identify the person in this image.", "Unable to identify people.",
        "I can't identify the people in this image, but the sign says stop.",
    ],
    "de": [
        "Es tut mir leid, ich kann dieses Bild nicht beschreiben.",
        "Tut mir leid, aber ich kann das nicht beschreiben.",
        "Es tut mir leid, aber als KI kann ich keine Personen erkennen.",
        "Entschuldigung, das kann ich nicht beschreiben.",
        "Tut mir leid, damit kann ich nicht helfen.",
        "Tut mir leid, da kann ich nicht helfen.",
        "Leider kann ich die Personen auf dem Bild nicht sehen.",
        "Als KI kann ich keine Menschen sehen.",
    ],
    "fr": [
        "Je suis désolé, je ne peux pas décrire cette image.",
        "Désolée, mais je ne peux pas décrire cela.",
        "Désolé, en tant qu'IA, je ne peux pas voir de photos.",
        "Malheureusement, je ne suis pas en mesure de décrire cette photo.",
        "Je regrette, mais je ne peux pas décrire cette image.", "Je ne peux pas voir les images.",
        "Désolé, je ne peux pas vous aider.",
        "Désolé, je ne peux pas voir les personnes sur cette image.",
    ],
    "es": [
        "Lo siento, no puedo describir esta imagen.", "Lo siento, pero no puedo describir esto.",
        "Lo siento, pero como modelo de lenguaje no puedo ver fotos.",
        "Lamentablemente, no puedo ayudarte con esa solicitud.",
        "Me temo que no puedo describir esta imagen.", "No soy capaz de ver imágenes.",
        "Lo lamento, como modelo de IA no veo.",
        "Lo siento, no puedo ayudarte.",
    ],
    "zh": [
        "抱歉，我无法描述这张图片。", "对不起，我不能描述这张照片中的人。",
        "很抱歉，無法描述此圖片。",
        "抱歉，我无法描述。", "我很抱歉，我无法描述这张图片。",
    ],
    "ja": [
        "申し訳ありませんが、この画像を説明できません。",
        "申し訳ございません。画像の説明はできません。",
        "すみません、この写真の人物は特定できません。",
        "申し訳ありませんが、画像に何と書かれているか説明できません。",
        "残念ながら、画像を説明することはできません。", "この画像の説明はできません。",
        "ごめんなさい、この画像は説明できません。", "AIなので画像を見ることができません。",
    ],
    "pt": [
        "Desculpe, não posso descrever esta imagem.", "Desculpe, mas não posso ajudar com isso.",
        "Sinto muito, mas não consigo identificar as pessoas nesta imagem.",
        "Lamento, mas não posso ajudar com esse pedido.", "Não consigo ver a imagem.",
        "Infelizmente, não sou capaz de descrever pessoas.", "Não vejo nenhuma imagem.",
        "Peço desculpa, mas não tenho acesso à imagem.", "Me desculpe, não posso descrever isso.",
        "Como uma IA, não posso ver imagens.", "Desculpe, mas como modelo de linguagem não vejo.",
        "Sou apenas um modelo de linguagem e não posso ver.", "Nenhuma imagem foi fornecida.",
        "Não foi possível gerar o texto alternativo.", "Texto alternativo não disponível",
        "Não é possível descrever a imagem. Por favor, envie outra.", "A imagem não está visível.",
        "[Inserir texto alternativo aqui]", "Eu não posso descrever.",
        "Não tenho a capacidade de ver imagens.", "Desculpa, não posso ajudar-te com isso.",
        "Não há nenhuma imagem para descrever.",
        "Desculpe, não posso ajudar.",
        "Não é possível identificar as pessoas na imagem.", "Não posso ver imagens de pessoas.",
    ],
    "it": [
        "Mi dispiace, non posso descrivere questa immagine.",
        "Mi dispiace, ma non posso aiutarti con questa richiesta.",
        "Mi spiace, non sono in grado di identificare le persone.",
        "Spiacente, non posso aiutarti con questo.", "Non riesco a vedere l'immagine.",
        "Purtroppo non riesco a visualizzare la foto.", "Non vedo alcuna immagine.",
        "Non ho accesso all'immagine.", "Mi dispiace, non posso descriverla.",
        "Come intelligenza artificiale, non posso vedere immagini.",
        "Mi dispiace, ma in quanto modello linguistico non vedo.", "Come AI, non vedo immagini.",
        "Sono un'IA e non posso vedere.", "Nessuna immagine è stata fornita.",
        "Nessun'immagine allegata", "Impossibile generare un testo alternativo.",
        "L'immagine non è visibile.", "Testo alternativo non disponibile",
        "[Inserisci qui il testo alternativo]", "Non è stata fornita alcuna immagine.",
        "Mi dispiace, non posso aiutarti.",
        "Impossibile identificare le persone nella foto.", "Impossibile identificare le persone.",
    ],
    "nl": [
        "Het spijt me, maar ik kan deze afbeelding niet beschrijven.",
        "Sorry, ik kan je daar niet bij helpen.", "Sorry, daar kan ik niet bij helpen.",
        "Helaas kan ik de personen op deze foto niet identificeren.", "Ik zie geen afbeelding.",
        "Ik ben niet in staat om personen te herkennen.", "Ik kan dit niet beschrijven.",
        "Ik heb geen toegang tot de afbeelding.", "Als AI kan ik geen afbeeldingen zien.",
        "Het spijt me, maar als taalmodel kan ik niet kijken.", "Ik mag geen gezichten herkennen.",
        "Sorry, ik kan niet aan dit verzoek voldoen.", "Er is geen afbeelding bijgevoegd.",
        "Geen afbeelding geüpload. Upload er een.", "De afbeelding kon niet worden geladen.",
        "Geen alt-tekst beschikbaar", "Niet mogelijk om deze afbeelding te beschrijven.",
        "Er kon geen alternatieve tekst worden gegenereerd.", "[Alt-tekst hier invoegen]",
        "Het spijt mij, maar ik kan deze foto niet beschrijven.",
        "Sorry, ik kan u niet helpen.",
        "Niet mogelijk om personen op deze foto te herkennen.", "Als AI kan ik geen mensen zien.",
    ],
    "pl": [
        "Przepraszam, ale nie mogę opisać tego obrazu.", "Przykro mi, nie mogę w tym pomóc.",
        "Niestety nie jestem w stanie zidentyfikować osób na tym zdjęciu.",
        "Nie mogę Ci w tym pomóc.", "Przepraszam, nie mogę pomóc z tym zadaniem.",
        "Nie widzę obrazu.", "Nie widzę żadnego zdjęcia.", "Nie mam dostępu do obrazu.",
        "Przepraszam, nie potrafię rozpoznać twarzy.", "Niestety nie mogę tego opisać.",
        "Jako AI nie mogę oglądać zdjęć.", "Przykro mi, ale jako model językowy nie widzę.",
        "Jestem tylko modelem językowym i nie widzę.", "Nie przesłano żadnego obrazu.",
        "Zdjęcie nie zostało załączone.", "Nie udało się wygenerować tekstu alternatywnego.",
        "Nie można opisać obrazu. Proszę przesłać inny.", "Tekst alternatywny jest niedostępny",
        "[Wstaw tutaj tekst alternatywny]", "Jako model AI nie mogę zobaczyć obrazów.",
        "Przykro mi, nie mogę pomóc.",
        "Nie można zidentyfikować osób na zdjęciu.",
    ],
    "ru": [
        "Извините, я не могу описать это изображение.", "Извините, но я не могу помочь с этим.",
        "К сожалению, я не могу помочь с этим запросом.", "Простите, я не могу это описать.",
        "Мне очень жаль, но я не могу опознать или определить людей на этом фото.",
        "Прошу прощения, но я не в состоянии описать картинку.", "Я не вижу изображения.",
        "У меня нет доступа к изображению.", "Не могу распознать лица на снимке.",
        "Как ИИ, я не могу видеть изображения.", "Извините, но как языковая модель я не вижу.",
        "Я — языковая модель и не вижу картинок.", "Я всего лишь ИИ, я не вижу.",
        "Изображение не было предоставлено.", "Изображение не загружено.",
        "Не удалось создать альтернативный текст.", "Альтернативный текст недоступен",
        "Невозможно описать изображение. Пожалуйста, загрузите другое.",
        "[Вставьте альтернативный текст]", "Я являюсь языковой моделью и не вижу.",
        "Извините, я не могу комментировать внешность людей.",
        "Извините, я не могу вам помочь.",
        "Невозможно распознать людей на этом изображении.",
    ],
}  # fmt: skip
TRUE = {
    "en": [
        "I can't describe this feeling, says a poster", "I cannot describe it better, a quote",
        "A sign says: I can't help with that", "Sorry, no photos of people, says a notice",
        "I can't help but smile at this",
        "I can't help you, a chalkboard reads", "Unable to describe joy, a girl jumps",
        "Unable to see people through the fog", "Cannot see faces in the dark crowd",
        "Unable to recognize faces in the dark", "I can't see people eating, says a sign",
        "I can't describe people, a notice reads",
    ],
    "de": [
        "Ein Schild sagt: Dabei kann ich nicht helfen", "Es tut mir leid, steht auf einer Karte",
        "Ich kann nicht helfen, steht auf einem Zettel",
        "Tut mir leid, wir haben geschlossen", "Das kann ich nicht, sagt ein Kind im Comic",
        "Leider keine Parkplätze", "Als Kiosk dient ein alter Wagen, in dem ich kann lesen steht",
        "Ich kann nicht ohne dich", "Entschuldigung, besetzt",
        "Ich kann dein Gesicht nicht vergessen", "Ich kann Menschen nicht leiden, Graffito",
        "Ich kann die Menschen auf dem Foto nicht sehen",
        "Ich kann die Personen im Nebel nicht sehen",
        "Ich kann Menschen nicht helfen, steht auf einem Schild",
        "Ich kann dieses Bild nicht beschreiben, sagt ein Kind",
    ],
    "fr": [
        "Un panneau dit : je ne peux pas vous aider", "Désolé, complet ce soir",
        "Je ne peux pas vivre sans toi, graffiti", "Je ne décris pas, je peins, une citation",
        "Malheureusement fermé", "Aucune photo, dit une pancarte", "Je n'oublie pas",
        "Impossible de stationner", "Je ne peux pas aider, dit une pancarte",
        "Je ne peux pas oublier ton visage", "Je ne vois personne",
        "Impossible de voir les personnes sur la photo, trop de brouillard",
        "Je ne peux pas voir les visages dans la foule",
        "Je ne peux pas décrire cette image, dit une pancarte",
    ],
    "es": [
        "Un cartel dice: no puedo ayudar con eso", "Lo siento, no hay entradas",
        "No puedo más, grafiti en una pared", "No veo la hora de verte, una postal",
        "No se admiten perros", "Como una reina que no duerme, escultura de mármol",
        "No hay imagen sin luz, lema de una exposición", "No puedo olvidar a esa persona",
        "No puedo creer esta foto, un titular",
        "No puedo ayudar, dice un cartel",
        "No se puede ver la cara de la persona en la foto",
        "No puedo ver a las personas por la niebla",
        "Imposible ver a las personas de la foto por la niebla",
        "No puedo describir esta imagen, dice un cartel",
    ],
    "zh": [
        "牌子上写着：我无法帮助", "抱歉，本店今日休息", "对不起，请勿拍照",
        "无法描述的美，海报标题",
        "我不能停止想你", "作为礼物的一束花", "我看不到你，歌词海报",
        "无法看到雾中的人物", "无法看到远处人物", "我无法描述这张图片，牌子上写着",
    ],
    "ja": [
        "看板に「お手伝いできません」とある", "申し訳ありません、売り切れです",
        "すみません、故障中です",
        "写真を撮る人物", "説明書が置かれた机", "残念ながら閉店しました", "画像を編集する人",
        "画像が見えませんと書かれた看板", "この画像の説明はできません、と書かれた紙",
        "お手伝いできませんと書いてある札",
    ],
    "pt": [
        "Uma placa diz: não posso ajudar", "Uma placa diz: não posso ajudar com isso",
        "Desculpe, estamos fechados", "Desculpe o transtorno, estamos em obras",
        "Não posso viver sem você", "Não vejo a hora de te ver", "Não consigo dormir, grafite",
        "É proibido tirar fotos de pessoas", "Não é permitido fotografar", "Nenhuma imagem",
        "Não posso criar raízes, verso em um muro", "Como uma criança, o cão não quer sair",
        "Sou brasileiro e não desisto nunca", "Infelizmente fechado", "Lamento de um violeiro",
        "Impossível ver o mar daqui", "Não é possível estacionar", "Sem descrição",
        "Não posso descrever a alegria, diz um cartaz",
        "Não posso ajudar, diz um cartaz", "Pessoa que não posso ver atrás da cortina",
        "Não é possível ver as pessoas por causa da neblina",
        "Não posso ver pessoas comendo, diz a placa", "Impossível identificar pessoas na neblina",
        "Não posso descrever pessoas, diz a placa",
    ],
    "it": [
        "Un cartello dice: non posso aiutarti", "Un cartello dice: non posso aiutarti con questo",
        "Mi dispiace, siamo chiusi", "Non posso vivere senza te", "Non vedo l'ora di vederti",
        "Non posso credere a questa foto, una scritta", "Come ai vecchi tempi, la gente non corre",
        "Come una statua, il gatto non si muove", "Vietato fare foto alle persone",
        "Nessuna immagine", "Impossibile parcheggiare", "Sono una donna, non sono una santa",
        "Purtroppo esaurito", "Scusa se ti chiamo amore, locandina", "Descrizione del percorso",
        "Non è possibile fotografare",
        "Non posso aiutare, dice un cartello", "Non posso descrivere la gioia, dice un poster",
        "Impossibile vedere le persone a causa della nebbia",
        "Impossibile riconoscere le persone nella nebbia",
        "Non riesco a vedere le persone nella nebbia",
        "Non posso descrivere le persone, dice un cartello",
    ],
    "nl": [
        "Een bord zegt: ik kan je niet helpen", "Een bord zegt: ik kan u daar niet bij helpen",
        "Sorry, we zijn gesloten", "Ik kan niet zonder jou", "Ik zie geen mensen op het strand",
        "Ik kan niet helpen, zegt een bord",
        "Helaas geen parkeerplaats", "Het spijt me, staat op een kaart", "Geen afbeelding",
        "Als een kat die niet wil slapen", "Ik ben een Berlijner, niet van hier",
        "Geen foto's maken", "De foto is niet zichtbaar achter het gordijn",
        "Ik kan geen brood meer zien", "Onmogelijk om hier te parkeren", "Geen beschrijving",
        "Ik kan dit gevoel niet beschrijven zonder muziek",
        "Ik kan de mensen op de foto niet zien", "Onmogelijk om personen in de mist te herkennen",
        "Niet mogelijk om personen op de foto te zien",
        "Ik kan deze foto niet beschrijven, staat op een bord",
    ],
    "pl": [
        "Tabliczka głosi: nie mogę pomóc", "Tabliczka głosi: nie mogę w tym pomóc",
        "Przepraszam, zamknięte", "Przepraszamy za utrudnienia", "Nie mogę bez ciebie żyć",
        "Niestety brak miejsc", "Nie widzę morza", "Nie można robić zdjęć", "Brak obrazu",
        "Jako dziecko nie lubiłem szpinaku", "Jestem tylko człowiekiem, nie aniołem",
        "Zdjęcie nie jest widoczne zza zasłony", "Nie można tu parkować",
        "Nie mogę opisać tego uczucia", "Opis trasy na tablicy",
        "Nie mogę pomóc, głosi napis", "Nie mogę na to patrzeć",
        "Nie można zobaczyć osób przez mgłę", "Nie można rozpoznać osób we mgle",
        "Nie mogę zobaczyć ludzi we mgle", "Nie mogę opisać tego obrazu, głosi napis",
    ],
    "ru": [
        "На табличке написано: не могу помочь", "Табличка гласит: я не могу с этим помочь",
        "Извините, мы закрыты", "Извините за неудобства", "Я не могу жить без тебя",
        "К сожалению, мест нет", "Я не вижу моря", "Фотографировать людей запрещено",
        "Как и весной, цветы не вянут", "Я не ангел, надпись на футболке", "Нет изображения",
        "Не удалось найти вход", "Невозможно забыть это лето", "Описание маршрута на доске",
        "Не могу помочь, гласит вывеска",
        "Я не могу описать это чувство", "Простите меня, надпись на стене",
        "Не удалось увидеть людей из-за тумана", "Невозможно распознать людей в тумане",
        "Не могу увидеть людей в тумане", "Я не могу описать это изображение, гласит вывеска",
    ],
}  # fmt: skip


def rows(table: dict[str, list[str]]) -> list[str]:
    return [text for texts in table.values() for text in texts]


@pytest.mark.parametrize("text", rows(REFUSALS))
def test_a_refusal_is_no_caption_and_no_alt_text(text: str) -> None:
    assert REFUSED in caption_faults(text, "a.png")
    assert REFUSED in alt_text_faults(text, "a.png")
    assert refuses(text.upper())


@pytest.mark.parametrize("text", rows(TRUE))
def test_what_a_picture_shows_or_says_is_no_refusal(text: str) -> None:
    assert caption_faults(text, "a.png") == []
    assert not refuses(text)


def test_each_language_has_texts_that_pass_unharmed() -> None:
    assert REFUSALS.keys() == TRUE.keys()
    assert all(len(texts) >= 6 for texts in TRUE.values())
