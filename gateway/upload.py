"""An upload on its way through: the form comes in, the file goes on to assets as it arrives."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial

from nekohub.assets.v1.assets_pb2 import (
    UploadAssetRequest,
    UploadAssetResponse,
    UploadCommit,
    UploadStart,
)
from nekohub.skills.v1.skills_pb2 import GetSkillRequest
from starlette.requests import Request

from gateway.body import chunks, declared_length, header
from gateway.context import Gateway
from gateway.form import FilePart, UploadForm
from services.chassis.client_stream import ClientStream, StreamEnded
from services.chassis.errors import InvalidArgument

CHUNK_BYTES = 256 * 1024
FORM_BYTES = 1024 * 1024
"""What the form may have beside its file."""
UPLOAD_SECONDS = 1500.0
"""How long one upload may take; assets gives a file up after half an hour."""

Upload = ClientStream[UploadAssetRequest, UploadAssetResponse]


async def upload(gateway: Gateway, request: Request, request_id: str) -> UploadAssetResponse:
    """Store the file of the request's form, once if there is a `request_id`.

    Holds a few chunks of the file at a time. Raises what `UploadForm` and assets raise, as soon as
    it is known, SKILL_NOT_FOUND, and ASSET_FILE_REQUIRED for a form without a file.
    """
    headers = request.scope["headers"]
    form = UploadForm(header(headers, b"content-type"))
    limit = gateway.config.max_upload_bytes
    refusal = InvalidArgument("ASSET_FILE_TOO_LARGE", f"a file may have at most {limit} bytes")
    if (declared_length(headers) or 0) > limit + FORM_BYTES:
        raise refusal
    body = chunks(request.receive, limit + FORM_BYTES, refusal)
    file = await _until_file(form, body)

    stream: Upload = ClientStream(gateway.stubs.assets.UploadAsset(timeout=UPLOAD_SECONDS))
    answer = asyncio.create_task(stream.answer())
    pump = asyncio.create_task(
        _pump(form, file, body, stream, partial(_commit, gateway, form, request_id))
    )
    try:
        # Assets may refuse the file long before the client has sent all of it.
        await asyncio.wait({answer, pump}, return_when=asyncio.FIRST_COMPLETED)
        if not answer.done():
            pump.result()
        return await answer
    finally:
        pump.cancel()
        answer.cancel()
        await asyncio.wait({answer, pump})
        await stream.close()


async def _until_file(form: UploadForm, body: AsyncIterator[bytes]) -> FilePart:
    empty = True
    while form.file is None:
        data = await anext(body, None)
        if data is None:
            if not empty:
                form.finish()
            raise InvalidArgument("ASSET_FILE_REQUIRED", "the form has no field 'file'")
        empty = False
        form.feed(data)
    return form.file


async def _pump(
    form: UploadForm,
    file: FilePart,
    body: AsyncIterator[bytes],
    stream: Upload,
    commit: Callable[[], Awaitable[UploadCommit]],
) -> None:
    start = UploadStart(file_name=file.name, content_type=file.content_type)
    try:
        await stream.write(UploadAssetRequest(start=start))
        await _send_chunks(form, stream, CHUNK_BYTES)
        async for data in body:
            form.feed(data)
            await _send_chunks(form, stream, CHUNK_BYTES)
        form.finish()
        await _send_chunks(form, stream, 1)
        await stream.write(UploadAssetRequest(commit=await commit()))
        await stream.finish()
    except StreamEnded:
        # Assets has answered already; its answer says why.
        return


async def _send_chunks(form: UploadForm, stream: Upload, at_least: int) -> None:
    while len(form.buffer) >= at_least:
        chunk = bytes(memoryview(form.buffer)[:CHUNK_BYTES])
        del form.buffer[:CHUNK_BYTES]
        await stream.write(UploadAssetRequest(chunk=chunk))


async def _commit(gateway: Gateway, form: UploadForm, request_id: str) -> UploadCommit:
    skill = form.text("skill")
    if skill is not None:
        await gateway.stubs.skills.GetSkill(GetSkillRequest(name=skill))
    return UploadCommit(
        description=form.text("description"),
        alt_text=form.text("altText"),
        is_public=form.boolean("isPublic", True),
        run_enrichment=form.boolean("runEnrichment", True),
        skill_name=skill or "",
        request_id=request_id,
    )
