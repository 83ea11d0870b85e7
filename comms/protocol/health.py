"""How a gateway is, as a desk's support page is told."""

import msgspec


class GatewayHealth(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Times are Unix seconds of the gateway's clock. `late_ms` is how late its loop was at worst in the last minute:
    whatever holds it up also holds up every floor. `waiting` are events that are not durable yet."""

    version: str
    started_at: float
    now: float
    late_ms: float
    seq: int
    waiting: int
    is_failing: bool
    disk_free_bytes: int
    disk_bytes: int
    backup_at: float | None = None
    anchor_at: float | None = None
    anchor_fault: bool = False
    certificate_until: float | None = None
    """When the first of its certificates runs out; None: it has none, or they cannot be read."""
    desks: int = 0
    terminals: int = 0
    calls: int = 0
