"""Where the integration port is opened, and how."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class IntegrationPort:
    """Where outside systems bring work orders. It is encrypted wherever the terminals' port is; `is_plain` leaves that
    to a proxy on this machine, because keys travel with every request."""

    host: str
    port: int
    is_plain: bool = False
