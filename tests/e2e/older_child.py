"""`python -m tests.e2e.older_child`: the child of an embedded hub of that older version."""

from services import skills_child
from services.skills import engine

engine.VERSION = "pipeline-0"

if __name__ == "__main__":
    skills_child.main()
