"""Answers in which a model says that it does not describe the picture."""

import pytest

from services.skills.alt_refusals import refuses
from services.skills.alt_text import faults


@pytest.mark.parametrize(
    "text",
    [
        "I'm sorry, but I can't help with identifying people in this picture.",
        "I’m sorry, but I can’t help with identifying people in this picture.",
        "I cannot see the image. Please provide it.", "I can't identify the person in this image.",
        "Unable to generate alt text for this image.", "No image was provided.",
        "No image provided. Please upload one.", "There is no image to describe.",
        "No alt text available.", "No description available", "Alt text not available",
        "[Insert alt text here]", "Insert alt text here", "[alt text]", "<your description here>",
        ".", "...", "。", "As an AI, I cannot see pictures.",
        "As a language model, I don't have eyes.",
        "I'm just an AI and cannot view images.", "I'm unable to view images.",
        "Sorry, I can't assist with that request.", "I'm sorry, I can't help with that.",
        "I apologize, but I am not able to recognize faces.", "I don't see an image attached.",
        "Unfortunately, I cannot provide a description.", "I do not have access to the picture.",
        "The image could not be loaded.", "Sorry, the image is not visible.",
        "Please upload the image so that I can describe it.",
        "It seems that no image was attached.", "I can't help with that.",
        "Ich bin nicht in der Lage, Personen zu identifizieren.",
        "Tut mir leid, dabei kann ich nicht helfen.",
        "Es konnte kein Alternativtext erstellt werden.",
        "对不起，我无法提供帮助。", "抱歉，我无法协助处理此请求。", "お手伝いできません。",
        "画像が添付されていないようです。", "Je n'ai pas accès à l'image.",
        "Es tut mir leid, aber ich kann die Person auf diesem Bild nicht identifizieren.",
        "Ich kann das Bild nicht sehen. Bitte laden Sie es hoch.", "Ich sehe kein Bild.",
        "Leider kann ich keine Personen identifizieren.", "Es wurde kein Bild bereitgestellt.",
        "Als KI kann ich keine Bilder sehen.", "Kein Alternativtext verfügbar.",
        "Das Bild konnte nicht geladen werden.", "[Alternativtext hier einfügen]",
        "Je suis désolé, mais je ne peux pas identifier les personnes sur cette image.",
        "Désolé, je ne peux pas vous aider avec cette demande.", "Je ne vois pas d'image.",
        "Aucune image n'a été fournie.", "Impossible de générer un texte alternatif.",
        "En tant qu'IA, je ne peux pas voir.", "Aucun texte alternatif disponible",
        "Lo siento, pero no puedo identificar a las personas de esta imagen.",
        "No puedo ver la imagen.", "No se ha proporcionado ninguna imagen.",
        "No se pudo generar el texto alternativo.", "Texto alternativo no disponible",
        "Como IA, no puedo ver imágenes.", "[Insertar texto alternativo aquí]",
        "抱歉，我无法识别图片中的人物。", "我看不到图片。请提供图片。", "很抱歉,我無法查看圖片。",
        "无法生成替代文本", "未提供图片。", "作为AI，我无法看到图片", "[在此插入替代文本]",
        "申し訳ありませんが、この画像の人物を特定することはできません。", "画像が見えません。",
        "画像が提供されていません。", "代替テキストを生成できませんでした。",
        "AIとして、人物を特定することはできません。", "すみませんが、お手伝いできません。",
    ],
)  # fmt: skip
def test_a_refusal_is_no_text_of_a_picture(text: str) -> None:
    assert refuses(text)
    assert "it does not describe the picture" in faults(text, "")


@pytest.mark.parametrize(
    "text",
    [
        "A sign that reads: Sorry, we're closed", "Sorry, we are closed", "Sorry", "I'm sorry",
        "I'm sorry, I love you", "Unfortunately we are closed", "No image available", "No image",
        "No photo", "No photos please", "No photography", "No description", "No entry",
        "I can't help falling in love with you", "I can't see the forest for the trees",
        "I don't like Mondays", "I cannot tell a lie", "I can't breathe on a banner",
        "Please upload a photo", "Please provide a photo of yourself", "An image not found page",
        "Error: unable to load image, on a screen", "A man who cannot see the picture",
        "Unable to stop, a train passes the station", "The image of a king is carved in stone",
        "The picture is not hung straight", "The photo is not visible behind the curtain",
        "Insert coin here", "Insert card", "A chat: I'm sorry, I can't help with that.",
        "As an actor, I cannot complain", "As an AI robot waves, children laugh",
        "?", "+", "-", "♥", "Caption", "Alt text on a slide", "Description of the route on a board",
        "I can't provide for people, says a sign", "I do not help people", "Enter your description",
        "Add a caption", "Your description", "Je ne suis pas une personne", "No tengo foto",
        "Ich sehe keine Menschen am Strand", "Ich bin kein Bild", "我不能帮助你",
        "Ich kann nicht mehr", "Leider geschlossen", "Kein Bild", "Ich sehe rot",
        "Ich bin nicht da",
        "Als Kind kann ich nicht schlafen", "Keine Beschreibung", "Je ne regrette rien",
        "Je suis Charlie", "Désolé, nous sommes fermés", "Aucune image", "No pasarán",
        "No puedo vivir sin ti", "Lo siento, estamos cerrados", "No se permiten fotos",
        "No se puede fumar", "抱歉，我们已打烊", "我不能没有你", "无法停车", "没有图片",
        "申し訳ありませんが、写真撮影はできません", "申し訳ありません、本日休業", "画像なし",
        "すみません、満席です", "写真が飾られた壁",
    ],
)  # fmt: skip
def test_words_in_a_picture_are_none(text: str) -> None:
    assert not refuses(text)


def test_a_long_text_is_looked_at_quickly() -> None:
    for part in (
        "i can't see ",
        "no image ",
        "[",
        "sorry for ",
        "ich kann ",
        "抱歉",
        "画像を",
        "não posso ver ",
        "non posso ",
        "ik kan niet ",
        "nie mogę ",
        "не удалось описать ",
        "a ",
    ):
        assert not refuses("x" + part * 4000)
        refuses(part * (4000 // len(part)))
