"""Knowing a request again by its content, which may hold a password or a key."""

import hashlib
import hmac
from collections.abc import Sequence

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic import SecretStr

from services.chassis.requests import Claim, checked_id


class Fingerprints:
    """Digests under a key of the hub's, so that who reads them cannot try passwords on them."""

    def __init__(self, secrets: Sequence[SecretStr], purpose: bytes) -> None:
        """Takes one secret or, for rotation, several: what was noted under any is known again.

        Keys for one purpose tell nothing of those for another.
        """
        if not secrets:
            raise ValueError("at least one secret is needed")
        self._keys = [_derived(secret, purpose) for secret in secrets]

    def claim(self, request_id: str, content: bytes) -> Claim | None:
        """By what a request is known again; None for one without an id, which need not be.

        Raises REQUEST_INVALID for what cannot be an id.
        """
        if not checked_id(request_id):
            return None
        fingerprint, *former = self.of(content)
        return Claim(request_id, fingerprint, former)

    def of(self, content: bytes) -> list[str]:
        """One for each secret, the first first: 64 characters that are equal for equal contents,
        and tell nobody else what is in them.
        """
        return [hmac.new(key, content, hashlib.sha256).hexdigest() for key in self._keys]


def _derived(secret: SecretStr, purpose: bytes) -> bytes:
    derivation = HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose)
    return derivation.derive(secret.get_secret_value().encode())
