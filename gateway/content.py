"""Serving bytes: conditional, in parts, no faster than the client reads."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import grpc
from nekohub.assets.v1.assets_pb2 import ContentInfo, ReadContentRequest, ReadContentResponse
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from gateway import disposition, query, ranges
from gateway.body import header, joined_header, until_gone
from gateway.context import Gateway
from gateway.convert.assets import content_url
from gateway.endpoint import Header
from gateway.query import Parameter
from services.chassis.errors import Internal

READ_SECONDS = 3600.0
"""How long one download may take."""
PUBLIC_CACHE = "public, max-age=31536000, immutable"
THUMBNAIL_CACHE = "public, max-age=3600"
"""Of an address that stays when the bytes change."""
PRIVATE_CACHE = "private, no-cache"
MEDIA = "image/*"
"""Content types of what is read."""
PUBLIC_STATUSES = (200, 206, 304)
PRIVATE_STATUSES = (200, 206, 304, 307)
DIRECT = Parameter("direct", "`true` for the bytes at this address, also of a public asset.")
HEADERS = (
    Parameter("Range", "One part of the bytes, for example `bytes=0-999`; several are as none."),
    Parameter("If-Range", "The `Range` counts only for content with this `ETag`."),
    Parameter("If-None-Match", "An `ETag` that is known already, which is answered 304."),
)
ANSWER_HEADERS = (
    Header("ETag", "The SHA-256 of the content.", (200, 206, 304)),
    Header("Cache-Control", "Who may keep it, and for how long.", (200, 206, 304, 307)),
    Header("Accept-Ranges", "`bytes`.", (200, 206, 304)),
    Header("Content-Disposition", "The name to save it under.", (200, 206)),
    Header("Content-Range", "Which part it is, and of how many bytes.", (206, 416)),
)

Call = grpc.aio.UnaryStreamCall[ReadContentRequest, ReadContentResponse]


async def content(gateway: Gateway, request: Request, source: ReadContentRequest) -> Response:
    """The bytes, or 307 to their public address if a public asset's are asked for at another.

    With `direct` it is the bytes: the host of the public address need not be one that a page of
    this hub can reach, or may show pictures of.
    """
    headers = request.scope["headers"]
    known = joined_header(headers, b"if-none-match")
    is_direct = query.boolean(request.query_params, DIRECT)
    source.info_if_public = not (source.HasField("public_storage_key") or is_direct)
    if known or request.method == "HEAD":
        info = await _info(gateway, source)
        if (moved := _moved(gateway, source, info)) is not None:
            return moved
        cache = _cache(source, info)
        if known and ranges.none_match(known, info.etag):
            return Response(status_code=304, headers=_headers(info, cache))
        if request.method == "HEAD":
            return Response(headers=_headers(info, cache) | _entity(info, info.size))
    _apply_range(source, header(headers, b"range"), header(headers, b"if-range"))
    call: Call = gateway.stubs.assets.ReadContent(source, timeout=READ_SECONDS)
    messages = aiter(call)
    try:
        info = await _first(messages)
        if (moved := _moved(gateway, source, info)) is not None:
            call.cancel()
            return moved
    except BaseException:
        call.cancel()
        raise
    return ContentResponse(call, messages, info, _cache(source, info))


async def _info(gateway: Gateway, source: ReadContentRequest) -> ContentInfo:
    question = ReadContentRequest()
    question.CopyFrom(source)
    question.info_only = True
    call: Call = gateway.stubs.assets.ReadContent(question)
    try:
        return await _first(aiter(call))
    finally:
        call.cancel()


async def _first(messages: AsyncIterator[ReadContentResponse]) -> ContentInfo:
    async for message in messages:
        if message.HasField("info"):
            return message.info
        break
    raise Internal("INTERNAL_SERVER_ERROR", "a content stream did not begin with its info")


def _moved(gateway: Gateway, source: ReadContentRequest, info: ContentInfo) -> Response | None:
    if not (source.info_if_public and info.is_public):
        return None
    url = content_url(gateway.config.public_base_url, info.storage_key)
    return Response(status_code=307, headers={"location": url, "cache-control": PRIVATE_CACHE})


def _cache(source: ReadContentRequest, info: ContentInfo) -> str:
    if not source.HasField("public_storage_key"):
        return PRIVATE_CACHE
    return PUBLIC_CACHE if info.storage_key == source.public_storage_key else THUMBNAIL_CACHE


def _apply_range(source: ReadContentRequest, wanted: str, condition: str) -> None:
    part = ranges.parse_range(wanted)
    if part is None:
        return
    if condition:
        etag = ranges.strong_etag(condition)
        if etag is None:
            return
        source.if_range_etag = etag
    source.range.CopyFrom(part)


def _headers(info: ContentInfo, cache: str) -> dict[str, str]:
    # Cookies do not know ports: what else is served under this host name may not show them.
    private = {"cross-origin-resource-policy": "same-origin"} if cache == PRIVATE_CACHE else {}
    return private | {
        "etag": f'"{info.etag}"',
        "cache-control": cache,
        "accept-ranges": "bytes",
        "x-content-type-options": "nosniff",
        "content-security-policy": "sandbox",
    }


def _entity(info: ContentInfo, length: int) -> dict[str, str]:
    kind = "inline" if info.content_type.startswith("image/") else "attachment"
    return {
        "content-type": info.content_type,
        "content-length": str(length),
        "content-disposition": disposition.write(kind, info.file_name),
    }


class ContentResponse(Response):
    """Passes a content stream on as the client reads it, and ends the stream when it hangs up."""

    def __init__(
        self,
        call: Call,
        messages: AsyncIterator[ReadContentResponse],
        info: ContentInfo,
        cache: str,
    ) -> None:
        headers = _headers(info, cache) | _entity(info, info.length)
        if info.partial:
            last = info.offset + info.length - 1
            headers["content-range"] = f"bytes {info.offset}-{last}/{info.size}"
        super().__init__(status_code=206 if info.partial else 200, headers=headers)
        self._call = call
        self._messages = messages
        self._length = info.length

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send everything. Raises when the stream breaks, so that the connection is cut."""
        gone = asyncio.create_task(until_gone(receive))
        try:
            await send(
                {
                    "type": "http.response.start",
                    "status": self.status_code,
                    "headers": self.raw_headers,
                }
            )
            sent = 0
            async for message in self._messages:
                if gone.done():
                    return
                sent += len(message.chunk)
                await send({"type": "http.response.body", "body": message.chunk, "more_body": True})
            if sent != self._length:
                raise Internal(
                    "INTERNAL_SERVER_ERROR", f"{sent} of {self._length} bytes of content came"
                )
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            gone.cancel()
            self._call.cancel()
