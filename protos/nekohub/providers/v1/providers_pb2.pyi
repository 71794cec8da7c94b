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

class Profile(_message.Message):
    __slots__ = ("id", "name", "api_base_url", "masked_api_key", "model_name", "default_system_prompt", "is_active", "create_time", "update_time")
    ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    API_BASE_URL_FIELD_NUMBER: _ClassVar[int]
    MASKED_API_KEY_FIELD_NUMBER: _ClassVar[int]
    MODEL_NAME_FIELD_NUMBER: _ClassVar[int]
    DEFAULT_SYSTEM_PROMPT_FIELD_NUMBER: _ClassVar[int]
    IS_ACTIVE_FIELD_NUMBER: _ClassVar[int]
    CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    UPDATE_TIME_FIELD_NUMBER: _ClassVar[int]
    id: str
    name: str
    api_base_url: str
    masked_api_key: str
    model_name: str
    default_system_prompt: str
    is_active: bool
    create_time: _timestamp_pb2.Timestamp
    update_time: _timestamp_pb2.Timestamp
    def __init__(self, id: _Optional[str] = ..., name: _Optional[str] = ..., api_base_url: _Optional[str] = ..., masked_api_key: _Optional[str] = ..., model_name: _Optional[str] = ..., default_system_prompt: _Optional[str] = ..., is_active: _Optional[bool] = ..., create_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., update_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

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
    __slots__ = ("name", "api_base_url", "api_key", "model_name", "default_system_prompt", "is_active")
    NAME_FIELD_NUMBER: _ClassVar[int]
    API_BASE_URL_FIELD_NUMBER: _ClassVar[int]
    API_KEY_FIELD_NUMBER: _ClassVar[int]
    MODEL_NAME_FIELD_NUMBER: _ClassVar[int]
    DEFAULT_SYSTEM_PROMPT_FIELD_NUMBER: _ClassVar[int]
    IS_ACTIVE_FIELD_NUMBER: _ClassVar[int]
    name: str
    api_base_url: str
    api_key: str
    model_name: str
    default_system_prompt: str
    is_active: bool
    def __init__(self, name: _Optional[str] = ..., api_base_url: _Optional[str] = ..., api_key: _Optional[str] = ..., model_name: _Optional[str] = ..., default_system_prompt: _Optional[str] = ..., is_active: _Optional[bool] = ...) -> None: ...

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
    __slots__ = ("succeeded", "caption", "resolved_model_name", "resolved_api_base_url", "error_message", "can_see_images")
    SUCCEEDED_FIELD_NUMBER: _ClassVar[int]
    CAPTION_FIELD_NUMBER: _ClassVar[int]
    RESOLVED_MODEL_NAME_FIELD_NUMBER: _ClassVar[int]
    RESOLVED_API_BASE_URL_FIELD_NUMBER: _ClassVar[int]
    ERROR_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    CAN_SEE_IMAGES_FIELD_NUMBER: _ClassVar[int]
    succeeded: bool
    caption: str
    resolved_model_name: str
    resolved_api_base_url: str
    error_message: str
    can_see_images: bool
    def __init__(self, succeeded: _Optional[bool] = ..., caption: _Optional[str] = ..., resolved_model_name: _Optional[str] = ..., resolved_api_base_url: _Optional[str] = ..., error_message: _Optional[str] = ..., can_see_images: _Optional[bool] = ...) -> None: ...

class DescribeRequest(_message.Message):
    __slots__ = ("jpeg", "prompt", "schema_name", "schema_json", "facts", "idempotency_key", "timeout")
    JPEG_FIELD_NUMBER: _ClassVar[int]
    PROMPT_FIELD_NUMBER: _ClassVar[int]
    SCHEMA_NAME_FIELD_NUMBER: _ClassVar[int]
    SCHEMA_JSON_FIELD_NUMBER: _ClassVar[int]
    FACTS_FIELD_NUMBER: _ClassVar[int]
    IDEMPOTENCY_KEY_FIELD_NUMBER: _ClassVar[int]
    TIMEOUT_FIELD_NUMBER: _ClassVar[int]
    jpeg: bytes
    prompt: str
    schema_name: str
    schema_json: str
    facts: ImageFacts
    idempotency_key: str
    timeout: _duration_pb2.Duration
    def __init__(self, jpeg: _Optional[bytes] = ..., prompt: _Optional[str] = ..., schema_name: _Optional[str] = ..., schema_json: _Optional[str] = ..., facts: _Optional[_Union[ImageFacts, _Mapping]] = ..., idempotency_key: _Optional[str] = ..., timeout: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

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
    __slots__ = ("output_json", "profile_name", "model_name", "input_tokens", "output_tokens", "request_count", "latency_ms")
    OUTPUT_JSON_FIELD_NUMBER: _ClassVar[int]
    PROFILE_NAME_FIELD_NUMBER: _ClassVar[int]
    MODEL_NAME_FIELD_NUMBER: _ClassVar[int]
    INPUT_TOKENS_FIELD_NUMBER: _ClassVar[int]
    OUTPUT_TOKENS_FIELD_NUMBER: _ClassVar[int]
    REQUEST_COUNT_FIELD_NUMBER: _ClassVar[int]
    LATENCY_MS_FIELD_NUMBER: _ClassVar[int]
    output_json: str
    profile_name: str
    model_name: str
    input_tokens: int
    output_tokens: int
    request_count: int
    latency_ms: int
    def __init__(self, output_json: _Optional[str] = ..., profile_name: _Optional[str] = ..., model_name: _Optional[str] = ..., input_tokens: _Optional[int] = ..., output_tokens: _Optional[int] = ..., request_count: _Optional[int] = ..., latency_ms: _Optional[int] = ...) -> None: ...
