"""The floor of an upload: the same file put without a hub, on disk and into a real S3 server."""

import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from minio import Minio

from bench.hub import HEADERS

CHUNK = 256 * 1024
BOUNDARY = "bench-boundary"
ANSWER_SECONDS = 300.0


def raw_file(source: Path, folder: Path) -> float:
    """Seconds to copy a file in chunks, have it on disk, and give it its name."""
    temporary, target = folder / "raw.part", folder / "raw"
    before = time.perf_counter()
    with source.open("rb") as read, temporary.open("wb") as written:
        while chunk := read.read(CHUNK):
            written.write(chunk)
        written.flush()
        os.fsync(written.fileno())
    temporary.rename(target)
    return time.perf_counter() - before


def raw_put(client: Minio, bucket: str, source: Path) -> float:
    """Seconds for one PUT of a file with the client that the hub uses too."""
    size = source.stat().st_size
    before = time.perf_counter()
    with source.open("rb") as file:
        client.put_object(bucket, "raw", file, size, part_size=64 * 1024**2)
    return time.perf_counter() - before


def upload(url: str, source: Path) -> float:
    """Seconds to upload a PNG to the hub, from the first byte sent to the answer read.

    The kernel copies the file into the socket, so that the client costs next to nothing.
    """
    parts = urlsplit(url)
    head = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="bench.png"\r\n'
        "Content-Type: image/png\r\n\r\n"
    )
    tail = (
        f'\r\n--{BOUNDARY}\r\nContent-Disposition: form-data; name="runEnrichment"\r\n\r\n'
        f"false\r\n--{BOUNDARY}--\r\n"
    )
    length = len(head) + source.stat().st_size + len(tail)
    lines = [
        "POST /api/v1/assets HTTP/1.1",
        f"Host: {parts.netloc}",
        "Connection: close",
        f"Content-Type: multipart/form-data; boundary={BOUNDARY}",
        f"Content-Length: {length}",
        *(f"{name}: {value}" for name, value in HEADERS.items()),
    ]
    before = time.perf_counter()
    address = (parts.hostname or "", parts.port or 80)
    with socket.create_connection(address, ANSWER_SECONDS) as connection, source.open("rb") as file:
        connection.sendall(("\r\n".join(lines) + "\r\n\r\n" + head).encode())
        connection.sendfile(file)
        connection.sendall(tail.encode())
        answer = b"".join(_received(connection))
    took = time.perf_counter() - before
    if not answer.startswith(b"HTTP/1.1 202"):
        raise RuntimeError(f"the upload was answered {answer[:500]!r}")
    return took


@contextmanager
def emptied(folder: Path) -> Iterator[Path]:
    """A folder whose files are removed at the end."""
    folder.mkdir(parents=True, exist_ok=True)
    try:
        yield folder
    finally:
        for file in folder.iterdir():
            file.unlink()


def _received(connection: socket.socket) -> Iterator[bytes]:
    while data := connection.recv(65536):
        yield data
