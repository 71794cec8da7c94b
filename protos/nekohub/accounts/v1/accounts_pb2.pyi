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

class Role(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ROLE_UNSPECIFIED: _ClassVar[Role]
    ROLE_SUPER_ADMIN: _ClassVar[Role]
    ROLE_ADMIN: _ClassVar[Role]
    ROLE_USER: _ClassVar[Role]

class ErrorReason(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ERROR_REASON_UNSPECIFIED: _ClassVar[ErrorReason]
    ERROR_REASON_API_KEY_INVALID: _ClassVar[ErrorReason]
    ERROR_REASON_AUTH_INVALID_CREDENTIALS: _ClassVar[ErrorReason]
    ERROR_REASON_AUTH_USER_INACTIVE: _ClassVar[ErrorReason]
    ERROR_REASON_AUTH_RATE_LIMITED: _ClassVar[ErrorReason]
    ERROR_REASON_AUTH_REFRESH_TOKEN_INVALID: _ClassVar[ErrorReason]
    ERROR_REASON_AUTH_REFRESH_TOKEN_REUSED: _ClassVar[ErrorReason]
    ERROR_REASON_USER_NOT_FOUND: _ClassVar[ErrorReason]
    ERROR_REASON_USER_USERNAME_CONFLICT: _ClassVar[ErrorReason]
    ERROR_REASON_USER_USERNAME_REQUIRED: _ClassVar[ErrorReason]
    ERROR_REASON_USER_PASSWORD_REQUIRED: _ClassVar[ErrorReason]
    ERROR_REASON_USER_ROLE_INVALID: _ClassVar[ErrorReason]
    ERROR_REASON_USER_PERMISSIONS_INVALID: _ClassVar[ErrorReason]
    ERROR_REASON_USER_SUPER_ADMIN_CREATE_FORBIDDEN: _ClassVar[ErrorReason]
    ERROR_REASON_USER_SUPER_ADMIN_UPDATE_FORBIDDEN: _ClassVar[ErrorReason]
    ERROR_REASON_USER_SUPER_ADMIN_DISABLE_FORBIDDEN: _ClassVar[ErrorReason]
    ERROR_REASON_USER_SUPER_ADMIN_PERMISSIONS_FORBIDDEN: _ClassVar[ErrorReason]
    ERROR_REASON_USER_SUPER_ADMIN_RESET_PASSWORD_FORBIDDEN: _ClassVar[ErrorReason]
    ERROR_REASON_USER_SELF_DISABLE_FORBIDDEN: _ClassVar[ErrorReason]
    ERROR_REASON_USER_SELF_PERMISSIONS_FORBIDDEN: _ClassVar[ErrorReason]
    ERROR_REASON_USER_SELF_ROLE_FORBIDDEN: _ClassVar[ErrorReason]
    ERROR_REASON_USER_MANAGE_FORBIDDEN: _ClassVar[ErrorReason]
    ERROR_REASON_IDEMPOTENCY_KEY_REUSED: _ClassVar[ErrorReason]
    ERROR_REASON_REQUEST_INVALID: _ClassVar[ErrorReason]
ROLE_UNSPECIFIED: Role
ROLE_SUPER_ADMIN: Role
ROLE_ADMIN: Role
ROLE_USER: Role
ERROR_REASON_UNSPECIFIED: ErrorReason
ERROR_REASON_API_KEY_INVALID: ErrorReason
ERROR_REASON_AUTH_INVALID_CREDENTIALS: ErrorReason
ERROR_REASON_AUTH_USER_INACTIVE: ErrorReason
ERROR_REASON_AUTH_RATE_LIMITED: ErrorReason
ERROR_REASON_AUTH_REFRESH_TOKEN_INVALID: ErrorReason
ERROR_REASON_AUTH_REFRESH_TOKEN_REUSED: ErrorReason
ERROR_REASON_USER_NOT_FOUND: ErrorReason
ERROR_REASON_USER_USERNAME_CONFLICT: ErrorReason
ERROR_REASON_USER_USERNAME_REQUIRED: ErrorReason
ERROR_REASON_USER_PASSWORD_REQUIRED: ErrorReason
ERROR_REASON_USER_ROLE_INVALID: ErrorReason
ERROR_REASON_USER_PERMISSIONS_INVALID: ErrorReason
ERROR_REASON_USER_SUPER_ADMIN_CREATE_FORBIDDEN: ErrorReason
ERROR_REASON_USER_SUPER_ADMIN_UPDATE_FORBIDDEN: ErrorReason
ERROR_REASON_USER_SUPER_ADMIN_DISABLE_FORBIDDEN: ErrorReason
ERROR_REASON_USER_SUPER_ADMIN_PERMISSIONS_FORBIDDEN: ErrorReason
ERROR_REASON_USER_SUPER_ADMIN_RESET_PASSWORD_FORBIDDEN: ErrorReason
ERROR_REASON_USER_SELF_DISABLE_FORBIDDEN: ErrorReason
ERROR_REASON_USER_SELF_PERMISSIONS_FORBIDDEN: ErrorReason
ERROR_REASON_USER_SELF_ROLE_FORBIDDEN: ErrorReason
ERROR_REASON_USER_MANAGE_FORBIDDEN: ErrorReason
ERROR_REASON_IDEMPOTENCY_KEY_REUSED: ErrorReason
ERROR_REASON_REQUEST_INVALID: ErrorReason

class VerifyApiKeyRequest(_message.Message):
    __slots__ = ("api_key",)
    API_KEY_FIELD_NUMBER: _ClassVar[int]
    api_key: str
    def __init__(self, api_key: _Optional[str] = ...) -> None: ...

class VerifyApiKeyResponse(_message.Message):
    __slots__ = ("principal",)
    PRINCIPAL_FIELD_NUMBER: _ClassVar[int]
    principal: Principal
    def __init__(self, principal: _Optional[_Union[Principal, _Mapping]] = ...) -> None: ...

class Principal(_message.Message):
    __slots__ = ("id", "permissions", "role", "username")
    ID_FIELD_NUMBER: _ClassVar[int]
    PERMISSIONS_FIELD_NUMBER: _ClassVar[int]
    ROLE_FIELD_NUMBER: _ClassVar[int]
    USERNAME_FIELD_NUMBER: _ClassVar[int]
    id: str
    permissions: _containers.RepeatedScalarFieldContainer[str]
    role: Role
    username: str
    def __init__(self, id: _Optional[str] = ..., permissions: _Optional[_Iterable[str]] = ..., role: _Optional[_Union[Role, str]] = ..., username: _Optional[str] = ...) -> None: ...

class User(_message.Message):
    __slots__ = ("id", "username", "role", "is_active", "permissions", "create_time", "update_time", "last_login_time")
    ID_FIELD_NUMBER: _ClassVar[int]
    USERNAME_FIELD_NUMBER: _ClassVar[int]
    ROLE_FIELD_NUMBER: _ClassVar[int]
    IS_ACTIVE_FIELD_NUMBER: _ClassVar[int]
    PERMISSIONS_FIELD_NUMBER: _ClassVar[int]
    CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    UPDATE_TIME_FIELD_NUMBER: _ClassVar[int]
    LAST_LOGIN_TIME_FIELD_NUMBER: _ClassVar[int]
    id: str
    username: str
    role: Role
    is_active: bool
    permissions: _containers.RepeatedScalarFieldContainer[str]
    create_time: _timestamp_pb2.Timestamp
    update_time: _timestamp_pb2.Timestamp
    last_login_time: _timestamp_pb2.Timestamp
    def __init__(self, id: _Optional[str] = ..., username: _Optional[str] = ..., role: _Optional[_Union[Role, str]] = ..., is_active: _Optional[bool] = ..., permissions: _Optional[_Iterable[str]] = ..., create_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., update_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., last_login_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class Session(_message.Message):
    __slots__ = ("access_token", "refresh_token", "access_expire_time", "refresh_expire_time", "user")
    ACCESS_TOKEN_FIELD_NUMBER: _ClassVar[int]
    REFRESH_TOKEN_FIELD_NUMBER: _ClassVar[int]
    ACCESS_EXPIRE_TIME_FIELD_NUMBER: _ClassVar[int]
    REFRESH_EXPIRE_TIME_FIELD_NUMBER: _ClassVar[int]
    USER_FIELD_NUMBER: _ClassVar[int]
    access_token: str
    refresh_token: str
    access_expire_time: _timestamp_pb2.Timestamp
    refresh_expire_time: _timestamp_pb2.Timestamp
    user: User
    def __init__(self, access_token: _Optional[str] = ..., refresh_token: _Optional[str] = ..., access_expire_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., refresh_expire_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., user: _Optional[_Union[User, _Mapping]] = ...) -> None: ...

class LoginRequest(_message.Message):
    __slots__ = ("username", "password", "client_address")
    USERNAME_FIELD_NUMBER: _ClassVar[int]
    PASSWORD_FIELD_NUMBER: _ClassVar[int]
    CLIENT_ADDRESS_FIELD_NUMBER: _ClassVar[int]
    username: str
    password: str
    client_address: str
    def __init__(self, username: _Optional[str] = ..., password: _Optional[str] = ..., client_address: _Optional[str] = ...) -> None: ...

class LoginResponse(_message.Message):
    __slots__ = ("session",)
    SESSION_FIELD_NUMBER: _ClassVar[int]
    session: Session
    def __init__(self, session: _Optional[_Union[Session, _Mapping]] = ...) -> None: ...

class RefreshRequest(_message.Message):
    __slots__ = ("refresh_token",)
    REFRESH_TOKEN_FIELD_NUMBER: _ClassVar[int]
    refresh_token: str
    def __init__(self, refresh_token: _Optional[str] = ...) -> None: ...

class RefreshResponse(_message.Message):
    __slots__ = ("session",)
    SESSION_FIELD_NUMBER: _ClassVar[int]
    session: Session
    def __init__(self, session: _Optional[_Union[Session, _Mapping]] = ...) -> None: ...

class LogoutRequest(_message.Message):
    __slots__ = ("refresh_token", "everywhere")
    REFRESH_TOKEN_FIELD_NUMBER: _ClassVar[int]
    EVERYWHERE_FIELD_NUMBER: _ClassVar[int]
    refresh_token: str
    everywhere: bool
    def __init__(self, refresh_token: _Optional[str] = ..., everywhere: _Optional[bool] = ...) -> None: ...

class LogoutResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class GetUserRequest(_message.Message):
    __slots__ = ("user_id",)
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    user_id: str
    def __init__(self, user_id: _Optional[str] = ...) -> None: ...

class GetUserResponse(_message.Message):
    __slots__ = ("user",)
    USER_FIELD_NUMBER: _ClassVar[int]
    user: User
    def __init__(self, user: _Optional[_Union[User, _Mapping]] = ...) -> None: ...

class ListUsersRequest(_message.Message):
    __slots__ = ("page_size", "page_token", "skip", "query")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    SKIP_FIELD_NUMBER: _ClassVar[int]
    QUERY_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    skip: int
    query: str
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., skip: _Optional[int] = ..., query: _Optional[str] = ...) -> None: ...

class ListUsersResponse(_message.Message):
    __slots__ = ("users", "next_page_token", "total", "total_is_capped")
    USERS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    TOTAL_IS_CAPPED_FIELD_NUMBER: _ClassVar[int]
    users: _containers.RepeatedCompositeFieldContainer[User]
    next_page_token: str
    total: int
    total_is_capped: bool
    def __init__(self, users: _Optional[_Iterable[_Union[User, _Mapping]]] = ..., next_page_token: _Optional[str] = ..., total: _Optional[int] = ..., total_is_capped: _Optional[bool] = ...) -> None: ...

class CreateUserRequest(_message.Message):
    __slots__ = ("actor", "username", "password", "role", "is_active", "permissions", "request_id")
    ACTOR_FIELD_NUMBER: _ClassVar[int]
    USERNAME_FIELD_NUMBER: _ClassVar[int]
    PASSWORD_FIELD_NUMBER: _ClassVar[int]
    ROLE_FIELD_NUMBER: _ClassVar[int]
    IS_ACTIVE_FIELD_NUMBER: _ClassVar[int]
    PERMISSIONS_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    actor: Principal
    username: str
    password: str
    role: Role
    is_active: bool
    permissions: _containers.RepeatedScalarFieldContainer[str]
    request_id: str
    def __init__(self, actor: _Optional[_Union[Principal, _Mapping]] = ..., username: _Optional[str] = ..., password: _Optional[str] = ..., role: _Optional[_Union[Role, str]] = ..., is_active: _Optional[bool] = ..., permissions: _Optional[_Iterable[str]] = ..., request_id: _Optional[str] = ...) -> None: ...

class CreateUserResponse(_message.Message):
    __slots__ = ("user", "replayed")
    USER_FIELD_NUMBER: _ClassVar[int]
    REPLAYED_FIELD_NUMBER: _ClassVar[int]
    user: User
    replayed: bool
    def __init__(self, user: _Optional[_Union[User, _Mapping]] = ..., replayed: _Optional[bool] = ...) -> None: ...

class UpdateUserRequest(_message.Message):
    __slots__ = ("actor", "user_id", "update_mask", "username", "role")
    ACTOR_FIELD_NUMBER: _ClassVar[int]
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    UPDATE_MASK_FIELD_NUMBER: _ClassVar[int]
    USERNAME_FIELD_NUMBER: _ClassVar[int]
    ROLE_FIELD_NUMBER: _ClassVar[int]
    actor: Principal
    user_id: str
    update_mask: _field_mask_pb2.FieldMask
    username: str
    role: Role
    def __init__(self, actor: _Optional[_Union[Principal, _Mapping]] = ..., user_id: _Optional[str] = ..., update_mask: _Optional[_Union[_field_mask_pb2.FieldMask, _Mapping]] = ..., username: _Optional[str] = ..., role: _Optional[_Union[Role, str]] = ...) -> None: ...

class UpdateUserResponse(_message.Message):
    __slots__ = ("user",)
    USER_FIELD_NUMBER: _ClassVar[int]
    user: User
    def __init__(self, user: _Optional[_Union[User, _Mapping]] = ...) -> None: ...

class SetPermissionsRequest(_message.Message):
    __slots__ = ("actor", "user_id", "permissions")
    ACTOR_FIELD_NUMBER: _ClassVar[int]
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    PERMISSIONS_FIELD_NUMBER: _ClassVar[int]
    actor: Principal
    user_id: str
    permissions: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, actor: _Optional[_Union[Principal, _Mapping]] = ..., user_id: _Optional[str] = ..., permissions: _Optional[_Iterable[str]] = ...) -> None: ...

class SetPermissionsResponse(_message.Message):
    __slots__ = ("user",)
    USER_FIELD_NUMBER: _ClassVar[int]
    user: User
    def __init__(self, user: _Optional[_Union[User, _Mapping]] = ...) -> None: ...

class SetUserStatusRequest(_message.Message):
    __slots__ = ("actor", "user_id", "is_active", "request_id")
    ACTOR_FIELD_NUMBER: _ClassVar[int]
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    IS_ACTIVE_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    actor: Principal
    user_id: str
    is_active: bool
    request_id: str
    def __init__(self, actor: _Optional[_Union[Principal, _Mapping]] = ..., user_id: _Optional[str] = ..., is_active: _Optional[bool] = ..., request_id: _Optional[str] = ...) -> None: ...

class SetUserStatusResponse(_message.Message):
    __slots__ = ("user", "replayed")
    USER_FIELD_NUMBER: _ClassVar[int]
    REPLAYED_FIELD_NUMBER: _ClassVar[int]
    user: User
    replayed: bool
    def __init__(self, user: _Optional[_Union[User, _Mapping]] = ..., replayed: _Optional[bool] = ...) -> None: ...

class ResetPasswordRequest(_message.Message):
    __slots__ = ("actor", "user_id", "new_password", "request_id")
    ACTOR_FIELD_NUMBER: _ClassVar[int]
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    NEW_PASSWORD_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    actor: Principal
    user_id: str
    new_password: str
    request_id: str
    def __init__(self, actor: _Optional[_Union[Principal, _Mapping]] = ..., user_id: _Optional[str] = ..., new_password: _Optional[str] = ..., request_id: _Optional[str] = ...) -> None: ...

class ResetPasswordResponse(_message.Message):
    __slots__ = ("replayed",)
    REPLAYED_FIELD_NUMBER: _ClassVar[int]
    replayed: bool
    def __init__(self, replayed: _Optional[bool] = ...) -> None: ...

class ListRevocationsRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ListRevocationsResponse(_message.Message):
    __slots__ = ("revocations", "session_ids")
    REVOCATIONS_FIELD_NUMBER: _ClassVar[int]
    SESSION_IDS_FIELD_NUMBER: _ClassVar[int]
    revocations: _containers.RepeatedCompositeFieldContainer[Revocation]
    session_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, revocations: _Optional[_Iterable[_Union[Revocation, _Mapping]]] = ..., session_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class Revocation(_message.Message):
    __slots__ = ("user_id", "version", "minimum_version", "permissions", "role")
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    MINIMUM_VERSION_FIELD_NUMBER: _ClassVar[int]
    PERMISSIONS_FIELD_NUMBER: _ClassVar[int]
    ROLE_FIELD_NUMBER: _ClassVar[int]
    user_id: str
    version: int
    minimum_version: int
    permissions: _containers.RepeatedScalarFieldContainer[str]
    role: Role
    def __init__(self, user_id: _Optional[str] = ..., version: _Optional[int] = ..., minimum_version: _Optional[int] = ..., permissions: _Optional[_Iterable[str]] = ..., role: _Optional[_Union[Role, str]] = ...) -> None: ...
