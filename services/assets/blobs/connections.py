"""HTTP connections of a blocking client that can be broken off from outside."""

import socket
import threading
from contextlib import suppress
from typing import Any
from weakref import WeakSet

import urllib3
from urllib3.connectionpool import HTTPConnectionPool


class Connections(urllib3.PoolManager):
    """Connections to one server. A thread that waits for an answer cannot be stopped: its
    connection can.
    """

    def __init__(
        self, most: int, *, connect_seconds: float, read_seconds: float, retries: urllib3.Retry
    ) -> None:
        """Keeps at most so many connections; the seconds are those of one attempt."""
        super().__init__(
            maxsize=most,
            timeout=urllib3.Timeout(connect=connect_seconds, read=read_seconds),
            retries=retries,
        )
        self._lock = threading.Lock()
        self._made_pools: list[HTTPConnectionPool] = []
        self._made: WeakSet[Any] = WeakSet()

    def break_off(self) -> None:
        """Fails the requests under way, and all that follow on the same connections."""
        with self._lock:
            pools, connections = list(self._made_pools), list(self._made)
        for pool in pools:
            pool.close()
        for connection in connections:
            if (opened := connection.sock) is None:
                continue
            with suppress(OSError):
                # Not the method of a TLS socket, which would take its state from whoever reads.
                socket.socket.shutdown(opened, socket.SHUT_RDWR)

    def _new_pool(
        self,
        scheme: str,
        host: str,
        port: int,
        request_context: dict[str, Any] | None = None,
    ) -> HTTPConnectionPool:
        pool = super()._new_pool(scheme, host, port, request_context)
        make = pool.ConnectionCls

        def made(*args: Any, **kw: Any) -> Any:
            connection = make(*args, **kw)
            with self._lock:
                self._made.add(connection)
            return connection

        pool.ConnectionCls = made  # type: ignore[assignment]
        with self._lock:
            self._made_pools.append(pool)
        return pool
