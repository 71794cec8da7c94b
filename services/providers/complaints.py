"""The words with which servers complain, and what of."""

import re
from enum import Enum

NO_PICTURES = re.compile(
    r"\b(images?|image_url|pictures?|vision|multimodal)\b"
    r"(?![^.\n]{0,60}\b(format|mime|media type|file type|size|resolution|dimension|bytes))"
    r"[^.\n]{0,60}\b((not |un)support|not (enabled|allowed|accepted|loaded))"
    r"|(\bnot|n't|\bcannot|unable to) (currently )?"
    r"(support|accept|take|process|handle|have|see|use|understand)\b[^.\n]{0,40}"
    r"\b(images|pictures|vision|multimodal|image[ _](input|modality|capabilit|content|url))"
    r"|(\bnot|n't) support (an? |the )?image\b(?! (format|type|size))"
    r"|\b(no|lacks?|without|not an?|n't an?) (vision|multimodal)|text[- ]only model"
    r"|\bonly (supports? )?text (content|input|message|prompt)|unsupported modality"
    r"|support image input|image_url[^.\n]{0,40}only supported by"
    r"|(unknown|unsupported)[^.\n]{0,30}(image_url|image[ _]input|vision)"
    r"|missing data required for image input|at most 0 image"
    r"|content\W[^.\n]{0,30}must be a string|content\n(str\n)?input should be a valid string",
    re.IGNORECASE,
)
"""That a model takes no pictures."""
DECLINED = (
    *("content_filter", "content_policy_violation", "moderation_blocked", "invalid_prompt"),
    *("responsibleaipolicyviolation", "data_inspection_failed", "prohibited_content"),
)
"""Codes of content that was declined."""
DECLINED_TEXT = re.compile(
    r"content (management|usage) policy|(was|were|been) flagged|requires moderation"
    r"|safety system|usage (polic(y|ies)|guidelines)",
    re.IGNORECASE,
)
"""The same in words."""
PICTURE_SIZE = re.compile(
    # What the path to the picture in the request is followed by, or what names its measures.
    r"\b(image|picture|photo)[\w.\[\]'\"]{0,60}+[^.\n]{0,80}?\b(exceed|oversized"
    r"|too[ _-](large|big|long)|(larger|bigger) than|is below \d|size|dimensions?|resolution|width"
    r"|height|pixels)"
    r"|image_(too_large|size)|too many pixels"
    r"|\b(too large|too big|exceed\w*)\b[^.\n]{0,40}\b(image|picture)"
    r"|\b(payload|request (body|entity))\b[^.\n]{0,40}(too large|exceed)",
    re.IGNORECASE,
)
"""That a picture has too many pixels or bytes."""
TOO_SMALL = re.compile(r"too small|must be (larger|greater|bigger)|\bminimum\b", re.IGNORECASE)
"""That it has too few."""
SPENT = (
    *("insufficient_quota", "billing_hard_limit_reached", "insufficient_balance"),
    *("billing_not_active", "exceeded_current_quota", "arrearage"),
)
"""Codes of an account that has nothing left."""
SPENT_TEXT = re.compile(
    r"credit balance is too low|insufficient (balance|credits?|funds)|used all available credits"
    r"|n[o']t have any credits|requires more credits|\bkey limit exceeded"
    r"|reached your (specified )?(api )?usage limits",
    re.IGNORECASE,
)
"""The same in words."""
KEY = re.compile(
    r"api[ _-]?key[ _](not valid|invalid)|(invalid|incorrect|wrong|missing|expired|no)"
    r"[ _](x-)?(api[ _-]?key|auth(entication)?( credentials)?)\b|authentication_error",
    re.IGNORECASE,
)
"""That a key is none."""
RIGHTS = re.compile(r"missing scopes|insufficient permissions?\b", re.IGNORECASE)
"""That a key is one, but not for this."""


class Hindrance(Enum):
    """What stands between a key and a model that are both right."""

    SETTINGS = "settings of the account"
    REGION = "the country that is called from"
    NETWORK = "the address that is called from"
    SWITCHED_OFF = "an API that nobody switched on"
    ORGANIZATION = "a key of nobody's"
    DEPLOYMENT = "a model that has to be deployed first"
    ABSENT = "a model that has to be fetched or loaded first"


