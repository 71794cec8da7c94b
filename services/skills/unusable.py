"""Why a model's answer cannot be used, and whose it was."""

from collections.abc import Sequence

from services.skills.step import Answer, AnswerUnusable


def unusable(answer: Answer, text_name: str, faults: Sequence[str]) -> AnswerUnusable:
    """The failure of a step whose second answer has faults too, in words that name who answered."""
    return AnswerUnusable(
        f"the model's {text_name} cannot be used, asked twice: {', and '.join(faults)}; "
        f"choose a more able model than {answer.model!r} for profile {answer.profile!r}"
    )
