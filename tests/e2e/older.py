"""`python -m tests.e2e.older …`: the command of a version whose runs were of another shape."""

from services import settings

settings.calm_grpc()

from services import skills_process  # noqa: E402 - gRPC must not be imported before it is calm
from services.cli import main  # noqa: E402
from services.skills import engine  # noqa: E402

engine.VERSION = "pipeline-0"
skills_process.CHILD = "tests.e2e.older_child"

if __name__ == "__main__":
    main()
