"""What providers says of a question: an answer, why none came, that it has forgotten it."""

import json
import math
from typing import TYPE_CHECKING

from nekohub.providers.v1 import providers_pb2

from services.chassis.errors import HubError
from services.chassis.status import explained
from services.skills.step import Answer, StepFailed, Usage

if TYPE_CHECKING:
    from nekohub.providers.v1.providers_pb2_grpc import ProviderServiceAsyncStub

FORGET_SECONDS = 3.0
"""Not long, since others are to be deleted too: it is told again."""


def answer_of(described: providers_pb2.DescribeResponse) -> Answer:
    """An answer as a step gets it."""
    usage = Usage(
        described.input_tokens,
        described.output_tokens,
        described.request_count,
        described.cost,
    )
    return Answer(
        json.loads(described.output_json),
        described.profile_name,
        described.model_name,
        usage,
        described.cached,
    )


def failure_of(error: HubError) -> StepFailed:
    """The failure of a question, with what it has used all the same."""
    told = error.metadata

    def count(name: str) -> int:
        text = told.get(name, "")
        return int(text) if text.isascii() and text.isdigit() else 0

    return StepFailed(
        error.message,
        profile=told.get("profile", ""),
        model=told.get("model", ""),
        usage=Usage(
            count("input_tokens"),
            count("output_tokens"),
            count("requests"),
            _cost(told.get("cost", "")),
        ),
    )


async def forget(providers: "ProviderServiceAsyncStub", picture_sha256: str) -> None:
    """Has the answers about a picture forgotten that no asset has any more."""
    request = providers_pb2.ForgetAnswersRequest(picture_sha256=picture_sha256)
    with explained():
        await providers.ForgetAnswers(request, timeout=FORGET_SECONDS)


def _cost(text: str) -> float:
    try:
        cost = float(text)
    except ValueError:
        return 0.0
    return cost if 0 <= cost < math.inf else 0.0
