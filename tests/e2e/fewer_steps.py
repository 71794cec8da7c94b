"""`python -m tests.e2e.fewer_steps …`: the command of a version that had no thumbnail step yet."""

from collections.abc import Iterable

from services import settings

settings.calm_grpc()

from services.cli import main  # noqa: E402 - gRPC must not be imported before it is calm
from services.skills import registry  # noqa: E402
from services.skills.step import Step  # noqa: E402


class _Fewer(registry.Registry):
    """Without it."""

    def __init__(self, found: Iterable[Step]) -> None:
        super().__init__(each for each in found if each.name != "thumbnail")


registry.Registry = _Fewer  # type: ignore[misc]

if __name__ == "__main__":
    main()
