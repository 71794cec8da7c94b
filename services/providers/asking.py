"""Who is asked a question, and what is told of an answer that did not come."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from services.chassis.errors import Aborted, FailedPrecondition, HubError
from services.providers import convert
from services.providers.connections import Connections
from services.providers.failures import (
    BudgetExhausted,
    NoVision,
    ProfileChanged,
    ProviderFailure,
    ProviderRefused,
    ProviderUnreachable,
    Usage,
    bounded,
)
from services.providers.kept_answers import KeptAnswers
from services.providers.model import Profile
from services.providers.question import Answer, Question
from services.providers.rests import Rests
from services.providers.secrets import KeyUnreadable
from services.providers.spending import Spending, Use
from services.providers.store import ProfileStore

TOLD_CHARACTERS = 1200
"""Of what several profiles met with; a status takes little more."""
_LEAST_CHARACTERS = 100
"""Of what each of them met with."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _InVain:
    """A profile that was asked and did not answer."""

    profile: Profile
    failure: ProviderFailure


class Asking:
    """Asks the active profile, and those after it when it cannot be reached or cannot see."""

    def __init__(
        self,
        store: ProfileStore,
        connections: Connections,
        spending: Spending,
        kept: KeptAnswers,
    ) -> None:
        self._store = store
        self._connections = connections
        self._spending = spending
        self._kept = kept
        self._rests = Rests()

    async def answered(self, question: Question) -> tuple[Answer, Profile]:
        """The answer, and the profile that gave it.

        Those whose models are known not to see come last, since each question has a picture.
        Only who is down, asks to wait for long or takes no pictures is replaced by the next: any
        other failure is for a person to see. A profile that is given another address, key or model
        while the question waits is asked as it is then.

        Raises FailedPrecondition (AI_PROVIDER_NOT_CONFIGURED, AI_PROVIDER_FAILED,
        AI_PROVIDER_BUDGET_EXHAUSTED) and Aborted (AI_PROVIDER_UNREACHABLE).
        """
        start = asyncio.get_running_loop().time()
        in_vain: list[_InVain] = []
        while True:
            found = await self._found(question, await self._chain(), in_vain)
            if found is not None:
                answer, profile = found
                return _with_all(answer, in_vain, start), profile

    async def _chain(self) -> Sequence[Profile]:
        chain = await self._store.chain()
        if not chain or not chain[0].is_active:
            raise FailedPrecondition(
                "AI_PROVIDER_NOT_CONFIGURED",
                "No active AI provider profile: create or activate one at /ai-providers or "
                "through /api/v1/system/ai/providers.",
            )
        await self._keep_only(chain)
        return chain

    async def _found(
        self, question: Question, chain: Sequence[Profile], in_vain: list[_InVain]
    ) -> tuple[Answer, Profile] | None:
        """The answer of one of the chain; None if the chain is another by now.

        Adds to `in_vain` who did not answer.
        """
        seeing = [each for each in chain if not each.is_blind] or chain
        order = self._rests.order(seeing)
        order += ((each, True) for each in chain if each not in seeing)
        for profile in takewhile(lambda each: each != order[0][0], seeing):
            # It rests, but what it has said before needs no call.
            kept = await self._kept.kept(question, profile)
            if kept is not None:
                return await self._counted(kept, profile, question), profile
        for profile, is_last_hope in order:
            try:
                answer = await self._answered(profile, _put_to(profile, question, is_last_hope))
            except ProviderFailure as failure:
                in_vain.append(_InVain(profile, failure))
                if isinstance(failure, ProfileChanged):
                    return None
                if not isinstance(failure, ProviderUnreachable | NoVision):
                    break
                _log.info("profile %r does not answer: %s", profile.fields.name, failure)
            else:
                return await self._counted(answer, profile, question), profile
        raise _error(in_vain)

    async def _keep_only(self, chain: Sequence[Profile]) -> None:
        """Lets go of what is held of profiles that are in it no more."""
        await self._connections.keep_only(chain)
        self._rests.keep_only({profile.id for profile in chain})
        for profile in chain:
            # Those that wait for their turn go by what another replica may have changed.
            self._spending.meter(profile)

    async def _counted(self, answer: Answer, profile: Profile, question: Question) -> Answer:
        if answer.cached:
            await self._spending.count(profile, question.skill_name, Use(cached=1))
        return answer

    async def _answered(self, profile: Profile, question: Question) -> Answer:
        """One profile's answer, which may be one that was kept. Raises ProviderFailure."""
        return await self._kept.answered(question, profile, lambda: self._asked(profile, question))

    async def _asked(self, profile: Profile, question: Question) -> Answer:
        """One profile's answer. Raises ProviderFailure."""
        meter = self._spending.meter(profile)
        # Or its connections would take the place of those to what the profile is now.
        meter.require(profile.target)
        self._rests.asked(profile)
        if profile.fields.api_base_url.is_local:
            # It makes no calls that would ask.
            await meter.check(profile.target, has_waited=False)
        try:
            async with self._connections.of_profile(profile) as adapter:
                answer = await adapter.describe(question)
        except KeyUnreadable as error:
            raise ProviderRefused(str(error)) from None
        except ProviderUnreachable:
            self._rests.begin(profile)
            raise
        except ProviderFailure:
            self._rests.end(profile)
            raise
        self._rests.end(profile)
        return answer


