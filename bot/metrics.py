"""What Prometheus is told: questions, acks, deliveries, refused requests, Slack's errors. Counts only, nobody's words."""

import re
from typing import TypeVar

from prometheus_client import (
    CollectorRegistry,
    Counter,
    GCCollector,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from slack_sdk.http_retry.async_handler import AsyncRetryHandler
from slack_sdk.http_retry.request import HttpRequest
from slack_sdk.http_retry.response import HttpResponse
from slack_sdk.http_retry.state import RetryState

CONTENT_TYPE = CONTENT_TYPE_LATEST
ACK_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3)
"""Upper ends of the histogram's buckets; Slack gives up after three seconds."""
Metric = TypeVar("Metric", Counter, Histogram)
_METHOD = re.compile(r"/api/([a-zA-Z]{1,30}(?:\.[a-zA-Z]{1,30}){1,4})$")
_WORD = re.compile(r"[a-z_]{1,40}")


class Metrics:
    """One set per process."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        self._children: dict[tuple[object, tuple[str, ...]], object] = {}
        for collector in (ProcessCollector, PlatformCollector, GCCollector):
            collector(registry=registry)
        self.questions = Counter(
            "haflag_questions", "Questions answered", ("surface", "kind", "language"), registry=registry
        )
        self.unanswered = Counter("haflag_unanswered", "Questions nothing fitted", ("surface", "language"), registry=registry)
        self.acks = Histogram(
            "haflag_ack_seconds", "From a checked payload to its ack", ("payload",), buckets=ACK_SECONDS, registry=registry
        )
        self.deliveries = Counter(
            "haflag_deliveries", "Deliveries: answered, duplicate, busy elsewhere, unfinished in time, taken over, failed",
            ("payload", "outcome"), registry=registry,
        )  # fmt: skip
        self.refused = Counter("haflag_requests_refused", "Requests refused by the guard", ("status",), registry=registry)
        self.api_calls = Counter("haflag_slack_api_calls", "Attempts at Slack's Web API", ("method",), registry=registry)
        self.api_errors = Counter("haflag_slack_api_errors", "Attempts that failed", ("method", "error"), registry=registry)
        self.files = Counter("haflag_files", "Log files read for people", ("outcome",), registry=registry)
        self.store_errors = Counter("haflag_store_errors", "Deliveries not compared with other processes", registry=registry)

    def question(self, surface: str, kind: str, language: str) -> None:
        """Counts an answer."""
        self._of(self.questions, surface, kind, language).inc()
        if kind == "nothing":
            self._of(self.unanswered, surface, language).inc()

    def delivered(self, payload: str, outcome: str, seconds: float) -> None:
        """Counts a delivery, and the seconds from its check to its ack."""
        self._of(self.deliveries, payload, outcome).inc()
        self._of(self.acks, payload).observe(seconds)

    def _of(self, metric: Metric, *labels: str) -> Metric:
        """The child of a metric; looking it up there takes a lock and longer than counting."""
        key = (metric, labels)
        if key not in self._children:
            self._children[key] = metric.labels(*labels)
        return self._children[key]  # type: ignore[return-value]

    def text(self) -> bytes:
        """Everything in Prometheus' text format."""
        return generate_latest(self.registry)


class Watch(AsyncRetryHandler):
    """Counts every attempt at Slack's Web API and never asks for another; goes first among a client's retry handlers."""

    def __init__(self, metrics: Metrics) -> None:
        super().__init__(max_retry_count=0)
        self._metrics = metrics

    async def can_retry_async(
        self, *, state: RetryState, request: HttpRequest, response: HttpResponse | None = None, error: Exception | None = None
    ) -> bool:
        """False, after counting."""
        named = _METHOD.search(request.url.partition("?")[0])
        method = named[1] if named else "response_url"
        self._metrics.api_calls.labels(method).inc()
        if why := _fault(response, error):
            self._metrics.api_errors.labels(method, why).inc()
        return False


def _fault(response: HttpResponse | None, error: Exception | None) -> str:
    if error is not None:
        return type(error).__name__
    if response is None or response.status_code >= 400:
        return f"http_{response.status_code if response else 'none'}"
    body = response.body
    if isinstance(body, dict) and body.get("ok") is False:
        code = str(body.get("error"))
        return code if _WORD.fullmatch(code) else "other"
    return ""
