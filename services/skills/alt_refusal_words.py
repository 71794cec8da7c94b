"""What refusals to describe a picture are made of, in languages that make them alike."""

from dataclasses import dataclass

SENTENCE = r"[^.!?\n]"
END = r"(?=[.!;…]|$)"
"""What follows "I cannot help", but not "I cannot help smiling"."""

_BUT = "(?:aber|doch|mais|pero|ma|però|tuttavia|mas|porém|maar|ale|jednak|lecz|но|однако)"


@dataclass(frozen=True, slots=True)
class Words:
    """Those of a language, as regular expressions of a text in lower case."""

    sorry: str
    """What may stand before it, and before a "but"."""
    cannot: str
    """What the model does not do."""
    about: str
    """One of these has to be in the sentence."""
    as_model: str
    """What it says that it is, up to the word that says that it can not."""
    alone: str
    """Sentences without an I, which are refusals if they are the whole text."""
    sees_people: str
    """Whom one does not see in a crowd or in fog: true of many a picture. Words between are too
    short for "images of people"."""

    @property
    def first_person(self) -> str:
        """How a text begins in which the model speaks of itself."""
        return (
            rf"(?:{self.sorry})? ?[,.!;:–—-]{{0,2}} ?(?:{_BUT} )?"
            rf"(?:(?={SENTENCE}{{0,140}}\b(?:{self.about})){self.cannot}|{self.as_model})\b"
        )


