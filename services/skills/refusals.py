"""What cannot be done with an execution, as callers are told."""

from services.chassis.errors import Aborted, NotFound
from services.skills.model import Status


class AssetDeleted(NotFound):
    """The asset of a run was deleted."""

    def __init__(self, asset_id: str) -> None:
        super().__init__("ASSET_NOT_FOUND", f"the asset {asset_id} was deleted")


class ExecutionMissing(NotFound):
    """There is no such execution, or no longer."""

    def __init__(self, execution_id: str) -> None:
        super().__init__("EXECUTION_NOT_FOUND", f"no execution has the id {execution_id[:100]!r}")


class AlreadyFinished(Aborted):
    """What has ended cannot be cancelled."""

    def __init__(self, execution_id: str, status: Status) -> None:
        super().__init__(
            "EXECUTION_ALREADY_FINISHED", f"the execution {execution_id} has ended: {status}"
        )
