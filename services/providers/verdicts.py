"""What an endpoint's error means for the person who set the profile up."""

from datetime import timedelta

from services.chassis.clock import now
from services.providers.complaints import Hindrance
from services.providers.endpoint_errors import UNREADABLE, EndpointError
from services.providers.failures import MESSAGE_CHARACTERS, NoVision, ProviderRefused, bounded
from services.providers.model import Endpoint
from services.providers.redaction import Redactor

_TOLD_CHARACTERS = 260
"""Of the endpoint's own words at most, and as many only as leave room for the advice."""
_LEAST_TOLD_CHARACTERS = 20
"""Fewer of them tell nothing."""
_NAMED_CHARACTERS = 80
"""Of a base URL or a model's name, so that the advice around them fits the message too."""
_PASSING_CHARACTERS = 160
"""Of the endpoint's words about trouble that passes, of which there is more to say."""
_NAME_ANOTHER = "give another profile a fallbackOrder"
_BETWEEN = "a proxy, firewall, sign-in or challenge page answered, not the endpoint"
_HINDERED = {
    Hindrance.SETTINGS: (
        "is held back by settings of the account",
        "change the settings that it names (privacy, providers, terms) in the account of {label}, "
        "or choose another model than {model}",
    ),
    Hindrance.REGION: (
        "serves nobody in the country that this hub calls from",
        "let the hub call from a country that it serves, or choose another provider for {label}",
    ),
    Hindrance.NETWORK: (
        "lets nobody in from this hub's address",
        "allow the address in the firewall or network rules of the account or key of {label}",
    ),
    Hindrance.SWITCHED_OFF: (
        "is not switched on in the project of the key",
        "enable the API in the project of the key of {label}, and try again some minutes later",
    ),
    Hindrance.ORGANIZATION: (
        "finds no organization that the key belongs to",
        "make the key's owner a member of one, or give {label} a key of another owner",
    ),
    Hindrance.DEPLOYMENT: (
        "knows no such deployment",
        "check the model name {model} of {label}, which has to be the name of a deployment at "
        "{url}; one that is new takes some minutes",
    ),
    Hindrance.ABSENT: (
        "has no such model at hand",
        "pull or load {model} at {url}, or check the model name of {label}",
    ),
}
"""What a hindrance is in a sentence about the provider, and what to change."""


def verdict(
    status: int, error: EndpointError, endpoint: Endpoint, redactor: Redactor
) -> ProviderRefused:
    """The failure that a final error response amounts to: what was wrong and what to change."""
    told = redactor.message(error.text)
    label = endpoint.label
    if error.is_refusal:
        return declined(told or f"HTTP {status}", endpoint)
    if error.blames_pictures:
        what = f"this model does not accept images (HTTP {status})"
        advice = f"choose a vision model in place of {_model(endpoint)} for {label}"
        return NoVision(_message(what, told, advice))
    check = f"check apiBaseUrl {_url(endpoint)} of {label}"
    if error.is_page:
        what = f"a page came in place of JSON (HTTP {status})"
        advice = f"{_BETWEEN}: let this hub through there, or {check}"
        return ProviderRefused(_message(what, told, advice))
    if error.code == UNREADABLE:
        what = f"the answer is no chat completion (HTTP {status})"
        return ProviderRefused(_message(what, told, check))
    what, advice = _told_meaning(status, error, endpoint) or _meaning(status, endpoint)
    return ProviderRefused(_message(f"the AI provider {what} (HTTP {status})", told, advice))


def too_large(
    status: int, error: EndpointError, side: int, endpoint: Endpoint, redactor: Redactor
) -> ProviderRefused:
    """The failure of a picture that is refused as too large though no side has more pixels."""
    limit = "context, or shorten its prompt" if error.blames_context else "limit"
    advice = (
        f"a proxy answered with a page: let it take larger requests for {endpoint.label}"
        if error.is_page
        else f"give {endpoint.label} a larger {limit}, or a model other than {_model(endpoint)}"
    )
    what = (
        f"the AI provider finds even a picture of at most {side} pixels a side too large "
        f"(HTTP {status})"
    )
    return ProviderRefused(_message(what, redactor.message(error.text), advice))


def declined(told: str, endpoint: Endpoint) -> ProviderRefused:
    """The failure that a picture or its description was not allowed; `told` holds no key."""
    advice = (
        "another picture may pass, and so may this one with another model than "
        f"{_model(endpoint)} for {endpoint.label}"
    )
    said = told if told.strip() else "a content filter did"
    return ProviderRefused(_message("the provider declined", said, advice))


def cut_off(tokens: int | None, endpoint: Endpoint) -> ProviderRefused:
    """The failure of an answer that has no room; `tokens` were allowed it, None for no limit."""
    where = (
        "although no limit was sent"
        if tokens is None
        else f"at {tokens} tokens, though twice as many were allowed as before"
    )
    return ProviderRefused(
        f"the model's answer was cut off {where}; allow longer answers at the server, choose "
        f"another model than {_model(endpoint)} for {endpoint.label}, or turn its thinking off"
    )


def no_content(endpoint: Endpoint) -> ProviderRefused:
    """The failure of a model that says nothing, also when it is to stream its answer."""
    return ProviderRefused(
        f"the model returned no content; choose another model than {_model(endpoint)} for "
        f"{endpoint.label}"
    )


def odd(status: int, endpoint: Endpoint) -> ProviderRefused:
    """The failure of a status that is neither a success nor an error nor a redirect."""
    return ProviderRefused(
        f"the AI provider answered HTTP {status}, which is no answer to a question; check "
        f"apiBaseUrl {_url(endpoint)} of {endpoint.label}, and the proxy or cache before it"
    )


