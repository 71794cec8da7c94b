"""The accounts service's methods."""

from typing import Any

from nekohub.accounts.v1 import accounts_pb2, accounts_pb2_grpc

from services.accounts.keys import ApiKeys
from services.accounts.permissions import PERMISSIONS
from services.chassis.errors import Unauthenticated


class AccountServicer(accounts_pb2_grpc.AccountServiceServicer):
    """Checks credentials."""

    def __init__(self, keys: ApiKeys) -> None:
        self._keys = keys

    async def VerifyApiKey(
        self, request: accounts_pb2.VerifyApiKeyRequest, context: Any
    ) -> accounts_pb2.VerifyApiKeyResponse:
        """Tells who an API key belongs to."""
        holder = self._keys.holder(request.api_key)
        if holder is None:
            raise Unauthenticated(
                "API_KEY_INVALID", "the bearer token is not an API key of this instance"
            )
        principal = accounts_pb2.Principal(id=holder, permissions=PERMISSIONS)
        return accounts_pb2.VerifyApiKeyResponse(principal=principal)
