import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class TriggerSource(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    TRIGGER_SOURCE_UNSPECIFIED: _ClassVar[TriggerSource]
    TRIGGER_SOURCE_UPLOAD: _ClassVar[TriggerSource]
    TRIGGER_SOURCE_MANUAL: _ClassVar[TriggerSource]
    TRIGGER_SOURCE_WORKFLOW: _ClassVar[TriggerSource]

class ExecutionStatus(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    EXECUTION_STATUS_UNSPECIFIED: _ClassVar[ExecutionStatus]
    EXECUTION_STATUS_QUEUED: _ClassVar[ExecutionStatus]
    EXECUTION_STATUS_RUNNING: _ClassVar[ExecutionStatus]
    EXECUTION_STATUS_SUCCEEDED: _ClassVar[ExecutionStatus]
    EXECUTION_STATUS_FAILED: _ClassVar[ExecutionStatus]
    EXECUTION_STATUS_CANCELLED: _ClassVar[ExecutionStatus]

class ErrorReason(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ERROR_REASON_UNSPECIFIED: _ClassVar[ErrorReason]
    ERROR_REASON_SKILL_NOT_FOUND: _ClassVar[ErrorReason]
    ERROR_REASON_SKILL_PARAMETERS_INVALID: _ClassVar[ErrorReason]
    ERROR_REASON_EXECUTION_NOT_FOUND: _ClassVar[ErrorReason]
    ERROR_REASON_REQUEST_INVALID: _ClassVar[ErrorReason]
    ERROR_REASON_ASSET_NOT_FOUND: _ClassVar[ErrorReason]
    ERROR_REASON_EXECUTION_ALREADY_FINISHED: _ClassVar[ErrorReason]
    ERROR_REASON_IDEMPOTENCY_KEY_REUSED: _ClassVar[ErrorReason]
    ERROR_REASON_WORKFLOW_PROFILE_NOT_FOUND: _ClassVar[ErrorReason]
    ERROR_REASON_WORKFLOW_PROFILE_NAME_REQUIRED: _ClassVar[ErrorReason]
    ERROR_REASON_WORKFLOW_PROFILE_NAME_TOO_LONG: _ClassVar[ErrorReason]
    ERROR_REASON_WORKFLOW_PROFILE_NAME_CONFLICT: _ClassVar[ErrorReason]
    ERROR_REASON_WORKFLOW_PROFILE_DESCRIPTION_TOO_LONG: _ClassVar[ErrorReason]
    ERROR_REASON_WORKFLOW_PROFILE_GRAPH_JSON_REQUIRED: _ClassVar[ErrorReason]
    ERROR_REASON_WORKFLOW_PROFILE_GRAPH_JSON_INVALID: _ClassVar[ErrorReason]
    ERROR_REASON_WORKFLOW_PROFILE_HAS_NO_SKILLS: _ClassVar[ErrorReason]
    ERROR_REASON_WORKFLOW_PROFILE_CONTAINS_UNSUPPORTED_SKILLS: _ClassVar[ErrorReason]
    ERROR_REASON_WORKFLOW_PROFILE_LIMIT_REACHED: _ClassVar[ErrorReason]
TRIGGER_SOURCE_UNSPECIFIED: TriggerSource
TRIGGER_SOURCE_UPLOAD: TriggerSource
TRIGGER_SOURCE_MANUAL: TriggerSource
TRIGGER_SOURCE_WORKFLOW: TriggerSource
EXECUTION_STATUS_UNSPECIFIED: ExecutionStatus
EXECUTION_STATUS_QUEUED: ExecutionStatus
EXECUTION_STATUS_RUNNING: ExecutionStatus
EXECUTION_STATUS_SUCCEEDED: ExecutionStatus
EXECUTION_STATUS_FAILED: ExecutionStatus
EXECUTION_STATUS_CANCELLED: ExecutionStatus
ERROR_REASON_UNSPECIFIED: ErrorReason
ERROR_REASON_SKILL_NOT_FOUND: ErrorReason
ERROR_REASON_SKILL_PARAMETERS_INVALID: ErrorReason
ERROR_REASON_EXECUTION_NOT_FOUND: ErrorReason
ERROR_REASON_REQUEST_INVALID: ErrorReason
ERROR_REASON_ASSET_NOT_FOUND: ErrorReason
ERROR_REASON_EXECUTION_ALREADY_FINISHED: ErrorReason
ERROR_REASON_IDEMPOTENCY_KEY_REUSED: ErrorReason
ERROR_REASON_WORKFLOW_PROFILE_NOT_FOUND: ErrorReason
ERROR_REASON_WORKFLOW_PROFILE_NAME_REQUIRED: ErrorReason
ERROR_REASON_WORKFLOW_PROFILE_NAME_TOO_LONG: ErrorReason
ERROR_REASON_WORKFLOW_PROFILE_NAME_CONFLICT: ErrorReason
ERROR_REASON_WORKFLOW_PROFILE_DESCRIPTION_TOO_LONG: ErrorReason
ERROR_REASON_WORKFLOW_PROFILE_GRAPH_JSON_REQUIRED: ErrorReason
ERROR_REASON_WORKFLOW_PROFILE_GRAPH_JSON_INVALID: ErrorReason
ERROR_REASON_WORKFLOW_PROFILE_HAS_NO_SKILLS: ErrorReason
ERROR_REASON_WORKFLOW_PROFILE_CONTAINS_UNSUPPORTED_SKILLS: ErrorReason
ERROR_REASON_WORKFLOW_PROFILE_LIMIT_REACHED: ErrorReason

class Skill(_message.Message):
    __slots__ = ("name", "description", "steps", "parameters")
    NAME_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    STEPS_FIELD_NUMBER: _ClassVar[int]
    PARAMETERS_FIELD_NUMBER: _ClassVar[int]
    name: str
    description: str
    steps: _containers.RepeatedScalarFieldContainer[str]
    parameters: _containers.RepeatedCompositeFieldContainer[SkillParameter]
    def __init__(self, name: _Optional[str] = ..., description: _Optional[str] = ..., steps: _Optional[_Iterable[str]] = ..., parameters: _Optional[_Iterable[_Union[SkillParameter, _Mapping]]] = ...) -> None: ...

class SkillParameter(_message.Message):
    __slots__ = ("name", "type", "default_json", "description", "minimum", "maximum", "max_length", "choices")
    NAME_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    DEFAULT_JSON_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    MINIMUM_FIELD_NUMBER: _ClassVar[int]
    MAXIMUM_FIELD_NUMBER: _ClassVar[int]
    MAX_LENGTH_FIELD_NUMBER: _ClassVar[int]
    CHOICES_FIELD_NUMBER: _ClassVar[int]
    name: str
    type: str
    default_json: str
    description: str
    minimum: float
    maximum: float
    max_length: int
    choices: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, name: _Optional[str] = ..., type: _Optional[str] = ..., default_json: _Optional[str] = ..., description: _Optional[str] = ..., minimum: _Optional[float] = ..., maximum: _Optional[float] = ..., max_length: _Optional[int] = ..., choices: _Optional[_Iterable[str]] = ...) -> None: ...

class Execution(_message.Message):
    __slots__ = ("id", "asset_id", "skill_name", "trigger_source", "status", "create_time", "start_time", "complete_time", "steps")
    ID_FIELD_NUMBER: _ClassVar[int]
    ASSET_ID_FIELD_NUMBER: _ClassVar[int]
    SKILL_NAME_FIELD_NUMBER: _ClassVar[int]
    TRIGGER_SOURCE_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    START_TIME_FIELD_NUMBER: _ClassVar[int]
    COMPLETE_TIME_FIELD_NUMBER: _ClassVar[int]
    STEPS_FIELD_NUMBER: _ClassVar[int]
    id: str
    asset_id: str
    skill_name: str
    trigger_source: TriggerSource
    status: ExecutionStatus
    create_time: _timestamp_pb2.Timestamp
    start_time: _timestamp_pb2.Timestamp
    complete_time: _timestamp_pb2.Timestamp
    steps: _containers.RepeatedCompositeFieldContainer[ExecutionStep]
    def __init__(self, id: _Optional[str] = ..., asset_id: _Optional[str] = ..., skill_name: _Optional[str] = ..., trigger_source: _Optional[_Union[TriggerSource, str]] = ..., status: _Optional[_Union[ExecutionStatus, str]] = ..., create_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., start_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., complete_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., steps: _Optional[_Iterable[_Union[ExecutionStep, _Mapping]]] = ...) -> None: ...

class ExecutionStep(_message.Message):
    __slots__ = ("name", "succeeded", "error_message", "start_time", "complete_time", "attempts", "profile", "model", "usage", "cached", "parameters_json")
    NAME_FIELD_NUMBER: _ClassVar[int]
    SUCCEEDED_FIELD_NUMBER: _ClassVar[int]
    ERROR_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    START_TIME_FIELD_NUMBER: _ClassVar[int]
    COMPLETE_TIME_FIELD_NUMBER: _ClassVar[int]
    ATTEMPTS_FIELD_NUMBER: _ClassVar[int]
    PROFILE_FIELD_NUMBER: _ClassVar[int]
    MODEL_FIELD_NUMBER: _ClassVar[int]
    USAGE_FIELD_NUMBER: _ClassVar[int]
    CACHED_FIELD_NUMBER: _ClassVar[int]
    PARAMETERS_JSON_FIELD_NUMBER: _ClassVar[int]
    name: str
    succeeded: bool
    error_message: str
    start_time: _timestamp_pb2.Timestamp
    complete_time: _timestamp_pb2.Timestamp
    attempts: int
    profile: str
    model: str
    usage: Usage
    cached: bool
    parameters_json: str
    def __init__(self, name: _Optional[str] = ..., succeeded: _Optional[bool] = ..., error_message: _Optional[str] = ..., start_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., complete_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., attempts: _Optional[int] = ..., profile: _Optional[str] = ..., model: _Optional[str] = ..., usage: _Optional[_Union[Usage, _Mapping]] = ..., cached: _Optional[bool] = ..., parameters_json: _Optional[str] = ...) -> None: ...

class Usage(_message.Message):
    __slots__ = ("input_tokens", "output_tokens", "requests", "cost")
    INPUT_TOKENS_FIELD_NUMBER: _ClassVar[int]
    OUTPUT_TOKENS_FIELD_NUMBER: _ClassVar[int]
    REQUESTS_FIELD_NUMBER: _ClassVar[int]
    COST_FIELD_NUMBER: _ClassVar[int]
    input_tokens: int
    output_tokens: int
    requests: int
    cost: float
    def __init__(self, input_tokens: _Optional[int] = ..., output_tokens: _Optional[int] = ..., requests: _Optional[int] = ..., cost: _Optional[float] = ...) -> None: ...

class ListSkillsRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ListSkillsResponse(_message.Message):
    __slots__ = ("skills",)
    SKILLS_FIELD_NUMBER: _ClassVar[int]
    skills: _containers.RepeatedCompositeFieldContainer[Skill]
    def __init__(self, skills: _Optional[_Iterable[_Union[Skill, _Mapping]]] = ...) -> None: ...

class GetSkillRequest(_message.Message):
    __slots__ = ("name",)
    NAME_FIELD_NUMBER: _ClassVar[int]
    name: str
    def __init__(self, name: _Optional[str] = ...) -> None: ...

class GetSkillResponse(_message.Message):
    __slots__ = ("skill",)
    SKILL_FIELD_NUMBER: _ClassVar[int]
    skill: Skill
    def __init__(self, skill: _Optional[_Union[Skill, _Mapping]] = ...) -> None: ...

class StartExecutionRequest(_message.Message):
    __slots__ = ("request_id", "asset_id", "skill_name", "parameters_json", "trigger_source")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    ASSET_ID_FIELD_NUMBER: _ClassVar[int]
    SKILL_NAME_FIELD_NUMBER: _ClassVar[int]
    PARAMETERS_JSON_FIELD_NUMBER: _ClassVar[int]
    TRIGGER_SOURCE_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    asset_id: str
    skill_name: str
    parameters_json: str
    trigger_source: TriggerSource
    def __init__(self, request_id: _Optional[str] = ..., asset_id: _Optional[str] = ..., skill_name: _Optional[str] = ..., parameters_json: _Optional[str] = ..., trigger_source: _Optional[_Union[TriggerSource, str]] = ...) -> None: ...

class StartExecutionResponse(_message.Message):
    __slots__ = ("execution", "replayed")
    EXECUTION_FIELD_NUMBER: _ClassVar[int]
    REPLAYED_FIELD_NUMBER: _ClassVar[int]
    execution: Execution
    replayed: bool
    def __init__(self, execution: _Optional[_Union[Execution, _Mapping]] = ..., replayed: _Optional[bool] = ...) -> None: ...

class WaitExecutionRequest(_message.Message):
    __slots__ = ("execution_id",)
    EXECUTION_ID_FIELD_NUMBER: _ClassVar[int]
    execution_id: str
    def __init__(self, execution_id: _Optional[str] = ...) -> None: ...

class WaitExecutionResponse(_message.Message):
    __slots__ = ("execution",)
    EXECUTION_FIELD_NUMBER: _ClassVar[int]
    execution: Execution
    def __init__(self, execution: _Optional[_Union[Execution, _Mapping]] = ...) -> None: ...

class GetExecutionRequest(_message.Message):
    __slots__ = ("execution_id",)
    EXECUTION_ID_FIELD_NUMBER: _ClassVar[int]
    execution_id: str
    def __init__(self, execution_id: _Optional[str] = ...) -> None: ...

class GetExecutionResponse(_message.Message):
    __slots__ = ("execution",)
    EXECUTION_FIELD_NUMBER: _ClassVar[int]
    execution: Execution
    def __init__(self, execution: _Optional[_Union[Execution, _Mapping]] = ...) -> None: ...

class ListExecutionsRequest(_message.Message):
    __slots__ = ("page_size", "page_token", "skip", "asset_id", "skill_name", "status")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    SKIP_FIELD_NUMBER: _ClassVar[int]
    ASSET_ID_FIELD_NUMBER: _ClassVar[int]
    SKILL_NAME_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    skip: int
    asset_id: str
    skill_name: str
    status: ExecutionStatus
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., skip: _Optional[int] = ..., asset_id: _Optional[str] = ..., skill_name: _Optional[str] = ..., status: _Optional[_Union[ExecutionStatus, str]] = ...) -> None: ...

class ListExecutionsResponse(_message.Message):
    __slots__ = ("executions", "next_page_token", "total", "total_is_capped")
    EXECUTIONS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    TOTAL_IS_CAPPED_FIELD_NUMBER: _ClassVar[int]
    executions: _containers.RepeatedCompositeFieldContainer[Execution]
    next_page_token: str
    total: int
    total_is_capped: bool
    def __init__(self, executions: _Optional[_Iterable[_Union[Execution, _Mapping]]] = ..., next_page_token: _Optional[str] = ..., total: _Optional[int] = ..., total_is_capped: _Optional[bool] = ...) -> None: ...

class CancelExecutionRequest(_message.Message):
    __slots__ = ("execution_id", "request_id")
    EXECUTION_ID_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    execution_id: str
    request_id: str
    def __init__(self, execution_id: _Optional[str] = ..., request_id: _Optional[str] = ...) -> None: ...

class CancelExecutionResponse(_message.Message):
    __slots__ = ("execution", "replayed")
    EXECUTION_FIELD_NUMBER: _ClassVar[int]
    REPLAYED_FIELD_NUMBER: _ClassVar[int]
    execution: Execution
    replayed: bool
    def __init__(self, execution: _Optional[_Union[Execution, _Mapping]] = ..., replayed: _Optional[bool] = ...) -> None: ...

class WatchExecutionRequest(_message.Message):
    __slots__ = ("execution_id", "after_event_id")
    EXECUTION_ID_FIELD_NUMBER: _ClassVar[int]
    AFTER_EVENT_ID_FIELD_NUMBER: _ClassVar[int]
    execution_id: str
    after_event_id: int
    def __init__(self, execution_id: _Optional[str] = ..., after_event_id: _Optional[int] = ...) -> None: ...

class WatchExecutionResponse(_message.Message):
    __slots__ = ("event_id", "step", "progress", "done")
    EVENT_ID_FIELD_NUMBER: _ClassVar[int]
    STEP_FIELD_NUMBER: _ClassVar[int]
    PROGRESS_FIELD_NUMBER: _ClassVar[int]
    DONE_FIELD_NUMBER: _ClassVar[int]
    event_id: int
    step: ExecutionStep
    progress: ExecutionProgress
    done: Execution
    def __init__(self, event_id: _Optional[int] = ..., step: _Optional[_Union[ExecutionStep, _Mapping]] = ..., progress: _Optional[_Union[ExecutionProgress, _Mapping]] = ..., done: _Optional[_Union[Execution, _Mapping]] = ...) -> None: ...

class ExecutionProgress(_message.Message):
    __slots__ = ("completed_steps", "total_steps")
    COMPLETED_STEPS_FIELD_NUMBER: _ClassVar[int]
    TOTAL_STEPS_FIELD_NUMBER: _ClassVar[int]
    completed_steps: int
    total_steps: int
    def __init__(self, completed_steps: _Optional[int] = ..., total_steps: _Optional[int] = ...) -> None: ...

class GetLatestExecutionRequest(_message.Message):
    __slots__ = ("asset_id",)
    ASSET_ID_FIELD_NUMBER: _ClassVar[int]
    asset_id: str
    def __init__(self, asset_id: _Optional[str] = ...) -> None: ...

class GetLatestExecutionResponse(_message.Message):
    __slots__ = ("execution", "asset_usage")
    EXECUTION_FIELD_NUMBER: _ClassVar[int]
    ASSET_USAGE_FIELD_NUMBER: _ClassVar[int]
    execution: Execution
    asset_usage: Usage
    def __init__(self, execution: _Optional[_Union[Execution, _Mapping]] = ..., asset_usage: _Optional[_Union[Usage, _Mapping]] = ...) -> None: ...

class BatchGetLatestExecutionsRequest(_message.Message):
    __slots__ = ("asset_ids",)
    ASSET_IDS_FIELD_NUMBER: _ClassVar[int]
    asset_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, asset_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class BatchGetLatestExecutionsResponse(_message.Message):
    __slots__ = ("executions", "asset_usages")
    EXECUTIONS_FIELD_NUMBER: _ClassVar[int]
    ASSET_USAGES_FIELD_NUMBER: _ClassVar[int]
    executions: _containers.RepeatedCompositeFieldContainer[Execution]
    asset_usages: _containers.RepeatedCompositeFieldContainer[Usage]
    def __init__(self, executions: _Optional[_Iterable[_Union[Execution, _Mapping]]] = ..., asset_usages: _Optional[_Iterable[_Union[Usage, _Mapping]]] = ...) -> None: ...

class GetSkillUsageRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class GetSkillUsageResponse(_message.Message):
    __slots__ = ("most_active",)
    MOST_ACTIVE_FIELD_NUMBER: _ClassVar[int]
    most_active: SkillUsage
    def __init__(self, most_active: _Optional[_Union[SkillUsage, _Mapping]] = ...) -> None: ...

class SkillUsage(_message.Message):
    __slots__ = ("skill_name", "run_count")
    SKILL_NAME_FIELD_NUMBER: _ClassVar[int]
    RUN_COUNT_FIELD_NUMBER: _ClassVar[int]
    skill_name: str
    run_count: int
    def __init__(self, skill_name: _Optional[str] = ..., run_count: _Optional[int] = ...) -> None: ...

class DeleteAssetExecutionsRequest(_message.Message):
    __slots__ = ("asset_id", "picture_sha256")
    ASSET_ID_FIELD_NUMBER: _ClassVar[int]
    PICTURE_SHA256_FIELD_NUMBER: _ClassVar[int]
    asset_id: str
    picture_sha256: str
    def __init__(self, asset_id: _Optional[str] = ..., picture_sha256: _Optional[str] = ...) -> None: ...

class DeleteAssetExecutionsResponse(_message.Message):
    __slots__ = ("deleted_count",)
    DELETED_COUNT_FIELD_NUMBER: _ClassVar[int]
    deleted_count: int
    def __init__(self, deleted_count: _Optional[int] = ...) -> None: ...

class Workflow(_message.Message):
    __slots__ = ("id", "name", "description", "is_auto_run", "graph_json", "create_time", "update_time")
    ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    IS_AUTO_RUN_FIELD_NUMBER: _ClassVar[int]
    GRAPH_JSON_FIELD_NUMBER: _ClassVar[int]
    CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    UPDATE_TIME_FIELD_NUMBER: _ClassVar[int]
    id: str
    name: str
    description: str
    is_auto_run: bool
    graph_json: str
    create_time: _timestamp_pb2.Timestamp
    update_time: _timestamp_pb2.Timestamp
    def __init__(self, id: _Optional[str] = ..., name: _Optional[str] = ..., description: _Optional[str] = ..., is_auto_run: _Optional[bool] = ..., graph_json: _Optional[str] = ..., create_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., update_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class WorkflowInput(_message.Message):
    __slots__ = ("name", "description", "is_auto_run", "graph_json")
    NAME_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    IS_AUTO_RUN_FIELD_NUMBER: _ClassVar[int]
    GRAPH_JSON_FIELD_NUMBER: _ClassVar[int]
    name: str
    description: str
    is_auto_run: bool
    graph_json: str
    def __init__(self, name: _Optional[str] = ..., description: _Optional[str] = ..., is_auto_run: _Optional[bool] = ..., graph_json: _Optional[str] = ...) -> None: ...

class ListWorkflowsRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ListWorkflowsResponse(_message.Message):
    __slots__ = ("workflow",)
    WORKFLOW_FIELD_NUMBER: _ClassVar[int]
    workflow: Workflow
    def __init__(self, workflow: _Optional[_Union[Workflow, _Mapping]] = ...) -> None: ...

class GetWorkflowRequest(_message.Message):
    __slots__ = ("workflow_id",)
    WORKFLOW_ID_FIELD_NUMBER: _ClassVar[int]
    workflow_id: str
    def __init__(self, workflow_id: _Optional[str] = ...) -> None: ...

class GetWorkflowResponse(_message.Message):
    __slots__ = ("workflow",)
    WORKFLOW_FIELD_NUMBER: _ClassVar[int]
    workflow: Workflow
    def __init__(self, workflow: _Optional[_Union[Workflow, _Mapping]] = ...) -> None: ...

class CreateWorkflowRequest(_message.Message):
    __slots__ = ("workflow", "request_id")
    WORKFLOW_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    workflow: WorkflowInput
    request_id: str
    def __init__(self, workflow: _Optional[_Union[WorkflowInput, _Mapping]] = ..., request_id: _Optional[str] = ...) -> None: ...

class CreateWorkflowResponse(_message.Message):
    __slots__ = ("workflow", "replayed")
    WORKFLOW_FIELD_NUMBER: _ClassVar[int]
    REPLAYED_FIELD_NUMBER: _ClassVar[int]
    workflow: Workflow
    replayed: bool
    def __init__(self, workflow: _Optional[_Union[Workflow, _Mapping]] = ..., replayed: _Optional[bool] = ...) -> None: ...

class UpdateWorkflowRequest(_message.Message):
    __slots__ = ("workflow_id", "workflow")
    WORKFLOW_ID_FIELD_NUMBER: _ClassVar[int]
    WORKFLOW_FIELD_NUMBER: _ClassVar[int]
    workflow_id: str
    workflow: WorkflowInput
    def __init__(self, workflow_id: _Optional[str] = ..., workflow: _Optional[_Union[WorkflowInput, _Mapping]] = ...) -> None: ...

class UpdateWorkflowResponse(_message.Message):
    __slots__ = ("workflow",)
    WORKFLOW_FIELD_NUMBER: _ClassVar[int]
    workflow: Workflow
    def __init__(self, workflow: _Optional[_Union[Workflow, _Mapping]] = ...) -> None: ...

class DeleteWorkflowRequest(_message.Message):
    __slots__ = ("workflow_id",)
    WORKFLOW_ID_FIELD_NUMBER: _ClassVar[int]
    workflow_id: str
    def __init__(self, workflow_id: _Optional[str] = ...) -> None: ...

class DeleteWorkflowResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class SetWorkflowAutoRunRequest(_message.Message):
    __slots__ = ("workflow_id",)
    WORKFLOW_ID_FIELD_NUMBER: _ClassVar[int]
    workflow_id: str
    def __init__(self, workflow_id: _Optional[str] = ...) -> None: ...

class SetWorkflowAutoRunResponse(_message.Message):
    __slots__ = ("workflow",)
    WORKFLOW_FIELD_NUMBER: _ClassVar[int]
    workflow: Workflow
    def __init__(self, workflow: _Optional[_Union[Workflow, _Mapping]] = ...) -> None: ...

class StartWorkflowRequest(_message.Message):
    __slots__ = ("request_id", "asset_id", "workflow_id")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    ASSET_ID_FIELD_NUMBER: _ClassVar[int]
    WORKFLOW_ID_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    asset_id: str
    workflow_id: str
    def __init__(self, request_id: _Optional[str] = ..., asset_id: _Optional[str] = ..., workflow_id: _Optional[str] = ...) -> None: ...

class StartWorkflowResponse(_message.Message):
    __slots__ = ("execution", "skill_ids", "replayed")
    EXECUTION_FIELD_NUMBER: _ClassVar[int]
    SKILL_IDS_FIELD_NUMBER: _ClassVar[int]
    REPLAYED_FIELD_NUMBER: _ClassVar[int]
    execution: Execution
    skill_ids: _containers.RepeatedScalarFieldContainer[str]
    replayed: bool
    def __init__(self, execution: _Optional[_Union[Execution, _Mapping]] = ..., skill_ids: _Optional[_Iterable[str]] = ..., replayed: _Optional[bool] = ...) -> None: ...