HINDRANCES = {
    Hindrance.SETTINGS: re.compile(
        r"\bdata policy|guardrail restrictions|providers (have|has) been ignored"
        r"|no allowed providers|must be verified to use|terms acceptance|accept the terms",
        re.IGNORECASE,
    ),
    Hindrance.REGION: re.compile(
        r"\b(location|country|region|territory) is not supported"
        r"|country, region,? or territory not supported|unsupported_country"
        r"|(not |un)available in your (country|region|location)",
        re.IGNORECASE,
    ),
    Hindrance.NETWORK: re.compile(
        r"virtual network|firewall rule|public (network )?access is disabled|ip_not_authorized"
        r"|\bip address[^\n]{0,60} not (authorized|allowed)|ip address restriction"
        r"|api_key_(ip_address|http_referrer)_blocked",
        re.IGNORECASE,
    ),
    Hindrance.SWITCHED_OFF: re.compile(
        r"service_disabled|has not been used in project|\bapi (has not been|is not) enabled",
        re.IGNORECASE,
    ),
    Hindrance.ORGANIZATION: re.compile(r"must be a member of an organi[sz]ation", re.IGNORECASE),
    Hindrance.DEPLOYMENT: re.compile(r"deploymentnotfound|\bapi deployment\b", re.IGNORECASE),
    Hindrance.ABSENT: re.compile(
        r"try pulling it|failed to load model|\bno models? (is |are )?(currently )?loaded"
        r"|\bmodel ['\"][^'\"\n]{1,200}['\"] not found",
        re.IGNORECASE,
    ),
}
"""The words that they are told by."""
ANSWER_LENGTH = re.compile(
    r"max_(completion_|new_)?tokens|max_output_tokens"
    r"|\b\d+ (tokens )?(in|for|of) the (completion|output|response)\b",
    re.IGNORECASE,
)
"""That an answer may not be as long as was asked for, or how that was asked for."""
CONTEXT = re.compile(
    r"context[ _-]?(length|size|window|limit)|\b(maximum|max) model length|max_model_len"
    r"|\btoo many (input |prompt )?tokens"
    r"|input token count|\b(prompt|input) is too long|exceed_context",
    re.IGNORECASE,
)
"""That prompt and picture are too long."""
SYSTEM = re.compile(
    r"system (role|prompt|message)s?[^.\n]{0,30}\bnot (supported|allowed)"
    r"|not support '?system'?|developer instruction is not enabled"
    r"|only user and assistant roles",
    re.IGNORECASE,
)
"""That a model takes no system prompt."""
SCHEMA = re.compile(
    r"response[_ ]?(format|schema|mime)|json[_ ]?(schema|object|mode|validate)"
    r"|structured[_ ]output|output[_ ](schema|format|config)|grammar|guided[_ ](json|decoding)"
    r"|additionalproperties|generate json|union types?|(invalid|unsupported) schema|schema error"
    r"|no endpoints found that can handle the requested parameters",
    re.IGNORECASE,
)
"""That the schema of an answer, or how it is asked for, is not understood."""
LOADING = re.compile(
    r"\b(loading|warming up|starting up|scaling up)\b|\bnot (yet )?(loaded|ready)\b", re.IGNORECASE
)
"""That a model will be there in a while."""
BUSY = re.compile(
    r"overloaded|\b(at|no|out of|insufficient) (\w+ )?capacity\b|\b(too |very )?busy\b"
    r"|\bqueue\b[^.\n]{0,20}\bfull\b|too many (concurrent )?requests|high demand"
    r"|\bno slots? available\b",
    re.IGNORECASE,
)
"""That a server has too much to do."""
PASSING = re.compile(r"\bright now\b|temporar(y|ily)\b|\btry again (later|in)\b", re.IGNORECASE)
"""That what it cannot do now, it can at another time."""
DAY = re.compile(r"per[ _-]?day\b|perday|\bdaily (limit|quota)", re.IGNORECASE)
"""That a limit is one of the day."""
DAYS_QUOTA = re.compile(r"[a-z]([_-]per[_-]day|perday)", re.IGNORECASE)
"""The same in the name of a quota, which is no sentence about others."""
MINUTE = re.compile(r"per[ _-]?min(ute)?\b|perminute", re.IGNORECASE)
"""That a limit is one of the minute, be there another of the day or not."""
STATUSES = {
    "authentication_error": 401,
    "unauthenticated": 401,
    "invalid_api_key": 401,
    "permission_error": 403,
    "permission_denied": 403,
    "not_found_error": 404,
    "not_found": 404,
    "model_not_found": 404,
    "rate_limit_exceeded": 429,
    "rate_limit_error": 429,
    "resource_exhausted": 429,
    "api_error": 500,
    "server_error": 500,
    "internal": 500,
    "internal_error": 500,
    "internal_server_error": 500,
    "service_unavailable": 503,
    "unavailable": 503,
    "unavailable_error": 503,
    "timeout": 504,
    "deadline_exceeded": 504,
    "overloaded_error": 529,
}
"""What stands for a status in an error that came with another one."""
