"""What a gateway tells Prometheus. No label is what a caller said: models are known ones."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector

from visioncli.core.errors import VisionError
from visioncli.core.types import Usage

SECONDS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 40.0, 80.0, 160.0, 320.0, 640.0)
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Metrics:
    """Each gateway has its own."""

    def __init__(self) -> None:
        self._registry = made = CollectorRegistry()
        ProcessCollector(registry=made)
        PlatformCollector(registry=made)
        self.under_way = Gauge(
            "vision_requests_under_way", "Requests that are being answered.", registry=made
        )
        self._requests = Counter(
            "vision_requests_total",
            "Requests by API, model and HTTP status; 499: the caller went away.",
            ("api", "model", "status"),
            registry=made,
        )
        self._seconds = Histogram(
            "vision_request_seconds",
            "From a request's first byte to the last of its answer.",
            ("api", "model"),
            buckets=SECONDS,
            registry=made,
        )
        self._first = Histogram(
            "vision_first_text_seconds",
            "From a request's first byte to the first text of its answer.",
            ("api", "model"),
            buckets=SECONDS,
            registry=made,
        )
        self._tokens = Counter(
            "vision_tokens_total",
            "Tokens as the providers report them.",
            ("model", "kind"),
            registry=made,
        )
        self._usd = Counter(
            "vision_cost_usd_total",
            "US dollars, of the answers whose cost is known.",
            ("model",),
            registry=made,
        )
        self._failures = Counter(
            "vision_provider_failures_total",
            "Attempts that failed, by the provider's status or the kind of failure.",
            ("model", "provider", "reason"),
            registry=made,
        )

    def ended(self, api: str, model: str, status: int, seconds: float) -> None:
        self._requests.labels(api, model, str(status)).inc()
        self._seconds.labels(api, model).observe(seconds)

    def first_text(self, api: str, model: str, seconds: float) -> None:
        self._first.labels(api, model).observe(seconds)

    def used(self, model: str, usage: Usage, usd: float | None) -> None:
        for kind, count in (("input", usage.input), ("output", usage.output)):
            if count:
                self._tokens.labels(model, kind).inc(count)
        if usd is not None:
            self._usd.labels(model).inc(usd)

    def failed(self, model: str, provider: str, error: VisionError) -> None:
        reason = str(error.status) if error.status else error.default_code
        self._failures.labels(model, provider, reason).inc()

    def text(self) -> bytes:
        return generate_latest(self._registry)
