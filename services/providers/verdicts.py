"""What an endpoint's error means for the person who set the profile up."""

from services.providers.endpoint_errors import UNREADABLE, EndpointError
from services.providers.failures import NoVision, ProviderRefused, bounded
from services.providers.model import Endpoint
from services.providers.redaction import Redactor

_TOLD_CHARACTERS = 260
"""Of the endpoint's own words, so that the advice after them fits the message too."""
_URL_CHARACTERS = 80
"""Of a base URL, for the same reason."""


def verdict(
    status: int, error: EndpointError, endpoint: Endpoint, redactor: Redactor
) -> ProviderRefused:
    """The failure that a final error response amounts to: what was wrong and what to change."""
    told = bounded(redactor.message(error.text), _TOLD_CHARACTERS)
    label, model = endpoint.label, endpoint.model_name
    if error.is_refusal:
        return declined(told or f"HTTP {status}", endpoint)
    if error.blames_pictures:
        return NoVision(
            f"this model does not accept images (HTTP {status}){_colon(told)}; "
            f"choose a vision model in place of {model!r} for {label}"
        )
    if error.code == UNREADABLE:
        return ProviderRefused(
            f"the answer is no chat completion (HTTP {status}): {told}; "
            f"check apiBaseUrl {_url(endpoint)} of {label}"
        )
    what, advice = _told_meaning(status, error, endpoint) or _meaning(status, endpoint)
    return ProviderRefused(f"the AI provider {what} (HTTP {status}){_colon(told)}; {advice}")


def too_large(
    status: int, error: EndpointError, side: int, endpoint: Endpoint, redactor: Redactor
) -> ProviderRefused:
    """The failure of a picture that is refused as too large though no side has more pixels."""
    told = bounded(redactor.message(error.text), _TOLD_CHARACTERS)
    limit = "context, or shorten its prompt" if error.blames_context else "limit"
    return ProviderRefused(
        f"the AI provider finds even a picture of at most {side} pixels a side too large "
        f"(HTTP {status}){_colon(told)}; give {endpoint.label} a larger {limit}, or a model other "
        f"than {endpoint.model_name!r}"
    )


def declined(told: str, endpoint: Endpoint) -> ProviderRefused:
    """The failure that a picture or its description was not allowed; `told` holds no key."""
    said = bounded(told, _TOLD_CHARACTERS) or "a content filter did"
    return ProviderRefused(
        f"the provider declined: {said}; another picture may pass, and so may this one with "
        f"another model than {endpoint.model_name!r} for {endpoint.label}"
    )


def cut_off(tokens: int | None, endpoint: Endpoint) -> ProviderRefused:
    """The failure of an answer that has no room; `tokens` were allowed it, None for no limit."""
    where = (
        "although no limit was sent"
        if tokens is None
        else f"at {tokens} tokens, though twice as many were allowed as before"
    )
    return ProviderRefused(
        f"the model's answer was cut off {where}; allow longer answers at the server, choose "
        f"another model than {endpoint.model_name!r} for {endpoint.label}, or turn its thinking off"
    )


def no_content(endpoint: Endpoint) -> ProviderRefused:
    """The failure of a model that says nothing, also when it is to stream its answer."""
    return ProviderRefused(
        f"the model returned no content; choose another model than {endpoint.model_name!r} for "
        f"{endpoint.label}"
    )


def odd(status: int, endpoint: Endpoint) -> ProviderRefused:
    """The failure of a status that is neither a success nor an error nor a redirect."""
    return ProviderRefused(
        f"the AI provider answered HTTP {status}, which is no answer to a question; check "
        f"apiBaseUrl {_url(endpoint)} of {endpoint.label}, and the proxy or cache before it"
    )


def in_passing(status: int, error: EndpointError, endpoint: Endpoint) -> str:
    """What to do about an endpoint that answers with trouble that should pass and does not."""
    label, model, url = endpoint.label, endpoint.model_name, _url(endpoint)
    if status == 429:
        return (
            "lower NEKOHUB_PROVIDER_CONCURRENCY or set NEKOHUB_PROVIDER_RPM to what the account of "
            f"{label} allows"
        )
    if error.is_loading:
        return f"the model {model!r} of {label} is being loaded: try again in a few minutes"
    if status == 529 or error.is_busy:
        return (
            f"it has too much to do: try again later, choose another model than {model!r} for "
            f"{label}, or give another profile a fallbackOrder"
        )
    if status in (502, 503, 504):
        return unreachable(endpoint)
    return f"{url} of {label} fails: look into its log, or choose another model than {model!r}"


def unreachable(endpoint: Endpoint) -> str:
    """What to do about an endpoint that says nothing."""
    return f"check that {_url(endpoint)} of {endpoint.label} is running and reachable from here"


def too_slow(endpoint: Endpoint) -> str:
    """What to do about an endpoint that does not come to an end."""
    return (
        f"choose a faster model than {endpoint.model_name!r} for {endpoint.label}, or a faster "
        f"machine behind {_url(endpoint)}"
    )


def _told_meaning(status: int, error: EndpointError, endpoint: Endpoint) -> tuple[str, str] | None:
    """The meaning that the endpoint's own words have, if they are clearer than the status."""
    label, model = endpoint.label, endpoint.model_name
    if error.is_spent:
        return (
            "says that the account has nothing left",
            f"check its plan and billing, or choose another key for {label}",
        )
    if error.blames_key and status in (400, 403):
        return _meaning(401, endpoint)
    if error.blames_system_prompt and endpoint.system_prompt:
        return (
            "takes no system prompt for this model",
            f"clear defaultSystemPrompt of {label}, or choose another model than {model!r}",
        )
    return None


def _meaning(status: int, endpoint: Endpoint) -> tuple[str, str]:
    label, model, url = endpoint.label, endpoint.model_name, _url(endpoint)
    meanings = {
        200: ("answered with an error", f"check the model name {model!r} of {label}"),
        401: ("rejected the API key", f"check the key of {label}"),
        402: ("wants to be paid", f"check the billing of the account of {label}"),
        403: ("refused access", f"check that the key of {label} may use the model {model!r}"),
        404: (
            "knows no such model or address",
            f"check the model name {model!r} and apiBaseUrl {url} of {label}",
        ),
        405: ("takes no questions at this address", f"check apiBaseUrl {url} of {label}"),
        413: ("finds the request too large", f"choose another model for {label}"),
    }
    return meanings.get(
        status,
        ("refused the request", f"check the model name {model!r} and apiBaseUrl of {label}"),
    )


def _url(endpoint: Endpoint) -> str:
    return bounded(endpoint.base_url.text, _URL_CHARACTERS)


def _colon(told: str) -> str:
    return f": {told}" if told else ""
