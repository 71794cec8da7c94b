import datetime

from google.protobuf import field_mask_pb2 as _field_mask_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class AssetStatus(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ASSET_STATUS_UNSPECIFIED: _ClassVar[AssetStatus]
    ASSET_STATUS_READY: _ClassVar[AssetStatus]

class AssetOrder(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ASSET_ORDER_UNSPECIFIED: _ClassVar[AssetOrder]
    ASSET_ORDER_CREATE_TIME: _ClassVar[AssetOrder]
    ASSET_ORDER_SIZE: _ClassVar[AssetOrder]

class ErrorReason(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ERROR_REASON_UNSPECIFIED: _ClassVar[ErrorReason]
    ERROR_REASON_ASSET_NOT_FOUND: _ClassVar[ErrorReason]
    ERROR_REASON_DERIVATIVE_NOT_FOUND: _ClassVar[ErrorReason]
    ERROR_REASON_CONTENT_NOT_FOUND: _ClassVar[ErrorReason]
    ERROR_REASON_CONTENT_RANGE_INVALID: _ClassVar[ErrorReason]
    ERROR_REASON_ASSET_FILE_REQUIRED: _ClassVar[ErrorReason]
    ERROR_REASON_ASSET_FILE_EMPTY: _ClassVar[ErrorReason]
    ERROR_REASON_ASSET_FILE_TOO_LARGE: _ClassVar[ErrorReason]
    ERROR_REASON_ASSET_CONTENT_TYPE_MISSING: _ClassVar[ErrorReason]
    ERROR_REASON_ASSET_CONTENT_TYPE_NOT_ALLOWED: _ClassVar[ErrorReason]
    ERROR_REASON_ASSET_FILE_INVALID: _ClassVar[ErrorReason]
    ERROR_REASON_ASSET_DIMENSIONS_TOO_LARGE: _ClassVar[ErrorReason]
    ERROR_REASON_ASSET_DESCRIPTION_TOO_LONG: _ClassVar[ErrorReason]
    ERROR_REASON_ASSET_ALT_TEXT_TOO_LONG: _ClassVar[ErrorReason]
    ERROR_REASON_ASSET_FILENAME_INVALID: _ClassVar[ErrorReason]
    ERROR_REASON_PICTURE_UNREADABLE: _ClassVar[ErrorReason]
    ERROR_REASON_RESULT_INVALID: _ClassVar[ErrorReason]
    ERROR_REASON_REQUEST_INVALID: _ClassVar[ErrorReason]
    ERROR_REASON_IDEMPOTENCY_KEY_REUSED: _ClassVar[ErrorReason]
ASSET_STATUS_UNSPECIFIED: AssetStatus
ASSET_STATUS_READY: AssetStatus
ASSET_ORDER_UNSPECIFIED: AssetOrder
ASSET_ORDER_CREATE_TIME: AssetOrder
ASSET_ORDER_SIZE: AssetOrder
ERROR_REASON_UNSPECIFIED: ErrorReason
ERROR_REASON_ASSET_NOT_FOUND: ErrorReason
ERROR_REASON_DERIVATIVE_NOT_FOUND: ErrorReason
ERROR_REASON_CONTENT_NOT_FOUND: ErrorReason
ERROR_REASON_CONTENT_RANGE_INVALID: ErrorReason
ERROR_REASON_ASSET_FILE_REQUIRED: ErrorReason
ERROR_REASON_ASSET_FILE_EMPTY: ErrorReason
ERROR_REASON_ASSET_FILE_TOO_LARGE: ErrorReason
ERROR_REASON_ASSET_CONTENT_TYPE_MISSING: ErrorReason
ERROR_REASON_ASSET_CONTENT_TYPE_NOT_ALLOWED: ErrorReason
ERROR_REASON_ASSET_FILE_INVALID: ErrorReason
ERROR_REASON_ASSET_DIMENSIONS_TOO_LARGE: ErrorReason
ERROR_REASON_ASSET_DESCRIPTION_TOO_LONG: ErrorReason
ERROR_REASON_ASSET_ALT_TEXT_TOO_LONG: ErrorReason
ERROR_REASON_ASSET_FILENAME_INVALID: ErrorReason
ERROR_REASON_PICTURE_UNREADABLE: ErrorReason
ERROR_REASON_RESULT_INVALID: ErrorReason
ERROR_REASON_REQUEST_INVALID: ErrorReason
ERROR_REASON_IDEMPOTENCY_KEY_REUSED: ErrorReason

class Asset(_message.Message):
    __slots__ = ("id", "status", "original_file_name", "stored_file_name", "content_type", "extension", "size", "width", "height", "checksum_sha256", "storage_provider", "storage_key", "is_public", "description", "alt_text", "has_location", "create_time", "update_time", "derivatives", "structured_results", "thumbnail_key", "description_is_persons")
    ID_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    ORIGINAL_FILE_NAME_FIELD_NUMBER: _ClassVar[int]
    STORED_FILE_NAME_FIELD_NUMBER: _ClassVar[int]
    CONTENT_TYPE_FIELD_NUMBER: _ClassVar[int]
    EXTENSION_FIELD_NUMBER: _ClassVar[int]
    SIZE_FIELD_NUMBER: _ClassVar[int]
    WIDTH_FIELD_NUMBER: _ClassVar[int]
    HEIGHT_FIELD_NUMBER: _ClassVar[int]
    CHECKSUM_SHA256_FIELD_NUMBER: _ClassVar[int]
    STORAGE_PROVIDER_FIELD_NUMBER: _ClassVar[int]
    STORAGE_KEY_FIELD_NUMBER: _ClassVar[int]
    IS_PUBLIC_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    ALT_TEXT_FIELD_NUMBER: _ClassVar[int]
    HAS_LOCATION_FIELD_NUMBER: _ClassVar[int]
    CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    UPDATE_TIME_FIELD_NUMBER: _ClassVar[int]
    DERIVATIVES_FIELD_NUMBER: _ClassVar[int]
    STRUCTURED_RESULTS_FIELD_NUMBER: _ClassVar[int]
    THUMBNAIL_KEY_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_IS_PERSONS_FIELD_NUMBER: _ClassVar[int]
    id: str
    status: AssetStatus
    original_file_name: str
    stored_file_name: str
    content_type: str
    extension: str
    size: int
    width: int
    height: int
    checksum_sha256: str
    storage_provider: str
    storage_key: str
    is_public: bool
    description: str
    alt_text: str
    has_location: bool
    create_time: _timestamp_pb2.Timestamp
    update_time: _timestamp_pb2.Timestamp
    derivatives: _containers.RepeatedCompositeFieldContainer[Derivative]
    structured_results: _containers.RepeatedCompositeFieldContainer[StructuredResult]
    thumbnail_key: str
    description_is_persons: bool
    def __init__(self, id: _Optional[str] = ..., status: _Optional[_Union[AssetStatus, str]] = ..., original_file_name: _Optional[str] = ..., stored_file_name: _Optional[str] = ..., content_type: _Optional[str] = ..., extension: _Optional[str] = ..., size: _Optional[int] = ..., width: _Optional[int] = ..., height: _Optional[int] = ..., checksum_sha256: _Optional[str] = ..., storage_provider: _Optional[str] = ..., storage_key: _Optional[str] = ..., is_public: _Optional[bool] = ..., description: _Optional[str] = ..., alt_text: _Optional[str] = ..., has_location: _Optional[bool] = ..., create_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., update_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., derivatives: _Optional[_Iterable[_Union[Derivative, _Mapping]]] = ..., structured_results: _Optional[_Iterable[_Union[StructuredResult, _Mapping]]] = ..., thumbnail_key: _Optional[str] = ..., description_is_persons: _Optional[bool] = ...) -> None: ...

class Derivative(_message.Message):
    __slots__ = ("kind", "content_type", "extension", "size", "width", "height", "storage_key", "create_time")
    KIND_FIELD_NUMBER: _ClassVar[int]
    CONTENT_TYPE_FIELD_NUMBER: _ClassVar[int]
    EXTENSION_FIELD_NUMBER: _ClassVar[int]
    SIZE_FIELD_NUMBER: _ClassVar[int]
    WIDTH_FIELD_NUMBER: _ClassVar[int]
    HEIGHT_FIELD_NUMBER: _ClassVar[int]
    STORAGE_KEY_FIELD_NUMBER: _ClassVar[int]
    CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    kind: str
    content_type: str
    extension: str
    size: int
    width: int
    height: int
    storage_key: str
    create_time: _timestamp_pb2.Timestamp
    def __init__(self, kind: _Optional[str] = ..., content_type: _Optional[str] = ..., extension: _Optional[str] = ..., size: _Optional[int] = ..., width: _Optional[int] = ..., height: _Optional[int] = ..., storage_key: _Optional[str] = ..., create_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class StructuredResult(_message.Message):
    __slots__ = ("kind", "payload_json", "create_time", "execution_id")
    KIND_FIELD_NUMBER: _ClassVar[int]
    PAYLOAD_JSON_FIELD_NUMBER: _ClassVar[int]
    CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    EXECUTION_ID_FIELD_NUMBER: _ClassVar[int]
    kind: str
    payload_json: str
    create_time: _timestamp_pb2.Timestamp
    execution_id: str
    def __init__(self, kind: _Optional[str] = ..., payload_json: _Optional[str] = ..., create_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., execution_id: _Optional[str] = ...) -> None: ...

class UploadAssetRequest(_message.Message):
    __slots__ = ("start", "chunk", "commit")
    START_FIELD_NUMBER: _ClassVar[int]
    CHUNK_FIELD_NUMBER: _ClassVar[int]
    COMMIT_FIELD_NUMBER: _ClassVar[int]
    start: UploadStart
    chunk: bytes
    commit: UploadCommit
    def __init__(self, start: _Optional[_Union[UploadStart, _Mapping]] = ..., chunk: _Optional[bytes] = ..., commit: _Optional[_Union[UploadCommit, _Mapping]] = ...) -> None: ...

class UploadStart(_message.Message):
    __slots__ = ("file_name", "content_type")
    FILE_NAME_FIELD_NUMBER: _ClassVar[int]
    CONTENT_TYPE_FIELD_NUMBER: _ClassVar[int]
    file_name: str
    content_type: str
    def __init__(self, file_name: _Optional[str] = ..., content_type: _Optional[str] = ...) -> None: ...

class UploadCommit(_message.Message):
    __slots__ = ("description", "alt_text", "is_public", "run_enrichment", "skill_name", "request_id")
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    ALT_TEXT_FIELD_NUMBER: _ClassVar[int]
    IS_PUBLIC_FIELD_NUMBER: _ClassVar[int]
    RUN_ENRICHMENT_FIELD_NUMBER: _ClassVar[int]
    SKILL_NAME_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    description: str
    alt_text: str
    is_public: bool
    run_enrichment: bool
    skill_name: str
    request_id: str
    def __init__(self, description: _Optional[str] = ..., alt_text: _Optional[str] = ..., is_public: _Optional[bool] = ..., run_enrichment: _Optional[bool] = ..., skill_name: _Optional[str] = ..., request_id: _Optional[str] = ...) -> None: ...

class UploadAssetResponse(_message.Message):
    __slots__ = ("asset", "replayed")
    ASSET_FIELD_NUMBER: _ClassVar[int]
    REPLAYED_FIELD_NUMBER: _ClassVar[int]
    asset: Asset
    replayed: bool
    def __init__(self, asset: _Optional[_Union[Asset, _Mapping]] = ..., replayed: _Optional[bool] = ...) -> None: ...

class GetAssetRequest(_message.Message):
    __slots__ = ("asset_id", "public_only")
    ASSET_ID_FIELD_NUMBER: _ClassVar[int]
    PUBLIC_ONLY_FIELD_NUMBER: _ClassVar[int]
    asset_id: str
    public_only: bool
    def __init__(self, asset_id: _Optional[str] = ..., public_only: _Optional[bool] = ...) -> None: ...

class GetAssetResponse(_message.Message):
    __slots__ = ("asset",)
    ASSET_FIELD_NUMBER: _ClassVar[int]
    asset: Asset
    def __init__(self, asset: _Optional[_Union[Asset, _Mapping]] = ...) -> None: ...

class BatchGetAssetsRequest(_message.Message):
    __slots__ = ("asset_ids",)
    ASSET_IDS_FIELD_NUMBER: _ClassVar[int]
    asset_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, asset_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class BatchGetAssetsResponse(_message.Message):
    __slots__ = ("assets", "unanswered_ids")
    ASSETS_FIELD_NUMBER: _ClassVar[int]
    UNANSWERED_IDS_FIELD_NUMBER: _ClassVar[int]
    assets: _containers.RepeatedCompositeFieldContainer[Asset]
    unanswered_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, assets: _Optional[_Iterable[_Union[Asset, _Mapping]]] = ..., unanswered_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class ListAssetsRequest(_message.Message):
    __slots__ = ("page_size", "page_token", "skip", "query", "content_type", "status", "order", "ascending", "match_none", "public_only")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    SKIP_FIELD_NUMBER: _ClassVar[int]
    QUERY_FIELD_NUMBER: _ClassVar[int]
    CONTENT_TYPE_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    ORDER_FIELD_NUMBER: _ClassVar[int]
    ASCENDING_FIELD_NUMBER: _ClassVar[int]
    MATCH_NONE_FIELD_NUMBER: _ClassVar[int]
    PUBLIC_ONLY_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    skip: int
    query: str
    content_type: str
    status: AssetStatus
    order: AssetOrder
    ascending: bool
    match_none: bool
    public_only: bool
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., skip: _Optional[int] = ..., query: _Optional[str] = ..., content_type: _Optional[str] = ..., status: _Optional[_Union[AssetStatus, str]] = ..., order: _Optional[_Union[AssetOrder, str]] = ..., ascending: _Optional[bool] = ..., match_none: _Optional[bool] = ..., public_only: _Optional[bool] = ...) -> None: ...

class ListAssetsResponse(_message.Message):
    __slots__ = ("assets", "next_page_token", "total", "total_is_capped")
    ASSETS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    TOTAL_IS_CAPPED_FIELD_NUMBER: _ClassVar[int]
    assets: _containers.RepeatedCompositeFieldContainer[Asset]
    next_page_token: str
    total: int
    total_is_capped: bool
    def __init__(self, assets: _Optional[_Iterable[_Union[Asset, _Mapping]]] = ..., next_page_token: _Optional[str] = ..., total: _Optional[int] = ..., total_is_capped: _Optional[bool] = ...) -> None: ...

class UpdateAssetRequest(_message.Message):
    __slots__ = ("asset", "update_mask")
    ASSET_FIELD_NUMBER: _ClassVar[int]
    UPDATE_MASK_FIELD_NUMBER: _ClassVar[int]
    asset: Asset
    update_mask: _field_mask_pb2.FieldMask
    def __init__(self, asset: _Optional[_Union[Asset, _Mapping]] = ..., update_mask: _Optional[_Union[_field_mask_pb2.FieldMask, _Mapping]] = ...) -> None: ...

class UpdateAssetResponse(_message.Message):
    __slots__ = ("asset",)
    ASSET_FIELD_NUMBER: _ClassVar[int]
    asset: Asset
    def __init__(self, asset: _Optional[_Union[Asset, _Mapping]] = ...) -> None: ...

class DeleteAssetRequest(_message.Message):
    __slots__ = ("asset_id",)
    ASSET_ID_FIELD_NUMBER: _ClassVar[int]
    asset_id: str
    def __init__(self, asset_id: _Optional[str] = ...) -> None: ...

class DeleteAssetResponse(_message.Message):
    __slots__ = ("delete_time",)
    DELETE_TIME_FIELD_NUMBER: _ClassVar[int]
    delete_time: _timestamp_pb2.Timestamp
    def __init__(self, delete_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class BatchDeleteAssetsRequest(_message.Message):
    __slots__ = ("asset_ids", "request_id")
    ASSET_IDS_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    asset_ids: _containers.RepeatedScalarFieldContainer[str]
    request_id: str
    def __init__(self, asset_ids: _Optional[_Iterable[str]] = ..., request_id: _Optional[str] = ...) -> None: ...

class BatchDeleteAssetsResponse(_message.Message):
    __slots__ = ("requested_count", "deleted_count", "not_found_ids", "replayed")
    REQUESTED_COUNT_FIELD_NUMBER: _ClassVar[int]
    DELETED_COUNT_FIELD_NUMBER: _ClassVar[int]
    NOT_FOUND_IDS_FIELD_NUMBER: _ClassVar[int]
    REPLAYED_FIELD_NUMBER: _ClassVar[int]
    requested_count: int
    deleted_count: int
    not_found_ids: _containers.RepeatedScalarFieldContainer[str]
    replayed: bool
    def __init__(self, requested_count: _Optional[int] = ..., deleted_count: _Optional[int] = ..., not_found_ids: _Optional[_Iterable[str]] = ..., replayed: _Optional[bool] = ...) -> None: ...

class GetUsageRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class GetUsageResponse(_message.Message):
    __slots__ = ("total_assets", "total_bytes", "total_derivatives", "content_types")
    TOTAL_ASSETS_FIELD_NUMBER: _ClassVar[int]
    TOTAL_BYTES_FIELD_NUMBER: _ClassVar[int]
    TOTAL_DERIVATIVES_FIELD_NUMBER: _ClassVar[int]
    CONTENT_TYPES_FIELD_NUMBER: _ClassVar[int]
    total_assets: int
    total_bytes: int
    total_derivatives: int
    content_types: _containers.RepeatedCompositeFieldContainer[ContentTypeUsage]
    def __init__(self, total_assets: _Optional[int] = ..., total_bytes: _Optional[int] = ..., total_derivatives: _Optional[int] = ..., content_types: _Optional[_Iterable[_Union[ContentTypeUsage, _Mapping]]] = ...) -> None: ...

class ContentTypeUsage(_message.Message):
    __slots__ = ("content_type", "count", "total_bytes")
    CONTENT_TYPE_FIELD_NUMBER: _ClassVar[int]
    COUNT_FIELD_NUMBER: _ClassVar[int]
    TOTAL_BYTES_FIELD_NUMBER: _ClassVar[int]
    content_type: str
    count: int
    total_bytes: int
    def __init__(self, content_type: _Optional[str] = ..., count: _Optional[int] = ..., total_bytes: _Optional[int] = ...) -> None: ...

class ReadContentRequest(_message.Message):
    __slots__ = ("public_storage_key", "asset_id", "derivative", "range", "info_only", "if_range_etag", "info_if_public")
    PUBLIC_STORAGE_KEY_FIELD_NUMBER: _ClassVar[int]
    ASSET_ID_FIELD_NUMBER: _ClassVar[int]
    DERIVATIVE_FIELD_NUMBER: _ClassVar[int]
    RANGE_FIELD_NUMBER: _ClassVar[int]
    INFO_ONLY_FIELD_NUMBER: _ClassVar[int]
    IF_RANGE_ETAG_FIELD_NUMBER: _ClassVar[int]
    INFO_IF_PUBLIC_FIELD_NUMBER: _ClassVar[int]
    public_storage_key: str
    asset_id: str
    derivative: DerivativeName
    range: ByteRange
    info_only: bool
    if_range_etag: str
    info_if_public: bool
    def __init__(self, public_storage_key: _Optional[str] = ..., asset_id: _Optional[str] = ..., derivative: _Optional[_Union[DerivativeName, _Mapping]] = ..., range: _Optional[_Union[ByteRange, _Mapping]] = ..., info_only: _Optional[bool] = ..., if_range_etag: _Optional[str] = ..., info_if_public: _Optional[bool] = ...) -> None: ...

class DerivativeName(_message.Message):
    __slots__ = ("asset_id", "kind")
    ASSET_ID_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    asset_id: str
    kind: str
    def __init__(self, asset_id: _Optional[str] = ..., kind: _Optional[str] = ...) -> None: ...

class ByteRange(_message.Message):
    __slots__ = ("first", "last")
    FIRST_FIELD_NUMBER: _ClassVar[int]
    LAST_FIELD_NUMBER: _ClassVar[int]
    first: int
    last: int
    def __init__(self, first: _Optional[int] = ..., last: _Optional[int] = ...) -> None: ...

class ReadContentResponse(_message.Message):
    __slots__ = ("info", "chunk")
    INFO_FIELD_NUMBER: _ClassVar[int]
    CHUNK_FIELD_NUMBER: _ClassVar[int]
    info: ContentInfo
    chunk: bytes
    def __init__(self, info: _Optional[_Union[ContentInfo, _Mapping]] = ..., chunk: _Optional[bytes] = ...) -> None: ...

class ContentInfo(_message.Message):
    __slots__ = ("content_type", "size", "etag", "file_name", "offset", "length", "partial", "is_public", "storage_key")
    CONTENT_TYPE_FIELD_NUMBER: _ClassVar[int]
    SIZE_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    FILE_NAME_FIELD_NUMBER: _ClassVar[int]
    OFFSET_FIELD_NUMBER: _ClassVar[int]
    LENGTH_FIELD_NUMBER: _ClassVar[int]
    PARTIAL_FIELD_NUMBER: _ClassVar[int]
    IS_PUBLIC_FIELD_NUMBER: _ClassVar[int]
    STORAGE_KEY_FIELD_NUMBER: _ClassVar[int]
    content_type: str
    size: int
    etag: str
    file_name: str
    offset: int
    length: int
    partial: bool
    is_public: bool
    storage_key: str
    def __init__(self, content_type: _Optional[str] = ..., size: _Optional[int] = ..., etag: _Optional[str] = ..., file_name: _Optional[str] = ..., offset: _Optional[int] = ..., length: _Optional[int] = ..., partial: _Optional[bool] = ..., is_public: _Optional[bool] = ..., storage_key: _Optional[str] = ...) -> None: ...

class GetPreviewRequest(_message.Message):
    __slots__ = ("asset_id",)
    ASSET_ID_FIELD_NUMBER: _ClassVar[int]
    asset_id: str
    def __init__(self, asset_id: _Optional[str] = ...) -> None: ...

class GetPreviewResponse(_message.Message):
    __slots__ = ("jpeg", "facts")
    JPEG_FIELD_NUMBER: _ClassVar[int]
    FACTS_FIELD_NUMBER: _ClassVar[int]
    jpeg: bytes
    facts: PictureFacts
    def __init__(self, jpeg: _Optional[bytes] = ..., facts: _Optional[_Union[PictureFacts, _Mapping]] = ...) -> None: ...

class PictureFacts(_message.Message):
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

class PutDerivativeRequest(_message.Message):
    __slots__ = ("start", "chunk")
    START_FIELD_NUMBER: _ClassVar[int]
    CHUNK_FIELD_NUMBER: _ClassVar[int]
    start: DerivativeStart
    chunk: bytes
    def __init__(self, start: _Optional[_Union[DerivativeStart, _Mapping]] = ..., chunk: _Optional[bytes] = ...) -> None: ...

class DerivativeStart(_message.Message):
    __slots__ = ("asset_id", "kind", "content_type", "width", "height", "execution_id")
    ASSET_ID_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    CONTENT_TYPE_FIELD_NUMBER: _ClassVar[int]
    WIDTH_FIELD_NUMBER: _ClassVar[int]
    HEIGHT_FIELD_NUMBER: _ClassVar[int]
    EXECUTION_ID_FIELD_NUMBER: _ClassVar[int]
    asset_id: str
    kind: str
    content_type: str
    width: int
    height: int
    execution_id: str
    def __init__(self, asset_id: _Optional[str] = ..., kind: _Optional[str] = ..., content_type: _Optional[str] = ..., width: _Optional[int] = ..., height: _Optional[int] = ..., execution_id: _Optional[str] = ...) -> None: ...

class PutDerivativeResponse(_message.Message):
    __slots__ = ("derivative",)
    DERIVATIVE_FIELD_NUMBER: _ClassVar[int]
    derivative: Derivative
    def __init__(self, derivative: _Optional[_Union[Derivative, _Mapping]] = ...) -> None: ...

class PutStructuredResultRequest(_message.Message):
    __slots__ = ("asset_id", "kind", "payload_json", "execution_id", "description", "alt_text", "position")
    ASSET_ID_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    PAYLOAD_JSON_FIELD_NUMBER: _ClassVar[int]
    EXECUTION_ID_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    ALT_TEXT_FIELD_NUMBER: _ClassVar[int]
    POSITION_FIELD_NUMBER: _ClassVar[int]
    asset_id: str
    kind: str
    payload_json: str
    execution_id: str
    description: str
    alt_text: str
    position: int
    def __init__(self, asset_id: _Optional[str] = ..., kind: _Optional[str] = ..., payload_json: _Optional[str] = ..., execution_id: _Optional[str] = ..., description: _Optional[str] = ..., alt_text: _Optional[str] = ..., position: _Optional[int] = ...) -> None: ...

class PutStructuredResultResponse(_message.Message):
    __slots__ = ("structured_result",)
    STRUCTURED_RESULT_FIELD_NUMBER: _ClassVar[int]
    structured_result: StructuredResult
    def __init__(self, structured_result: _Optional[_Union[StructuredResult, _Mapping]] = ...) -> None: ...
