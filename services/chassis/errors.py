"""The errors that cross a service's border: one class per category, no transport."""


class StartRefused(Exception):
    """A process cannot start as it was told to; the message is one line that says what to do."""


class ProcessUseless(Exception):
    """A process could not go on with what it is for, and has ended in order; one line says why."""


class HubError(Exception):
    """Something a caller can act on.

    `reason` is a value of the owning proto's ErrorReason without its prefix, `message` is for
    people and never holds a secret, `metadata` holds what a program may need besides.
    """

    def __init__(self, reason: str, message: str, **metadata: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message
        self.metadata = metadata


class InvalidArgument(HubError):
    """The request is wrong, whatever the state of the service."""


class NotFound(HubError):
    """What the request names is not there."""


class AlreadyExists(HubError):
    """What the request would make is there already."""


class FailedPrecondition(HubError):
    """The request is right, but the state of things forbids it."""


class OutOfRange(HubError):
    """The request reaches beyond the end of something."""


class Unauthenticated(HubError):
    """The caller is not known."""


class PermissionDenied(HubError):
    """The caller is known and may not."""


class ResourceExhausted(HubError):
    """A limit is reached; later the request may succeed."""


class Aborted(HubError):
    """The work was begun and given up; a repeat may succeed."""


class Unavailable(HubError):
    """A service is not there at the moment."""


class DeadlineExceeded(HubError):
    """There was no answer in time."""


class Internal(HubError):
    """A bug; the message says nothing of it, the log does."""
