"""Why a model's answer cannot be used, and whose it was."""

from services.skills.step import Answer, AnswerUnusable


def unusable(answer: Answer, why: str) -> AnswerUnusable:
    """The failure of a step, in words that name who answered."""
    return AnswerUnusable(
        f"{why}; choose a more able model than {answer.model!r} for profile {answer.profile!r}"
    )
