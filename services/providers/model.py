"""AI provider profiles: their fields, the rules about them, and what may be shown of a key."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256

from pydantic import SecretStr

from services.chassis.errors import InvalidArgument
from services.chassis.names import composed, fault, hidden
from services.providers.base_url import BaseUrl, InvalidBaseUrl
from services.providers.capabilities import Capabilities
from services.providers.prices import NO_PRICES, Prices, checked_budget, checked_prices

PROFILES = 100
"""Most profiles that are kept, so that all of them fit into a message of 4 MiB."""
NAME_CHARACTERS = 100
URL_CHARACTERS = 2048
KEY_CHARACTERS = 4096
MODEL_CHARACTERS = 200
PROMPT_CHARACTERS = 8000
LAST_ORDER = 1000

BUILT_IN_NAME = "Built-in local engine"
BUILT_IN_MODEL = "local"
NO_KEY = SecretStr("")
_HIDDEN_PART = "***"
"""What stands for the rest of a key that is shown."""


@dataclass(frozen=True, slots=True)
class ProfileInput:
    """What a caller gave; None for what is absent."""

    name: str | None = None
    api_base_url: str | None = None
    api_key: SecretStr | None = None
    model_name: str | None = None
    default_system_prompt: str | None = None
    is_active: bool | None = None
    fallback_order: int | None = None
    input_price_per_million: float | None = None
    output_price_per_million: float | None = None
    monthly_budget: float | None = None


@dataclass(frozen=True, slots=True)
class ProfileFields:
    """A profile's checked values but for its key."""

    name: str
    api_base_url: BaseUrl
    model_name: str
    default_system_prompt: str | None
    fallback_order: int | None = None
    """Its place among those that are asked when the active one cannot answer; None for none."""
    prices: Prices = NO_PRICES
    monthly_budget: float | None = None
    """What may be spent in a calendar month (UTC); None for no limit."""


@dataclass(frozen=True, slots=True)
class Profile:
    """A saved profile."""

    id: str
    fields: ProfileFields
    sealed_api_key: str
    """Encrypted; "" for none."""
    masked_api_key: str
    is_active: bool
    create_time: datetime
    update_time: datetime
    capabilities: Capabilities | None = field(default=None, compare=False)
    """If they were read with it. It is the same profile whatever is learnt of its model."""

    @property
    def target(self) -> str:
        """What is asked, as a digest: a wait that an endpoint asks for holds for this only."""
        fields = self.fields
        parts = (fields.api_base_url.text, self.sealed_api_key, fields.model_name)
        return sha256("\n".join(parts).encode()).hexdigest()

    @property
    def is_blind(self) -> bool:
        """Whether its model is known not to see."""
        return self.capabilities is not None and self.capabilities.can_see_images is False


@dataclass(frozen=True, slots=True)
class Endpoint:
    """All that is needed to ask a model."""

    label: str
    """How messages name it: "profile 'x'" or "these settings"."""
    base_url: BaseUrl
    api_key: SecretStr
    """Empty for none."""
    model_name: str
    system_prompt: str | None
    target: str = ""
    """Of a saved profile, what a wait that it asks for holds for."""


def masked(api_key: SecretStr) -> str:
    """What may be shown of a key: "sk-***", its first four characters and "***", or "***"."""
    key = api_key.get_secret_value()
    if not key:
        return ""
    if key.startswith("sk-"):
        return f"sk-{_HIDDEN_PART}"
    return _HIDDEN_PART if len(key) < 8 else f"{key[:4]}{_HIDDEN_PART}"


def checked(given: ProfileInput, saved: ProfileFields | None = None) -> ProfileFields:
    """The checked values of a profile, its key aside.

    Saved names are kept as they are, though they could not be given now. Raises InvalidArgument
    (AI_PROVIDER_PROFILE_…) naming the field.
    """
    prices = checked_prices(given.input_price_per_million, given.output_price_per_million)
    name = _name(given.name, saved.name if saved else None)
    url = checked_base_url(given.api_base_url)
    return ProfileFields(
        name=name,
        api_base_url=url,
        model_name=_model_name(given.model_name, url, saved.model_name if saved else None),
        default_system_prompt=_prompt(given.default_system_prompt),
        fallback_order=_order(given.fallback_order),
        prices=prices,
        monthly_budget=checked_budget(given.monthly_budget, prices),
    )


def checked_base_url(value: str | None) -> BaseUrl:
    """The base URL, normalised.

    Raises InvalidArgument (AI_PROVIDER_PROFILE_API_BASE_URL_…).
    """
    text = _required(value, "apiBaseUrl", "API_BASE_URL", URL_CHARACTERS)
    try:
        url = BaseUrl.parse(text)
    except InvalidBaseUrl as error:
        # What stands before an "@" or after a "?" may be a secret.
        shown = "" if "@" in text or "?" in text else f"{text[:200]!r} "
        raise InvalidArgument(
            "AI_PROVIDER_PROFILE_API_BASE_URL_INVALID", f"apiBaseUrl {shown}{error}"
        ) from None
    _bounded(url.text, "apiBaseUrl in ASCII", URL_CHARACTERS)
    return url


