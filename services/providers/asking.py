"""Who is asked a question, and what is told of an answer that did not come."""

from services.chassis.errors import Aborted, FailedPrecondition
from services.providers import convert
from services.providers.connections import Connections
from services.providers.failures import ProviderFailure, ProviderUnreachable, bounded
from services.providers.model import Profile
from services.providers.question import Answer, Question
from services.providers.secrets import KeyUnreadable
from services.providers.store import ProfileStore


class Asking:
    """Asks the active profile."""

    def __init__(self, store: ProfileStore, connections: Connections) -> None:
        self._store = store
        self._connections = connections

    async def answered(self, question: Question) -> tuple[Answer, Profile]:
        """The answer, and the profile that gave it.

        Raises FailedPrecondition (AI_PROVIDER_NOT_CONFIGURED, AI_PROVIDER_FAILED) and Aborted
        (AI_PROVIDER_UNREACHABLE).
        """
        profile = await self._store.active()
        if profile is None:
            raise FailedPrecondition(
                "AI_PROVIDER_NOT_CONFIGURED",
                "No active AI provider profile: create or activate one at /ai-providers or "
                "through /api/v1/system/ai/providers.",
            )
        try:
            async with self._connections.of_profile(profile) as adapter:
                return await adapter.describe(question), profile
        except KeyUnreadable as error:
            raise FailedPrecondition(
                "AI_PROVIDER_FAILED", str(error), profile=profile.fields.name
            ) from None
        except ProviderUnreachable as failure:
            raise Aborted(
                "AI_PROVIDER_UNREACHABLE", str(failure), **convert.usage(failure, profile)
            ) from None
        except ProviderFailure as failure:
            message = f"{failure}; it began: {failure.excerpt}" if failure.excerpt else str(failure)
            raise FailedPrecondition(
                "AI_PROVIDER_FAILED", bounded(message), **convert.usage(failure, profile)
            ) from None
