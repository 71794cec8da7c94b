"""Reading the body of a response: as much of it as is believed, and unpacked."""

import httpx

from services.providers.compression import CompressionUnreadable, decompressed
from services.providers.failures import ProviderRefused

REPLY_BYTES = 256 * 1024
"""Longest body that is read."""


async def read_body(response: httpx.Response, label: str) -> bytes:
    """The body, unpacked; of an error what can be had of it.

    Raises ProviderRefused for an answer that is too long or cannot be unpacked; `label` names whose
    it is.
    """
    content = bytearray()
    assert isinstance(response.stream, httpx.AsyncByteStream)  # noqa: S101 - for mypy
    async for chunk in response.stream:
        content += chunk
        if len(content) > REPLY_BYTES:
            break
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    if content and encoding != "identity":
        try:
            content = bytearray(decompressed(content, encoding, REPLY_BYTES + 1))
        except CompressionUnreadable as fault:
            if not response.is_success:
                return b""  # its status says more
            raise ProviderRefused(
                f"the AI provider of {label} compressed its answer although "
                f"asked not to{fault}; switch that off at the server or the proxy before it"
            ) from None
    if len(content) > REPLY_BYTES and response.is_success:
        raise ProviderRefused(
            f"the AI provider of {label} answered with more than "
            f"{REPLY_BYTES // 1024} KiB; check apiBaseUrl and the model"
        )
    return bytes(content[:REPLY_BYTES])
