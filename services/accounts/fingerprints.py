"""Knowing a request again by its content, which may hold a password."""

import hashlib
import hmac
from collections.abc import Sequence

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic import SecretStr

_PURPOSE = b"nekohub account fingerprints"


class Fingerprints:
    """Digests under a key of the hub's, so that who reads them cannot try passwords on them."""

    def __init__(self, secrets: Sequence[SecretStr]) -> None:
        """Takes one secret or, for rotation, several: what was noted under any is known again."""
        if not secrets:
            raise ValueError("at least one secret is needed")
        self._keys = [_derived(secret) for secret in secrets]

    def of(self, content: bytes) -> list[str]:
        """One for each secret, the first first: 64 characters that are equal for equal contents,
        and tell nobody else what is in them.
        """
        return [hmac.new(key, content, hashlib.sha256).hexdigest() for key in self._keys]


def _derived(secret: SecretStr) -> bytes:
    derivation = HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE)
    return derivation.derive(secret.get_secret_value().encode())
