"""What /metrics tells of connections and of who was not let in."""

from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from comms.gateway.certificates import CertificateWatch
from comms.gateway.connection_limits import ConnectionLimits, Crowded


def figures_of(limits: ConnectionLimits, *, prefix: str) -> Iterator[Metric]:
    connections = GaugeMetricFamily(f"{prefix}connections", "Open now, over all ports.", labels=["who"])
    connections.add_metric(["signed_in"], len(limits) - limits.strangers)
    connections.add_metric(["stranger"], limits.strangers)
    yield connections
    refused = CounterMetricFamily(f"{prefix}connections_refused", "Since the start, by why.", labels=["why"])
    for crowded in Crowded:
        refused.add_metric([crowded.value], limits.refused[crowded])
    refused.add_metric(["origin"], limits.strange_origins)
    refused.add_metric(["tries"], limits.too_many_tries)
    yield refused


def days_left(certificates: CertificateWatch | None, *, prefix: str) -> Iterator[Metric]:
    if certificates is None:
        return
    words = "Until a certificate ends; negative when it has."
    left = GaugeMetricFamily(f"{prefix}certificate_days_left", words, labels=["what"])
    for what, days in certificates.days_left().items():
        left.add_metric([what], days)
    yield left


def reasons_of(certificates: CertificateWatch | None) -> list[str]:
    """Why new connections fail, in plain English."""
    left = certificates.days_left() if certificates is not None else {}
    return [f"the {what}'s certificate has ended: replace it" for what, days in left.items() if days <= 0]
