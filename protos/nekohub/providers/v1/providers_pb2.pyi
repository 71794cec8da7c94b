import datetime

from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf import field_mask_pb2 as _field_mask_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ErrorReason(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ERROR_REASON_UNSPECIFIED: _ClassVar[ErrorReason]
    ERROR_REASON_AI_PROVIDER_PROFILE_NOT_FOUND: _ClassVar[ErrorReason]
    ERROR_REASON_AI_PROVIDER_PROFILE_NAME_REQUIRED: _ClassVar[ErrorReason]
    ERROR_REASON_AI_PROVIDER_PROFILE_API_BASE_URL_REQUIRED: _ClassVar[ErrorReason]
    ERROR_REASON_AI_PROVIDER_PROFILE_API_KEY_REQUIRED: _ClassVar[ErrorReason]
    ERROR_REASON_AI_PROVIDER_PROFILE_MODEL_NAME_REQUIRED: _ClassVar[ErrorReason]
    ERROR_REASON_AI_PROVIDER_PROFILE_API_BASE_URL_INVALID: _ClassVar[ErrorReason]
    ERROR_REASON_AI_PROVIDER_PROFILE_NAME_CONFLICT: _ClassVar[ErrorReason]
    ERROR_REASON_AI_PROVIDER_PROFILE_FIELD_TOO_LONG: _ClassVar[ErrorReason]
    ERROR_REASON_AI_PROVIDER_NOT_CONFIGURED: _ClassVar[ErrorReason]
    ERROR_REASON_AI_PROVIDER_FAILED: _ClassVar[ErrorReason]
    ERROR_REASON_AI_PROVIDER_UNREACHABLE: _ClassVar[ErrorReason]
    ERROR_REASON_AI_PROVIDER_PROFILE_API_KEY_INVALID: _ClassVar[ErrorReason]
    ERROR_REASON_REQUEST_INVALID: _ClassVar[ErrorReason]
    ERROR_REASON_AI_PROVIDER_PROFILE_LIMIT_REACHED: _ClassVar[ErrorReason]
    ERROR_REASON_IDEMPOTENCY_KEY_REUSED: _ClassVar[ErrorReason]
    ERROR_REASON_AI_PROVIDER_BUDGET_EXHAUSTED: _ClassVar[ErrorReason]
    ERROR_REASON_AI_PROVIDER_PROFILE_FALLBACK_ORDER_INVALID: _ClassVar[ErrorReason]
    ERROR_REASON_AI_PROVIDER_PROFILE_PRICE_INVALID: _ClassVar[ErrorReason]
    ERROR_REASON_AI_PROVIDER_PROFILE_MONTHLY_BUDGET_INVALID: _ClassVar[ErrorReason]
    ERROR_REASON_AI_USAGE_PERIOD_INVALID: _ClassVar[ErrorReason]
ERROR_REASON_UNSPECIFIED: ErrorReason
ERROR_REASON_AI_PROVIDER_PROFILE_NOT_FOUND: ErrorReason
ERROR_REASON_AI_PROVIDER_PROFILE_NAME_REQUIRED: ErrorReason
ERROR_REASON_AI_PROVIDER_PROFILE_API_BASE_URL_REQUIRED: ErrorReason
ERROR_REASON_AI_PROVIDER_PROFILE_API_KEY_REQUIRED: ErrorReason
ERROR_REASON_AI_PROVIDER_PROFILE_MODEL_NAME_REQUIRED: ErrorReason
ERROR_REASON_AI_PROVIDER_PROFILE_API_BASE_URL_INVALID: ErrorReason
ERROR_REASON_AI_PROVIDER_PROFILE_NAME_CONFLICT: ErrorReason
ERROR_REASON_AI_PROVIDER_PROFILE_FIELD_TOO_LONG: ErrorReason
ERROR_REASON_AI_PROVIDER_NOT_CONFIGURED: ErrorReason
ERROR_REASON_AI_PROVIDER_FAILED: ErrorReason
ERROR_REASON_AI_PROVIDER_UNREACHABLE: ErrorReason
ERROR_REASON_AI_PROVIDER_PROFILE_API_KEY_INVALID: ErrorReason
ERROR_REASON_REQUEST_INVALID: ErrorReason
ERROR_REASON_AI_PROVIDER_PROFILE_LIMIT_REACHED: ErrorReason
ERROR_REASON_IDEMPOTENCY_KEY_REUSED: ErrorReason
ERROR_REASON_AI_PROVIDER_BUDGET_EXHAUSTED: ErrorReason
ERROR_REASON_AI_PROVIDER_PROFILE_FALLBACK_ORDER_INVALID: ErrorReason
ERROR_REASON_AI_PROVIDER_PROFILE_PRICE_INVALID: ErrorReason
ERROR_REASON_AI_PROVIDER_PROFILE_MONTHLY_BUDGET_INVALID: ErrorReason
ERROR_REASON_AI_USAGE_PERIOD_INVALID: ErrorReason

class Profile(_message.Message):
    __slots__ = ("id", "name", "api_base_url", "masked_api_key", "model_name", "default_system_prompt", "is_active", "create_time", "update_time", "capabilities", "fallback_order", "input_price_per_million", "output_price_per_million", "monthly_budget", "month_cost")
    ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    API_BASE_URL_FIELD_NUMBER: _ClassVar[int]
    MASKED_API_KEY_FIELD_NUMBER: _ClassVar[int]
    MODEL_NAME_FIELD_NUMBER: _ClassVar[int]
    DEFAULT_SYSTEM_PROMPT_FIELD_NUMBER: _ClassVar[int]
    IS_ACTIVE_FIELD_NUMBER: _ClassVar[int]
    CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    UPDATE_TIME_FIELD_NUMBER: _ClassVar[int]
    CAPABILITIES_FIELD_NUMBER: _ClassVar[int]
    FALLBACK_ORDER_FIELD_NUMBER: _ClassVar[int]
    INPUT_PRICE_PER_MILLION_FIELD_NUMBER: _ClassVar[int]
    OUTPUT_PRICE_PER_MILLION_FIELD_NUMBER: _ClassVar[int]
    MONTHLY_BUDGET_FIELD_NUMBER: _ClassVar[int]
    MONTH_COST_FIELD_NUMBER: _ClassVar[int]
    id: str
    name: str
    api_base_url: str
    masked_api_key: str
    model_name: str
    default_system_prompt: str
    is_active: bool
    create_time: _timestamp_pb2.Timestamp
    update_time: _timestamp_pb2.Timestamp
    capabilities: Capabilities
    fallback_order: int
    input_price_per_million: float
    output_price_per_million: float
    monthly_budget: float
    month_cost: float
    def __init__(self, id: _Optional[str] = ..., name: _Optional[str] = ..., api_base_url: _Optional[str] = ..., masked_api_key: _Optional[str] = ..., model_name: _Optional[str] = ..., default_system_prompt: _Optional[str] = ..., is_active: _Optional[bool] = ..., create_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., update_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., capabilities: _Optional[_Union[Capabilities, _Mapping]] = ..., fallback_order: _Optional[int] = ..., input_price_per_million: _Optional[float] = ..., output_price_per_million: _Optional[float] = ..., monthly_budget: _Optional[float] = ..., month_cost: _Optional[float] = ...) -> None: ...

class Capabilities(_message.Message):
    __slots__ = ("answer_format", "token_field", "api_base_url", "can_see_images", "image_side", "learn_time")
    ANSWER_FORMAT_FIELD_NUMBER: _ClassVar[int]
    TOKEN_FIELD_FIELD_NUMBER: _ClassVar[int]
    API_BASE_URL_FIELD_NUMBER: _ClassVar[int]
    CAN_SEE_IMAGES_FIELD_NUMBER: _ClassVar[int]
    IMAGE_SIDE_FIELD_NUMBER: _ClassVar[int]
    LEARN_TIME_FIELD_NUMBER: _ClassVar[int]
    answer_format: str
    token_field: str
    api_base_url: str
    can_see_images: bool
    image_side: int
    learn_time: _timestamp_pb2.Timestamp
    def __init__(self, answer_format: _Optional[str] = ..., token_field: _Optional[str] = ..., api_base_url: _Optional[str] = ..., can_see_images: _Optional[bool] = ..., image_side: _Optional[int] = ..., learn_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class ListProfilesRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ListProfilesResponse(_message.Message):
    __slots__ = ("profiles",)
    PROFILES_FIELD_NUMBER: _ClassVar[int]
    profiles: _containers.RepeatedCompositeFieldContainer[Profile]
    def __init__(self, profiles: _Optional[_Iterable[_Union[Profile, _Mapping]]] = ...) -> None: ...

class GetActiveProfileRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class GetActiveProfileResponse(_message.Message):
    __slots__ = ("profile",)
    PROFILE_FIELD_NUMBER: _ClassVar[int]
    profile: Profile
    def __init__(self, profile: _Optional[_Union[Profile, _Mapping]] = ...) -> None: ...

class ProfileInput(_message.Message):
    __slots__ = ("name", "api_base_url", "api_key", "model_name", "default_system_prompt", "is_active", "fallback_order", "input_price_per_million", "output_price_per_million", "monthly_budget")
    NAME_FIELD_NUMBER: _ClassVar[int]
    API_BASE_URL_FIELD_NUMBER: _ClassVar[int]
    API_KEY_FIELD_NUMBER: _ClassVar[int]
    MODEL_NAME_FIELD_NUMBER: _ClassVar[int]
    DEFAULT_SYSTEM_PROMPT_FIELD_NUMBER: _ClassVar[int]
    IS_ACTIVE_FIELD_NUMBER: _ClassVar[int]
    FALLBACK_ORDER_FIELD_NUMBER: _ClassVar[int]
    INPUT_PRICE_PER_MILLION_FIELD_NUMBER: _ClassVar[int]
    OUTPUT_PRICE_PER_MILLION_FIELD_NUMBER: _ClassVar[int]
    MONTHLY_BUDGET_FIELD_NUMBER: _ClassVar[int]
    name: str
    api_base_url: str
    api_key: str
    model_name: str
    default_system_prompt: str
    is_active: bool
    fallback_order: int
    input_price_per_million: float
    output_price_per_million: float
    monthly_budget: float
    def __init__(self, name: _Optional[str] = ..., api_base_url: _Optional[str] = ..., api_key: _Optional[str] = ..., model_name: _Optional[str] = ..., default_system_prompt: _Optional[str] = ..., is_active: _Optional[bool] = ..., fallback_order: _Optional[int] = ..., input_price_per_million: _Optional[float] = ..., output_price_per_million: _Optional[float] = ..., monthly_budget: _Optional[float] = ...) -> None: ...

class CreateProfileRequest(_message.Message):
    __slots__ = ("profile", "request_id")
    PROFILE_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    profile: ProfileInput
    request_id: str
    def __init__(self, profile: _Optional[_Union[ProfileInput, _Mapping]] = ..., request_id: _Optional[str] = ...) -> None: ...

class CreateProfileResponse(_message.Message):
    __slots__ = ("profile", "replayed")
    PROFILE_FIELD_NUMBER: _ClassVar[int]
    REPLAYED_FIELD_NUMBER: _ClassVar[int]
    profile: Profile
    replayed: bool
    def __init__(self, profile: _Optional[_Union[Profile, _Mapping]] = ..., replayed: _Optional[bool] = ...) -> None: ...

class UpdateProfileRequest(_message.Message):
    __slots__ = ("profile_id", "profile", "update_mask")
    PROFILE_ID_FIELD_NUMBER: _ClassVar[int]
    PROFILE_FIELD_NUMBER: _ClassVar[int]
    UPDATE_MASK_FIELD_NUMBER: _ClassVar[int]
    profile_id: str
    profile: ProfileInput
    update_mask: _field_mask_pb2.FieldMask
    def __init__(self, profile_id: _Optional[str] = ..., profile: _Optional[_Union[ProfileInput, _Mapping]] = ..., update_mask: _Optional[_Union[_field_mask_pb2.FieldMask, _Mapping]] = ...) -> None: ...

class UpdateProfileResponse(_message.Message):
    __slots__ = ("profile",)
    PROFILE_FIELD_NUMBER: _ClassVar[int]
    profile: Profile
    def __init__(self, profile: _Optional[_Union[Profile, _Mapping]] = ...) -> None: ...

class DeleteProfileRequest(_message.Message):
    __slots__ = ("profile_id",)
    PROFILE_ID_FIELD_NUMBER: _ClassVar[int]
    profile_id: str
    def __init__(self, profile_id: _Optional[str] = ...) -> None: ...

class DeleteProfileResponse(_message.Message):
    __slots__ = ("was_active", "delete_time")
    WAS_ACTIVE_FIELD_NUMBER: _ClassVar[int]
    DELETE_TIME_FIELD_NUMBER: _ClassVar[int]
    was_active: bool
    delete_time: _timestamp_pb2.Timestamp
    def __init__(self, was_active: _Optional[bool] = ..., delete_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class TestProfileRequest(_message.Message):
    __slots__ = ("profile_id", "profile")
    PROFILE_ID_FIELD_NUMBER: _ClassVar[int]
    PROFILE_FIELD_NUMBER: _ClassVar[int]
    profile_id: str
    profile: ProfileInput
    def __init__(self, profile_id: _Optional[str] = ..., profile: _Optional[_Union[ProfileInput, _Mapping]] = ...) -> None: ...

class TestProfileResponse(_message.Message):
    __slots__ = ("succeeded", "caption", "resolved_model_name", "resolved_api_base_url", "error_message", "can_see_images", "capabilities")
    SUCCEEDED_FIELD_NUMBER: _ClassVar[int]
    CAPTION_FIELD_NUMBER: _ClassVar[int]
    RESOLVED_MODEL_NAME_FIELD_NUMBER: _ClassVar[int]
    RESOLVED_API_BASE_URL_FIELD_NUMBER: _ClassVar[int]
    ERROR_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    CAN_SEE_IMAGES_FIELD_NUMBER: _ClassVar[int]
    CAPABILITIES_FIELD_NUMBER: _ClassVar[int]
    succeeded: bool
    caption: str
    resolved_model_name: str
    resolved_api_base_url: str
    error_message: str
    can_see_images: bool
    capabilities: Capabilities
    def __init__(self, succeeded: _Optional[bool] = ..., caption: _Optional[str] = ..., resolved_model_name: _Optional[str] = ..., resolved_api_base_url: _Optional[str] = ..., error_message: _Optional[str] = ..., can_see_images: _Optional[bool] = ..., capabilities: _Optional[_Union[Capabilities, _Mapping]] = ...) -> None: ...

class DescribeRequest(_message.Message):
    __slots__ = ("jpeg", "prompt", "schema_name", "schema_json", "facts", "idempotency_key", "timeout", "skill_name", "picture_sha256", "ask_anew")
    JPEG_FIELD_NUMBER: _ClassVar[int]
    PROMPT_FIELD_NUMBER: _ClassVar[int]
    SCHEMA_NAME_FIELD_NUMBER: _ClassVar[int]
    SCHEMA_JSON_FIELD_NUMBER: _ClassVar[int]
    FACTS_FIELD_NUMBER: _ClassVar[int]
    IDEMPOTENCY_KEY_FIELD_NUMBER: _ClassVar[int]
    TIMEOUT_FIELD_NUMBER: _ClassVar[int]
    SKILL_NAME_FIELD_NUMBER: _ClassVar[int]
    PICTURE_SHA256_FIELD_NUMBER: _ClassVar[int]
    ASK_ANEW_FIELD_NUMBER: _ClassVar[int]
    jpeg: bytes
    prompt: str
    schema_name: str
    schema_json: str
    facts: ImageFacts
    idempotency_key: str
    timeout: _duration_pb2.Duration
    skill_name: str
    picture_sha256: str
    ask_anew: bool
    def __init__(self, jpeg: _Optional[bytes] = ..., prompt: _Optional[str] = ..., schema_name: _Optional[str] = ..., schema_json: _Optional[str] = ..., facts: _Optional[_Union[ImageFacts, _Mapping]] = ..., idempotency_key: _Optional[str] = ..., timeout: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., skill_name: _Optional[str] = ..., picture_sha256: _Optional[str] = ..., ask_anew: _Optional[bool] = ...) -> None: ...

class ImageFacts(_message.Message):
    __slots__ = ("width", "height", "format", "has_transparency", "frame_count", "camera", "taken_at")
    WIDTH_FIELD_NUMBER: _ClassVar[int]
    HEIGHT_FIELD_NUMBER: _ClassVar[int]
    FORMAT_FIELD_NUMBER: _ClassVar[int]
    HAS_TRANSPARENCY_FIELD_NUMBER: _ClassVar[int]
    FRAME_COUNT_FIELD_NUMBER: _ClassVar[int]
    CAMERA_FIELD_NUMBER: _ClassVar[int]
    TAKEN_AT_FIELD_NUMBER: _ClassVar[int]
    width: int
    height: int
    format: str
    has_transparency: bool
    frame_count: int
    camera: str
    taken_at: str
    def __init__(self, width: _Optional[int] = ..., height: _Optional[int] = ..., format: _Optional[str] = ..., has_transparency: _Optional[bool] = ..., frame_count: _Optional[int] = ..., camera: _Optional[str] = ..., taken_at: _Optional[str] = ...) -> None: ...

class DescribeResponse(_message.Message):
    __slots__ = ("output_json", "profile_name", "model_name", "input_tokens", "output_tokens", "request_count", "latency_ms", "cached", "cost")
    OUTPUT_JSON_FIELD_NUMBER: _ClassVar[int]
    PROFILE_NAME_FIELD_NUMBER: _ClassVar[int]
    MODEL_NAME_FIELD_NUMBER: _ClassVar[int]
    INPUT_TOKENS_FIELD_NUMBER: _ClassVar[int]
    OUTPUT_TOKENS_FIELD_NUMBER: _ClassVar[int]
    REQUEST_COUNT_FIELD_NUMBER: _ClassVar[int]
    LATENCY_MS_FIELD_NUMBER: _ClassVar[int]
    CACHED_FIELD_NUMBER: _ClassVar[int]
    COST_FIELD_NUMBER: _ClassVar[int]
    output_json: str
    profile_name: str
    model_name: str
    input_tokens: int
    output_tokens: int
    request_count: int
    latency_ms: int
    cached: bool
    cost: float
    def __init__(self, output_json: _Optional[str] = ..., profile_name: _Optional[str] = ..., model_name: _Optional[str] = ..., input_tokens: _Optional[int] = ..., output_tokens: _Optional[int] = ..., request_count: _Optional[int] = ..., latency_ms: _Optional[int] = ..., cached: _Optional[bool] = ..., cost: _Optional[float] = ...) -> None: ...

class ForgetAnswersRequest(_message.Message):
    __slots__ = ("picture_sha256",)
    PICTURE_SHA256_FIELD_NUMBER: _ClassVar[int]
    picture_sha256: str
    def __init__(self, picture_sha256: _Optional[str] = ...) -> None: ...

class ForgetAnswersResponse(_message.Message):
    __slots__ = ("deleted_count",)
    DELETED_COUNT_FIELD_NUMBER: _ClassVar[int]
    deleted_count: int
    def __init__(self, deleted_count: _Optional[int] = ...) -> None: ...

class GetUsageRequest(_message.Message):
    __slots__ = ("from_day", "to_day")
    FROM_DAY_FIELD_NUMBER: _ClassVar[int]
    TO_DAY_FIELD_NUMBER: _ClassVar[int]
    from_day: str
    to_day: str
    def __init__(self, from_day: _Optional[str] = ..., to_day: _Optional[str] = ...) -> None: ...

class GetUsageResponse(_message.Message):
    __slots__ = ("from_day", "to_day", "items", "is_capped", "total", "by_day", "by_profile", "by_skill")
    FROM_DAY_FIELD_NUMBER: _ClassVar[int]
    TO_DAY_FIELD_NUMBER: _ClassVar[int]
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    IS_CAPPED_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    BY_DAY_FIELD_NUMBER: _ClassVar[int]
    BY_PROFILE_FIELD_NUMBER: _ClassVar[int]
    BY_SKILL_FIELD_NUMBER: _ClassVar[int]
    from_day: str
    to_day: str
    items: _containers.RepeatedCompositeFieldContainer[Usage]
    is_capped: bool
    total: Usage
    by_day: _containers.RepeatedCompositeFieldContainer[Usage]
    by_profile: _containers.RepeatedCompositeFieldContainer[Usage]
    by_skill: _containers.RepeatedCompositeFieldContainer[Usage]
    def __init__(self, from_day: _Optional[str] = ..., to_day: _Optional[str] = ..., items: _Optional[_Iterable[_Union[Usage, _Mapping]]] = ..., is_capped: _Optional[bool] = ..., total: _Optional[_Union[Usage, _Mapping]] = ..., by_day: _Optional[_Iterable[_Union[Usage, _Mapping]]] = ..., by_profile: _Optional[_Iterable[_Union[Usage, _Mapping]]] = ..., by_skill: _Optional[_Iterable[_Union[Usage, _Mapping]]] = ...) -> None: ...

class Usage(_message.Message):
    __slots__ = ("day", "profile_id", "profile_name", "skill_name", "request_count", "input_tokens", "output_tokens", "cached_count", "cost")
    DAY_FIELD_NUMBER: _ClassVar[int]
    PROFILE_ID_FIELD_NUMBER: _ClassVar[int]
    PROFILE_NAME_FIELD_NUMBER: _ClassVar[int]
    SKILL_NAME_FIELD_NUMBER: _ClassVar[int]
    REQUEST_COUNT_FIELD_NUMBER: _ClassVar[int]
    INPUT_TOKENS_FIELD_NUMBER: _ClassVar[int]
    OUTPUT_TOKENS_FIELD_NUMBER: _ClassVar[int]
    CACHED_COUNT_FIELD_NUMBER: _ClassVar[int]
    COST_FIELD_NUMBER: _ClassVar[int]
    day: str
    profile_id: str
    profile_name: str
    skill_name: str
    request_count: int
    input_tokens: int
    output_tokens: int
    cached_count: int
    cost: float
    def __init__(self, day: _Optional[str] = ..., profile_id: _Optional[str] = ..., profile_name: _Optional[str] = ..., skill_name: _Optional[str] = ..., request_count: _Optional[int] = ..., input_tokens: _Optional[int] = ..., output_tokens: _Optional[int] = ..., cached_count: _Optional[int] = ..., cost: _Optional[float] = ...) -> None: ...
