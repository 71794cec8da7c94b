"""What is told of requests to who watches: how many there were, how long they took."""

from __future__ import annotations

import platform
from bisect import bisect_left
from collections.abc import Iterator
from importlib.metadata import version
from itertools import accumulate

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.metrics_core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector
from starlette.types import Scope

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
OTHER = "other"
"""The label of every other method, and the route of what is nowhere in the table."""
CLOSED = "closed"
"""In place of a status, when the client hung up before its answer."""
BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0)
"""Seconds; a run is waited for 300 unless the settings say otherwise."""


class _Answers:
    """Those of one method, route and status."""

    __slots__ = ("counts", "seconds")

    def __init__(self) -> None:
        self.counts = [0] * (len(BOUNDS) + 1)
        """How many took longer than the bound before and no longer than the one here."""
        self.seconds = 0.0


class Metrics(Collector):
    """Counts in plain numbers, for all happens on one thread; Prometheus' shapes are made of them
    when it asks.

    There are as many series as the table of routes allows, whatever is asked.
    """

    def __init__(self) -> None:
        self.in_flight = 0
        """Requests whose answers have not ended."""
        self._answers: dict[tuple[str, str, int], _Answers] = {}
        self._registry = CollectorRegistry()
        self._registry.register(self)
        ProcessCollector(registry=self._registry)

    def note(self, scope: Scope, status: int, seconds: float) -> None:
        """One request; `status` is 0 when the client closed before an answer."""
        route = scope.get("route")
        method = scope["method"]
        key = (
            method if method in METHODS else OTHER,
            OTHER if route is None else route.path,
            status,
        )
        answers = self._answers.get(key)
        if answers is None:
            answers = self._answers[key] = _Answers()
        answers.counts[bisect_left(BOUNDS, seconds)] += 1
        answers.seconds += seconds

    def text(self) -> bytes:
        """All of it, in Prometheus' text format."""
        return generate_latest(self._registry)

    def collect(self) -> Iterator[Metric]:
        """What the registry asks for."""
        yield InfoMetricFamily(
            "nekohub_build",
            "What runs.",
            {"version": version("nekohub-skills"), "python": platform.python_version()},
        )
        yield GaugeMetricFamily(
            "nekohub_http_requests_in_flight",
            "Requests whose answers have not ended.",
            self.in_flight,
        )
        requests = CounterMetricFamily(
            "nekohub_http_requests",
            "Requests that have ended.",
            labels=("method", "route", "status"),
        )
        durations = HistogramMetricFamily(
            "nekohub_http_request_duration_seconds",
            "From the request's head to the end of its answer.",
            labels=("method", "route"),
        )
        together: dict[tuple[str, str], _Answers] = {}
        for (method, route, status), answers in self._answers.items():
            requests.add_metric((method, route, str(status or CLOSED)), sum(answers.counts))
            both = together.setdefault((method, route), _Answers())
            both.counts = [sum(pair) for pair in zip(both.counts, answers.counts, strict=True)]
            both.seconds += answers.seconds
        for labels, answers in together.items():
            bounds = (*map(str, BOUNDS), "+Inf")
            running = list(zip(bounds, accumulate(answers.counts), strict=True))
            durations.add_metric(labels, running, answers.seconds)
        yield requests
        yield durations