def answered(status: int, error: EndpointError, redactor: Redactor) -> str:
    """What an endpoint did that answers with trouble that should pass."""
    told = bounded(redactor.message(error.text), _PASSING_CHARACTERS)
    page = " with a page in place of JSON" if error.is_page else ""
    return f"answered HTTP {status}{page}" + (f": {told}" if told else "")


def in_passing(
    status: int, error: EndpointError, endpoint: Endpoint, is_last_hope: bool = True
) -> str:
    """What to do about an endpoint that answers with trouble that should pass and does not.

    Who has somebody to ask after it needs no advice to name somebody.
    """
    label, model, url = endpoint.label, _model(endpoint), _url(endpoint)
    if status == 429:
        if error.is_of_day:
            moment = "tomorrow" if error.is_day_spent else "later"
            return _day_spent(moment, endpoint, is_last_hope)
        who = f"{_BETWEEN}: " if error.is_page else ""
        return (
            f"{who}lower NEKOHUB_PROVIDER_CONCURRENCY or set NEKOHUB_PROVIDER_RPM to what the "
            f"account of {label} allows"
        )
    if error.is_loading:
        return f"the model {model} of {label} is being loaded: try again in a few minutes"
    if status == 529 or error.is_busy:
        other = f"choose another model than {model} for {label}"
        other = f"{other}, or {_NAME_ANOTHER}" if is_last_hope else f"or {other}"
        return f"it has too much to do: try again later, {other}"
    if error.is_page and status != 500:
        return f"{_BETWEEN}: let this hub through there, or {unreachable(endpoint)}"
    if status in (502, 503, 504):
        return unreachable(endpoint)
    return f"{url} of {label} fails: look into its log, or choose another model than {model}"


def too_early(
    seconds: float, limit: EndpointError | None, endpoint: Endpoint, is_last_hope: bool = True
) -> str:
    """What to do about an endpoint that asks for a longer wait than is waited."""
    moment = f"after {now() + timedelta(seconds=seconds):%Y-%m-%d %H:%M} (UTC)"
    if limit is not None and limit.is_of_day:
        return _day_spent(moment, endpoint, is_last_hope)
    if not is_last_hope:
        return f"try again {moment}"
    return (
        f"try again {moment}, or {_NAME_ANOTHER}, so that it takes the place of {endpoint.label} "
        "until then"
    )


def unreachable(endpoint: Endpoint) -> str:
    """What to do about an endpoint that says nothing."""
    return f"check that {_url(endpoint)} of {endpoint.label} is running and reachable from here"


def too_slow(endpoint: Endpoint) -> str:
    """What to do about an endpoint that does not come to an end."""
    return (
        f"choose a faster model than {_model(endpoint)} for {endpoint.label}, or a faster "
        f"machine behind {_url(endpoint)}"
    )


def _day_spent(moment: str, endpoint: Endpoint, is_last_hope: bool) -> str:
    more = f"raise what the account of {endpoint.label} may use in a day"
    more = f"{more}, or {_NAME_ANOTHER}" if is_last_hope else f"or {more}"
    return f"the quota of the day is used up: try again {moment}, {more}"


def _told_meaning(status: int, error: EndpointError, endpoint: Endpoint) -> tuple[str, str] | None:
    """The meaning that the endpoint's own words have, if they are clearer than the status."""
    label, model = endpoint.label, _model(endpoint)
    if error.is_spent:
        return (
            "says that the account has nothing left",
            f"check its plan and billing, or choose another key for {label}",
        )
    if (hindrance := error.hindrance) is not None:
        what, advice = _HINDERED[hindrance]
        return what, advice.format(label=label, model=model, url=_url(endpoint))
    if error.blames_rights:
        return _meaning(403, endpoint)
    if error.blames_key and status in (400, 403):
        return _meaning(401, endpoint)
    if error.blames_system_prompt and endpoint.system_prompt:
        return (
            "takes no system prompt for this model",
            f"clear defaultSystemPrompt of {label}, or choose another model than {model}",
        )
    return None


def _meaning(status: int, endpoint: Endpoint) -> tuple[str, str]:
    label, model, url = endpoint.label, _model(endpoint), _url(endpoint)
    meanings = {
        200: ("answered with an error", f"check the model name {model} of {label}"),
        401: ("rejected the API key", f"check the key of {label}"),
        402: ("wants to be paid", f"check the billing of the account of {label}"),
        403: ("refused access", f"check that the key of {label} may use the model {model}"),
        404: (
            "knows no such model or address",
            f"check the model name {model} and apiBaseUrl {url} of {label}",
        ),
        405: ("takes no questions at this address", f"check apiBaseUrl {url} of {label}"),
        413: ("finds the request too large", f"choose another model for {label}"),
    }
    return meanings.get(
        status,
        ("refused the request", f"check the model name {model} and apiBaseUrl of {label}"),
    )


def _url(endpoint: Endpoint) -> str:
    return bounded(endpoint.base_url.text, _NAMED_CHARACTERS)


def _model(endpoint: Endpoint) -> str:
    return repr(bounded(endpoint.model_name, _NAMED_CHARACTERS))


def _message(what: str, told: str, advice: str) -> str:
    """What was wrong and what to change, with as much of the endpoint's words as fits between."""
    room = MESSAGE_CHARACTERS - len(what) - len(advice) - len(": ; ")
    said = bounded(told, min(room, _TOLD_CHARACTERS)) if room >= _LEAST_TOLD_CHARACTERS else ""
    return f"{what}: {said}; {advice}" if said else f"{what}; {advice}"
