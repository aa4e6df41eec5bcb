"""Figures for Prometheus: requests, their time, sockets, mails that wait."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)


class Metrics:
    """A registry of its own: a process may hold several servers."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "mascotforge_requests_total", "Requests answered.", ("method", "route", "status"), registry=self.registry
        )
        self._seconds = Histogram(
            "mascotforge_request_seconds", "Time to answer.", ("route",), buckets=_SECONDS, registry=self.registry
        )
        self.sockets = Gauge("mascotforge_sockets", "Open WebSockets.", registry=self.registry)
        self.mails = Gauge("mascotforge_mails_waiting", "Mails in the outbox.", registry=self.registry)
        self.failed_mails = Gauge("mascotforge_mails_failed", "Mails given up.", registry=self.registry)

    def saw(self, method: str, route: str, status: int, seconds: float) -> None:
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def text(self) -> bytes:
        """The exposition format."""
        return generate_latest(self.registry)
