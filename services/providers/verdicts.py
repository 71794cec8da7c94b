"""What an endpoint's error means for the person who set the profile up."""

from services.providers.endpoint_errors import UNREADABLE, EndpointError
from services.providers.failures import NoVision, ProviderRefused, bounded
from services.providers.model import Endpoint
from services.providers.redaction import Redactor

_TOLD_CHARACTERS = 260
"""Of the endpoint's own words, so that the advice after them fits the message too."""


def verdict(
    status: int, error: EndpointError, endpoint: Endpoint, redactor: Redactor
) -> ProviderRefused:
    """The failure that a final error response amounts to: what was wrong and what to change."""
    told = bounded(redactor.message(error.text), _TOLD_CHARACTERS)
    label, model = endpoint.label, endpoint.model_name
    if error.is_refusal:
        return ProviderRefused(f"the provider declined: {told or f'HTTP {status}'}")
    if error.blames_pictures:
        return NoVision(
            f"this model does not accept images (HTTP {status}){_colon(told)}; "
            f"choose a vision model in place of {model!r} for {label}"
        )
    if error.is_spent:
        return ProviderRefused(
            f"the account at the AI provider has nothing left (HTTP {status}){_colon(told)}; "
            f"check its plan and billing, or choose another key for {label}"
        )
    if error.code == UNREADABLE:
        return ProviderRefused(
            f"the answer is no chat completion (HTTP {status}): {told}; "
            f"check apiBaseUrl {endpoint.base_url.text} of {label}"
        )
    what, advice = _meaning(status, endpoint)
    return ProviderRefused(f"the AI provider {what} (HTTP {status}){_colon(told)}; {advice}")


def too_large(
    status: int, error: EndpointError, side: int, endpoint: Endpoint, redactor: Redactor
) -> ProviderRefused:
    """The failure of a picture that is refused as too large though no side has more pixels."""
    told = bounded(redactor.message(error.text), _TOLD_CHARACTERS)
    limit = "context, or shorten its prompt" if error.blames_context else "limit"
    return ProviderRefused(
        f"the AI provider finds a picture too large that was made to fit {side} pixels "
        f"(HTTP {status}){_colon(told)}; give {endpoint.label} a larger {limit}, or a model other "
        f"than {endpoint.model_name!r}"
    )


def _meaning(status: int, endpoint: Endpoint) -> tuple[str, str]:
    label, model, url = endpoint.label, endpoint.model_name, endpoint.base_url.text
    if 300 <= status < 400:
        return (
            "redirects elsewhere, which is not followed, so that the key goes nowhere else",
            f"put the final address into apiBaseUrl of {label}",
        )
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
        status, ("refused the request", f"check the model name {model!r} and settings of {label}")
    )


def _colon(told: str) -> str:
    return f": {told}" if told else ""