def checked_key(base_url: BaseUrl, value: SecretStr | None) -> SecretStr:
    """The key, which only the built-in engine may lack.

    Raises InvalidArgument (AI_PROVIDER_PROFILE_API_KEY_…); no message holds the key.
    """
    text = (value.get_secret_value() if value else "").strip()
    if base_url.is_local and not text:
        return NO_KEY
    _required(text, "apiKey", "API_KEY", KEY_CHARACTERS)
    if _HIDDEN_PART in text:
        raise InvalidArgument(
            "AI_PROVIDER_PROFILE_API_KEY_INVALID",
            f"apiKey contains {_HIDDEN_PART}, so it is what is shown of a key and not the key; "
            "give the whole key, or leave apiKey out to keep the one that is saved",
        )
    if not (text.isascii() and text.isprintable() and " " not in text):
        raise InvalidArgument(
            "AI_PROVIDER_PROFILE_API_KEY_INVALID",
            "apiKey contains a space, a line break or a character outside ASCII, which cannot "
            "be sent; copy the key again",
        )
    return SecretStr(text)


def kept_or_new_key(saved: Profile, now: BaseUrl, given: SecretStr | None) -> SecretStr | None:
    """The key of a saved profile whose base URL is `now`; None keeps the saved one.

    What is shown of the saved key stands for it. It is not kept for another origin: who may edit a
    profile must not be able to send its key elsewhere.

    Raises InvalidArgument (AI_PROVIDER_PROFILE_API_KEY_…).
    """
    if given is not None and not _stands_for(given, saved.masked_api_key):
        return checked_key(now, given)
    former = saved.fields.api_base_url
    if now.origin == former.origin:
        return None
    if now.is_local:
        return NO_KEY
    raise InvalidArgument(
        "AI_PROVIDER_PROFILE_API_KEY_REQUIRED",
        f"apiBaseUrl {now.text!r} is of another origin than the saved {former.text!r}: "
        "give apiKey again, so that the saved key is not sent elsewhere",
    )


def overlaid(saved: ProfileFields, given: ProfileInput, named: Collection[str]) -> ProfileInput:
    """The saved values with those of the named fields in their place, unchecked."""
    kept = ProfileInput(
        name=saved.name,
        api_base_url=saved.api_base_url.text,
        model_name=saved.model_name,
        default_system_prompt=saved.default_system_prompt,
        fallback_order=saved.fallback_order,
        input_price_per_million=saved.prices.input_per_million,
        output_price_per_million=saved.prices.output_per_million,
        monthly_budget=saved.monthly_budget,
    )
    return replace(kept, **{field: getattr(given, field) for field in named})


def _name(value: str | None, saved: str | None) -> str:
    if value is not None and value == saved:
        return value
    name = composed(value or "", NAME_CHARACTERS)
    wrong = fault(_bounded(name, "name", NAME_CHARACTERS))
    if wrong is not None:
        raise InvalidArgument("AI_PROVIDER_PROFILE_NAME_REQUIRED", wrong)
    return name


def _model_name(value: str | None, url: BaseUrl, saved: str | None) -> str:
    if value is not None and value == saved:
        return value
    if url.is_local and not (value or "").strip():
        return BUILT_IN_MODEL
    name = _required(value, "modelName", "MODEL_NAME", MODEL_CHARACTERS)
    if unwanted := hidden(name):
        raise InvalidArgument(
            "AI_PROVIDER_PROFILE_MODEL_NAME_REQUIRED",
            f"modelName {name!a} is not accepted: U+{ord(unwanted[0]):04X} is a control character "
            "or invisible; leave it out",
        )
    return name


def _prompt(value: str | None) -> str | None:
    text = (value or "").replace("\0", "").strip()  # which Postgres cannot store
    return _bounded(text, "defaultSystemPrompt", PROMPT_CHARACTERS) or None


def _stands_for(given: SecretStr, masked_key: str) -> bool:
    return masked_key != "" and given.get_secret_value().strip() == masked_key


def _order(value: int | None) -> int | None:
    if value is not None and not 1 <= value <= LAST_ORDER:
        raise InvalidArgument(
            "AI_PROVIDER_PROFILE_FALLBACK_ORDER_INVALID",
            f"fallbackOrder is {value}; 1 to {LAST_ORDER} are accepted, or null for a profile that "
            "takes nobody's place",
        )
    return value


def _required(value: str | None, field: str, reason: str, limit: int) -> str:
    text = (value or "").strip()
    if not text:
        raise InvalidArgument(
            f"AI_PROVIDER_PROFILE_{reason}_REQUIRED", f"{field} is required and must not be blank"
        )
    return _bounded(text, field, limit)


def _bounded(text: str, field: str, limit: int) -> str:
    if len(text) > limit:
        raise InvalidArgument(
            "AI_PROVIDER_PROFILE_FIELD_TOO_LONG",
            f"{field} has {len(text)} characters; at most {limit} are accepted",
        )
    return text