def _put_to(profile: Profile, question: Question, is_last_hope: bool) -> Question:
    key = question.idempotency_key
    if key and not profile.is_active:
        # The next may be at the same endpoint, and is sent another body.
        key = f"{key}~{profile.id[-8:]}"
    if key == question.idempotency_key and is_last_hope:
        return question
    return replace(question, idempotency_key=key, is_last_hope=is_last_hope)


def _with_all(answer: Answer, in_vain: Sequence[_InVain], start: float) -> Answer:
    """The answer with what those took that were asked before."""
    if not in_vain:
        return answer
    before = _usage(in_vain)
    return replace(
        answer,
        input_tokens=before.input_tokens + answer.input_tokens,
        output_tokens=before.output_tokens + answer.output_tokens,
        requests=before.requests + answer.requests,
        cost=before.cost + answer.cost,
        latency_ms=round(1000 * (asyncio.get_running_loop().time() - start)),
        cached=answer.cached and before.requests == 0,
    )


def _usage(in_vain: Sequence[_InVain]) -> Usage:
    return sum((each.failure.usage for each in in_vain), Usage())


def _error(in_vain: Sequence[_InVain]) -> HubError:
    """What nobody's answer amounts to. A repeat may help if it was for one that is away."""
    last = in_vain[-1]
    used = convert.usage(_usage(in_vain), last.profile)
    is_final = not isinstance(last.failure, ProviderUnreachable | NoVision)
    if not is_final and any(isinstance(each.failure, ProviderUnreachable) for each in in_vain):
        return Aborted("AI_PROVIDER_UNREACHABLE", _told(in_vain), **used)
    if isinstance(last.failure, BudgetExhausted):
        # Where only the message is left, as on a step, it says which failure this is.
        message = f"ai_provider_budget_exhausted: {_told(in_vain)}"
        return FailedPrecondition("AI_PROVIDER_BUDGET_EXHAUSTED", message, **used)
    return FailedPrecondition("AI_PROVIDER_FAILED", _told(in_vain), **used)


def _told(all_in_vain: Sequence[_InVain]) -> str:
    in_vain = [each for each in all_in_vain if not isinstance(each.failure, ProfileChanged)]
    if len(in_vain) == 1:
        return bounded(_named(in_vain[0]))
    most = max(_LEAST_CHARACTERS, TOLD_CHARACTERS // len(in_vain))
    told = (
        f"profile {each.profile.fields.name!r}: {bounded(_words(each.failure), most)}"
        for each in in_vain
    )
    return bounded("; ".join(told), TOLD_CHARACTERS)


def _named(each: _InVain) -> str:
    """What one profile met with; its name is told once, and few failures lack it."""
    words, fields = _words(each.failure), each.profile.fields
    if repr(fields.name) in words:
        return words
    return f"profile {fields.name!r} ({fields.model_name}): {words}"


def _words(failure: ProviderFailure) -> str:
    return f"{failure}; it began: {failure.excerpt}" if failure.excerpt else str(failure)
