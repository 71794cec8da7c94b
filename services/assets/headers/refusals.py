"""Why a file is not taken."""

from services.chassis.errors import InvalidArgument


class FileEmpty(InvalidArgument):
    """The file has no bytes."""

    def __init__(self) -> None:
        super().__init__("ASSET_FILE_EMPTY", "the file has no bytes")


class FileInvalid(InvalidArgument):
    """The header cannot be read, or the end of the file is missing."""

    def __init__(self, problem: str) -> None:
        super().__init__("ASSET_FILE_INVALID", f"the file is damaged or incomplete: {problem}")


class TypeNotAllowed(InvalidArgument):
    """The bytes are of no type that is taken, or not of the type that was declared."""

    def __init__(self, problem: str) -> None:
        super().__init__("ASSET_CONTENT_TYPE_NOT_ALLOWED", problem)


class DimensionsTooLarge(InvalidArgument):
    """Too many pixels or frames, or a side that is too long."""

    def __init__(self, problem: str) -> None:
        super().__init__("ASSET_DIMENSIONS_TOO_LARGE", problem)
