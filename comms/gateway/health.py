"""How the gateway is, in figures: for the support page of a desk and for the operations port."""

import shutil
from collections import deque
from collections.abc import Sequence
from pathlib import Path

import msgspec
from cryptography import x509

from comms.gateway.anchor_state import AnchorState
from comms.gateway.context import Clock, Timer
from comms.journal.backup import last_backup
from comms.journal.journal import Journal
from comms.protocol.health import GatewayHealth

LOOK_S = 0.5
_KEPT_LOOKS = 120


class Health:
    """On the gateway's loop. `certificates` are PEM files; the first to run out counts."""

    def __init__(
        self,
        data: Path,
        journal: Journal,
        clock: Clock,
        anchors: AnchorState,
        certificates: Sequence[Path] = (),
        version: str = "",
    ) -> None:
        self._data, self._journal, self._clock, self._anchors = data, journal, clock, anchors
        self._certificates, self._version = certificates, version
        self._started_at = clock.now()
        self._late_s: deque[float] = deque(maxlen=_KEPT_LOOKS)
        self._timer: Timer | None = None

    def start(self) -> None:
        due_s = self._clock.monotonic() + LOOK_S
        self._timer = self._clock.call_at(due_s, lambda: self._looked(due_s))

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _looked(self, due_s: float) -> None:
        self._late_s.append(max(0.0, self._clock.monotonic() - due_s))
        self.start()

    def reading(self, *, desks: int, terminals: int) -> GatewayHealth:
        picture, durable = self._journal.picture, self._journal.durable
        disk, anchors, backup = shutil.disk_usage(self._data), self._anchors, last_backup(self._data)
        return GatewayHealth(
            version=self._version,
            started_at=self._started_at,
            now=self._clock.now(),
            late_ms=1000 * max(self._late_s, default=0.0),
            seq=durable.seq,
            waiting=picture.seq - durable.seq,
            is_failing=self._journal.is_failing,
            disk_free_bytes=disk.free,
            disk_bytes=disk.total,
            backup_at=backup.made_at if backup is not None else None,
            anchor_at=anchors.made_at,
            anchor_fault=bool(anchors.fault),
            certificate_until=certificate_end(self._certificates),
            desks=desks,
            terminals=terminals,
            calls=sum(call.ended_at is None for call in picture.calls.values()),
        )


def certificate_end(paths: Sequence[Path]) -> float | None:
    """Unix seconds at which the first of these is no longer good; None where none can be read."""
    ends = []
    for path in paths:
        try:
            found = x509.load_pem_x509_certificates(path.read_bytes())
        except (OSError, ValueError):
            continue
        ends += [each.not_valid_after_utc.timestamp() for each in found]
    return min(ends, default=None)


class RunningSite(msgspec.Struct, frozen=True, kw_only=True):
    """What a gateway says of itself in its data directory while it runs: no secret, no place."""

    version: str
    started_at: float
    pid: int
    settings: dict[str, str | int | float | bool | None] = {}
    operations_port: int | None = None


RUNNING_NAME = "running.json"


def tell_running(data: Path, site: RunningSite) -> None:
    """Raises OSError."""
    (data / RUNNING_NAME).write_bytes(msgspec.json.format(msgspec.json.encode(site)) + b"\n")


def read_running(data: Path) -> RunningSite | None:
    try:
        return msgspec.json.decode((data / RUNNING_NAME).read_bytes(), type=RunningSite)
    except (OSError, msgspec.DecodeError):
        return None