_DE_VERB = (
    r"(?:sehen|erkennen|beschreiben|identifizieren|helfen|analysieren|verarbeiten|bearbeiten|"
    r"öffnen|anzeigen|laden|erstellen|generieren|geben|bereitstellen|liefern|erfüllen|"
    r"nachkommen|beantworten|kommentieren|bestimmen|benennen|zugreifen|sehe)"
)
_DE_TEXT = r"(?:alt(?:ernativ)?-?text|beschreibung|bildunterschrift)"
_FR_VERB = (
    r"(?:décri|voir|visualis|affich|identifi|reconnaî|analys|interprét|aide|assist|trait|accéd|"
    r"ouvr|lire|génér|crée|fourni|produi|écri|répond|comment|détermin|nommer|satisf)\w*"
)
_ES_VERB = (
    r"(?:ver|visualiz|mostr|describ|identific|reconoc|analiz|interpret|ayud|asist|proces|acced|"
    r"abrir|leer|gener|crear|proporcion|produc|escrib|cumpl|atend|respond|coment|determin)\w*"
)
_IT_VERB = (
    r"(?:ved|visualizz|descriv|identific|riconosc|analizz|aiut|assist|elabor|acced|aprir|legg|"
    r"gener|crear|fornir|produ|scriv|soddisf|rispond|comment|determin)\w*"
)
_IT_TEXT = r"(?:testo alternativo|descrizione|didascalia)"
_PT_VERB = (
    r"(?:ver|visualiz|descrev|identific|reconhec|analis|ajud|auxili|process|acess|abrir|ler|ger[ae]|"
    r"cri[ae]|fornec|produz|escrev|atend|cumpr|respond|coment|determin)\w*"
)
_PT_TEXT = r"(?:texto alternativo|descrição|legenda)"
_NL_VERB = (
    r"(?:zien|bekijken|beschrijven|identificeren|herkennen|analyseren|helpen|verwerken|openen|"
    r"genereren|geven|voldoen)"
)
_NL_TEXT = r"(?:alt-?tekst|alternatieve tekst|beschrijving|bijschrift)"
_NL_MADE = (
    r"(?:bijgevoegd|geüpload|verstrekt|meegestuurd|gevonden|aangeleverd|ontvangen|toegevoegd|"
    r"geladen|weergegeven|verwerkt|bekeken|beschreven|geopend)"
)
_PL_VERB = (
    r"(?:zobacz|widz|opis|zidentyfik|identyfik|rozpozna|przeanaliz|analiz|pom[oó][cg]|przetw[ao]rz|"
    r"otworz|odczyt|wygener|gener|stworz|utworz|poda|wyświetl|udziel|zrealiz|spełni|odpowiedz|określ)\w*"
)
_PL_IMAGE = r"(?:obraz(?:u|y|ów|ie|em|ka|ek|ku)?|zdję\w+|fotografi\w*|grafi\w+)"
_PL_TEXT = r"(?:tekst\w* alternatywn\w+|opis(?:u|ów|em|y)?|podpis(?:u|ów|em|y)?)"
_PL_MADE = (
    r"(?:przesłan|załączon|dołączon|dostarczon|udostępnion|wczytan|załadowan|widoczn|wyświetlon|"
    r"opisan|otwart)[ey]"
)
_RU_VERB = (
    r"(?:увид|видеть|просм|посмотр|опис|опиш|идентифиц|распозна|узна|проанализ|анализ|помо[чг]|"
    r"обраб|откры|прочита|сгенер|генер|созда|предостав|выполн|ответ|определ|назва|комментир)\w*"
)
_RU_IMAGE = r"(?:изображени\w*|картин\w+|фото\w*|снимк\w+)"
_RU_TEXT = r"(?:альтернативн\w+ текст\w*|описани\w+|подпис\w+)"
WORDS = {
    "de": Words(
        sorry=r"(?:es )?tut mir (?:sehr )?leid|entschuldigung|leider|ich bedau(?:e)?re",
        cannot=rf"(?={SENTENCE}{{0,140}}\b(?:nicht|kein\w*)\b)"
        rf"(?={SENTENCE}{{0,140}}\b{_DE_VERB}\b)"
        r"(?:(?:leider |dabei |damit |da |das )?(?:kann|konnte|darf) ich|ich (?:kann|konnte|darf|"
        r"bin (?:leider )?nicht in der lage|sehe (?:leider )?kein (?:bild|foto)))",
        about=r"(?:bild\w*|foto\w*|person\w*|menschen|gesicht\w*|anfrage|beschreibung\w*|"
        rf"alt(?:ernativ)?-?text\w*|dabei|damit|helfen{END}|"
        rf"(?:das|dies|es)(?: \w+){{0,3}} beschreiben{END})\b",
        as_model=r"als (?:ki|künstliche intelligenz|sprachmodell)\b"
        rf"{SENTENCE}{{0,40}}\b(?:kann|darf|bin) ich",
        alone=r"es konnte kein (?:alt(?:ernativ)?-?text) (?:erstellt|erzeugt) werden|"
        r"(?:leider )?(?:es )?(?:wurde|ist) (?:leider )?kein bild (?:bereitgestellt|hochgeladen|"
        r"angehängt|beigefügt|übermittelt|mitgeschickt|sichtbar)(?: worden)?|"
        r"kein bild (?:bereitgestellt|hochgeladen|angehängt|übermittelt)|"
        r"(?:das|dieses) bild (?:kann|konnte|ist) (?:leider )?nicht (?:geladen|angezeigt|gesehen|"
        r"verarbeitet|beschrieben|sichtbar|verfügbar)(?: werden)?|"
        rf"keine? {_DE_TEXT} (?:verfügbar|vorhanden|möglich)|"
        rf"{_DE_TEXT} (?:kann|konnte) nicht (?:erstellt|erzeugt) werden|"
        r"\[(?:alternativtext|alt-text|beschreibung) (?:hier )?einfügen\]",
        sees_people=r"(?:person(?:en)?|menschen|leute|gesicht(?:er)?)(?: \w+){0,6} sehen",
    ),
    "fr": Words(
        sorry=r"(?:je suis )?(?:vraiment )?désolée?|malheureusement|je (?:m'excuse|regrette)",
        cannot=r"je n(?:e |')(?:(?:peux|suis|parviens|arrive) pas (?:en mesure |capable |"
        rf"autorisée? )?(?:à |de |d')?(?:\w+ |[lty]')?{_FR_VERB}|"
        r"vois (?:\w+ )?(?:[dl]')?(?:image|photo)s?|ai pas accès)",
        about=r"(?:images?|photos?|personnes?|visages?|demandes?|descriptions?|légende|"
        r"texte alternatif|aider (?:avec|à|pour)|y aider|"
        rf"(?:aider|décrire(?: cela| ça| ceci)?){END})\b",
        as_model=rf"en tant qu(?:'ia|'intelligence artificielle|e modèle)\b{SENTENCE}{{0,60}}\bje",
        alone=r"aucune (?:image|photo) (?:n'(?:a été|est) )?(?:fournie|jointe|transmise|visible)|"
        rf"(?:il est )?impossible (?:de |d'){_FR_VERB}{SENTENCE}{{0,60}}"
        rf"(?:image|photo|texte alternatif|description){SENTENCE}{{0,40}}|"
        r"l'image n'(?:est pas|a pas été|a pas pu être) (?:visible|fournie|chargée|accessible)|"
        r"(?:aucune?|pas de) (?:texte alternatif|description) (?:n'est )?disponible|"
        r"\[(?:insérer|ajouter) (?:le |un )?texte alternatif(?: ici)?\]",
        sees_people=r"voir (?:[\w']{1,4} ){0,2}(?:personnes?|visages?)",
    ),
    "es": Words(
        sorry=r"lo (?:siento|lamento)(?: mucho)?|lamentablemente|me temo que|"
        r"disculpa|perdona|perdón",
        cannot=r"no (?:(?:puedo|logro|pude|tengo (?:permitido|la capacidad de)|me es posible|"
        rf"soy capaz de|estoy en condiciones de) (?:\w+ )?{_ES_VERB}|"
        r"veo (?:\w+ )?(?:imagen|foto|imágenes)\w*|tengo acceso)",
        about=r"(?:imagen|imágenes|foto\w*|personas?|rostros?|solicitud|petición|descripción|"
        r"texto alternativo|ayudar\w* con (?:eso|esto|esa|esta)|"
        rf"(?:ayudar\w*|describir(?:l[oa]| esto| eso)?){END})\b",
        as_model=r"como (?:una )?(?:ia|inteligencia artificial|modelo de (?:lenguaje|ia))\b"
        rf"{SENTENCE}{{0,40}}\bno",
        alone=r"no se (?:ha |pudo |puede |proporcionó|adjuntó|recibió)"
        rf"(?:proporcionado|adjuntado|recibido|{_ES_VERB})? ?"
        rf"{SENTENCE}{{0,40}}(?:imagen|foto|texto alternativo|descripción){SENTENCE}{{0,40}}|"
        rf"(?:imposible|no es posible) {_ES_VERB}"
        rf"{SENTENCE}{{0,60}}(?:imagen|foto|texto alternativo){SENTENCE}{{0,40}}|"
        r"(?:no hay |sin )?texto alternativo (?:no )?disponible|"
        r"\[(?:insertar?|añad[ae]|añadir) (?:el )?texto alternativo(?: aquí)?\]",
        sees_people=r"ver (?:\w{1,4} ){0,2}(?:personas?|rostros?|caras?)",
    ),
    "it": Words(
        sorry=r"mi (?:dispiace|spiace|scuso)(?: molto)?|(?:sono )?spiacent[ei]|scusa(?:mi|te)?|"
        r"scusi|purtroppo|chiedo scusa",
        cannot=r"(?:io )?non (?:(?:posso|riesco a|ho potuto|mi è possibile|"
        r"sono (?:in grado di|capace di|autorizzat[oa] a)|ho la (?:possibilità|capacità) di) "
        rf"(?:\w+ )?{_IT_VERB}|vedo (?:\w+[ '])?(?:immagin|foto)\w*|ho accesso)",
        about=r"(?:immagin[ei]|foto(?:grafi[ae])?|person[ae]|individu[oi]|volt[oi]|richiest[ae]|"
        r"descrizion[ei]|didascali[ae]|test[oi] alternativ[oi]|aiutar\w+ (?:con|in) "
        rf"(?:quest[oa]|ciò)|(?:aiutar\w+|descriver(?:e|lo|la|e questo|e ciò)){END})\b",
        as_model=r"(?:(?:come|in quanto|in qualità di|essendo|sono(?: solo| soltanto)?) "
        r"(?:una? |un')?(?:ia|intelligenza artificiale|(?:modello|assistente) (?:linguistico|"
        # "Come ai vecchi tempi" is as in old times.
        r"di linguaggio|di ia|ia|virtuale))|come (?:un')?ai(?=,))\b"
        rf"{SENTENCE}{{0,60}}\bnon",
        alone=rf"(?:(?:è )?impossibile|non è (?:stato )?possibile) {_IT_VERB} {SENTENCE}{{0,60}}"
        rf"(?:(?:immagine|foto|{_IT_TEXT}){SENTENCE}{{0,40}}|persone?)|"
        r"nessun(?:a |')(?:immagine|foto) (?:è stata )?(?:fornita|allegata|caricata|inviata|"
        r"ricevuta|da descrivere)|"
        r"(?:l'|la (?:tua )?|questa )(?:immagine|foto) non (?:è(?: stata)?|può essere) (?:fornita|"
        r"allegata|caricata|visibile|accessibile|visualizzata|elaborata|aperta|descritta)|"
        rf"{_IT_TEXT} non (?:è )?disponibile|nessuna? {_IT_TEXT} disponibile|"
        r"non è stata (?:fornita|allegata|caricata|inviata) (?:alcuna|nessuna) (?:immagine|foto)|"
        r"\[(?:inserisci|inserire|aggiungi) (?:qui )?(?:il )?testo alternativo(?: qui)?\]",
        sees_people=r"veder\w* (?:[\w']{1,4} ){0,2}(?:person[ae]|individu[oi]|volt[oi])",
    ),
    "pt": Words(
        sorry=r"(?:eu )?(?:sinto|lamento)(?: muito)?|(?:me )?desculp(?:e(?:-me|m)?|a)|"
        r"peço (?:imensa )?desculpas?|infelizmente|perdão",
        cannot=r"(?:eu )?não (?:(?:posso|consigo|pude|consegui|sou capaz de|estou conseguindo|"
        r"estou autorizad[oa] a|tenho (?:permissão|a? ?capacidade|como)(?: de| para)?|"
        rf"me é possível) (?:\w+ )?{_PT_VERB}|(?:vejo|recebi) (?:\w+ )?(?:imagem|foto)|"
        r"tenho acesso)",
        about=r"(?:image(?:m|ns)|fotos?|fotografias?|pessoas?|indivíduos?|rostos?|pedido|"
        r"solicitaç\w+|descriç\w+|legendas?|textos? alternativos?|(?:ajud|auxili)\w+(?:-\w+)? "
        rf"(?:com (?:isso|isto|ess[ea]|est[ea])|nisso|nisto)|(?:(?:ajud|auxili)\w+(?:-\w+)?|"
        rf"descrev\w+(?:-l[oa]| isso| isto)?){END})\b",
        as_model=r"(?:como|sou(?: apenas| só)?) (?:uma? )?(?:ia|inteligência artificial|"
        r"(?:modelo|assistente) (?:de (?:linguagem|ia|inteligência artificial)|virtual))\b"
        rf"{SENTENCE}{{0,60}}\bnão",
        alone=rf"(?:não (?:foi|é) possível|impossível) {_PT_VERB} {SENTENCE}{{0,60}}"
        rf"(?:(?:imagem|foto|{_PT_TEXT}){SENTENCE}{{0,40}}|pessoas?)|"
        r"(?:nenhuma|não há(?: nenhuma)?) (?:imagem|foto) (?:foi )?(?:fornecida|enviada|"
        r"anexada|recebida|carregada|para descrever)|"
        r"(?:a|sua|essa|esta) (?:imagem|foto) não (?:foi|está|p[ôo]de ser) (?:fornecida|enviada|"
        r"anexada|carregada|visível|acessível|processada|visualizada|aberta|descrita)|"
        rf"{_PT_TEXT} (?:não (?:está )?disponível|indisponível)|nenhuma? {_PT_TEXT} disponível|"
        r"\[(?:insira|inserir|adicion(?:e|ar)) (?:aqui )?(?:o )?texto alternativo(?: aqui)?\]",
        sees_people=r"ver (?:\w{1,4} ){0,2}(?:pessoas?|indivíduos?|rostos?)",
    ),
    "nl": Words(
        sorry=r"het spijt m(?:e|ij)(?: zeer)?|sorry|(?:mijn )?excuses|helaas",
        cannot=rf"(?={SENTENCE}{{0,140}}\b(?:niet|geen)\b)"
        rf"(?={SENTENCE}{{0,140}}\b(?:{_NL_VERB}|toegang|zie)\b)"
        r"(?:(?:daar |hier )?(?:kan|kon|mag) ik|ik (?:kan|kon|mag|"
        r"ben (?:helaas )?niet (?:in staat|bevoegd)|zie (?:helaas )?geen (?:afbeelding|foto)|"
        r"heb (?:helaas )?geen toegang))",
        about=r"(?:afbeelding\w*|foto\w*|plaatjes?|persoon|personen|mensen|gezicht\w*|verzoek\w*|"
        rf"{_NL_TEXT}\w*|(?:hier|daar)(?: \w+){{0,3}} ?(?:bij|mee)|(?:bij|met) (?:dit|deze|dat)|"
        rf"helpen{END}|(?:dit|dat|het)(?: \w+){{0,3}} beschrijven{END})\b",
        as_model=r"(?:als (?:een )?|ik ben (?:slechts |maar )?een )(?:ai|kunstmatige intelligentie|"
        rf"taalmodel)\b{SENTENCE}{{0,60}}\b(?:niet|geen)",
        alone=rf"(?:er (?:is|werd) )?geen (?:afbeelding|foto) (?:{_NL_MADE}|om te beschrijven)|"
        r"(?:de|deze|je|uw) (?:afbeelding|foto) (?:kan|kon|is) niet (?:worden )?"
        rf"(?:{_NL_MADE}|zichtbaar)(?: worden)?|"
        rf"{_NL_TEXT} (?:is )?niet beschikbaar|geen {_NL_TEXT} beschikbaar|"
        rf"(?:het is )?(?:niet mogelijk|onmogelijk)(?: om)? {SENTENCE}{{0,60}}"
        rf"(?:(?:afbeelding|foto|{_NL_TEXT}){SENTENCE}{{0,20}}|personen) te {_NL_VERB}|"
        rf"er kon geen {_NL_TEXT} (?:worden )?(?:gegenereerd|gemaakt|opgesteld)(?: worden)?|"
        rf"\[(?:voeg )?(?:hier )?(?:de )?{_NL_TEXT}(?: hier)? (?:in|toe)(?:voegen)?\]",
        sees_people=r"(?:persoon|personen|mensen|gezicht(?:en)?)(?: \w+){0,6} zien",
    ),
    "pl": Words(
        sorry=r"(?:bardzo )?przepraszam|(?:bardzo )?przykro mi|niestety|wybacz(?:cie)?",
        cannot=r"(?:ja )?nie (?:(?:mogę|mogł[ae]m|potrafię|umiem|"
        rf"jestem w stanie|udało mi się|mam możliwości) (?:\w+ ){{0,3}}{_PL_VERB}|"
        rf"widzę (?:\w+ )?{_PL_IMAGE}|mam dostępu)",
        about=rf"(?:{_PL_IMAGE}|{_PL_TEXT}|os(?:ób|oby|obę)|ludzi|twarz\w*|prośb\w+|żądani\w+|"
        r"(?:w|z|przy) tym pom[oó][cg]\w*|pom[oó][cg]\w* (?:\w+ )?(?:w|z|przy) (?:tym|tej)|"
        rf"(?:pomóc(?: ci| panu| pani)?|opisać(?: tego)?){END})\b",
        as_model=r"(?:jako|jestem(?: tylko| jedynie)?) (?:ai|sztuczn[aą] inteligencj[aą]|"
        rf"(?:duży(?:m)? )?model(?:em)? (?:językowy(?:m)?|ai))\b{SENTENCE}{{0,60}}\bnie",
        alone=rf"nie (?:można|udało się|da się) {_PL_VERB} {SENTENCE}{{0,60}}"
        rf"(?:(?:{_PL_IMAGE}|{_PL_TEXT}){SENTENCE}{{0,40}}|osób|osoby)|"
        r"nie (?:podano|przesłano|załączono|dostarczono|dołączono|otrzymano|udostępniono) "
        rf"(?:żadnego |żadnych )?{_PL_IMAGE}|"
        rf"(?:obraz|zdjęcie|obrazek) nie (?:został[oy]?|jest|może (?:być|zostać)) {_PL_MADE}|"
        rf"brak {_PL_IMAGE} do opisania|{_PL_TEXT} (?:jest )?niedostępny|"
        rf"brak dostępnego {_PL_TEXT}|"
        r"\[(?:wstaw|dodaj|wpisz) (?:tutaj |tu )?tekst alternatywny(?: tutaj| tu)?\]",
        sees_people=r"(?:zobaczyć|widzieć|widzę) (?:\w{1,4} ){0,2}"
        r"(?:os(?:ób|oby|obę)|ludzi|twarz\w*)",
    ),
    "ru": Words(
        sorry=r"извините|простите|прошу прощения|приношу (?:свои )?извинения|к сожалению|"
        r"(?:мне )?(?:очень )?жаль|сожалею",
        cannot=r"(?:(?:я )?не (?:(?:могу|смогу|смогла?|в состоянии|умею|"
        rf"способ(?:ен|на)|имею возможности) (?:\w+ ){{0,3}}{_RU_VERB}|"
        rf"вижу (?:\w+ )?{_RU_IMAGE}|имею доступа)|у меня нет (?:доступа|возможности))",
        about=rf"(?:{_RU_IMAGE}|{_RU_TEXT}|людей|человека|лиц[аоу]?|личност\w*|внешност\w*|запрос\w*|"
        r"просьб\w+|помочь (?:\w+ )?(?:с|в) эт\w+|(?:с|в) эт\w+ помочь|"
        rf"(?:помочь(?: вам| тебе)?|описать(?: это| его)?){END})\b",
        as_model=r"(?:как|будучи|я(?: [—–-]| являюсь)?(?: всего лишь| просто| лишь| только)?) "
        r"(?:ии|искусственн\w+ интеллект\w*|(?:больш\w+ )?языков\w+ модель\w*)\b"
        rf"{SENTENCE}{{0,60}}\b(?:не|нет)",
        alone=rf"(?:не удалось|не уда[её]тся|невозможно) (?:{_RU_VERB}|загрузить|отобразить) "
        rf"{SENTENCE}{{0,60}}?(?:(?:{_RU_IMAGE}|{_RU_TEXT}){SENTENCE}{{0,40}}|людей|человека)|"
        r"(?:изображение|фото|фотография|картинка) не (?:был[оа] )?(?:предоставлен|загружен|"
        r"прикрепл[её]н|приложен|получен|видн)[оа]|"
        rf"{_RU_TEXT} недоступ(?:ен|но|на)|нет доступного {_RU_TEXT}|"
        r"\[(?:вставьте|добавьте|введите) (?:сюда |здесь )?альтернативный текст"
        r"(?: здесь| сюда)?\]",
        sees_people=r"(?:увидеть|видеть|вижу) (?:\w{1,3} ){0,2}(?:людей|человека|лиц[аоу]?)",
    ),
}
