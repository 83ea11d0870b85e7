"""The operations port, for who looks after this machine: /healthz (it is alive), /readyz (it can do its work, or why
not) and /metrics (Prometheus). It tells no names and no places, and is reached from this machine only."""

import asyncio
from collections.abc import Iterable, Iterator

from aiohttp import web
from prometheus_client import CollectorRegistry, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from comms.domain.alarm import AlarmPhase
from comms.gateway.gateway import Gateway
from comms.gateway.transport_figures import days_left, figures_of, reasons_of

LOOK_S = 0.5
"""How often it is looked how late the loop is: whatever holds it up also holds up every floor."""
_LATE_S = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
NOT_READY_LATE_S = 1.0
_CLOSE_TIMEOUT_S = 3.0
_PREFIX = "wangge_gateway_"


class Operations:
    """On the gateway's loop. What is told is counted when it is asked for; nothing is counted meanwhile."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._runner: web.AppRunner | None = None
        self._look: asyncio.TimerHandle | None = None
        self._late_s = 0.0
        self._registry = CollectorRegistry()
        self._lateness = Histogram(
            f"{_PREFIX}loop_lateness_seconds",
            "How late the loop was, looked at every half second.",
            buckets=_LATE_S,
            registry=self._registry,
        )
        self._registry.register(_Figures(gateway))
        ProcessCollector(registry=self._registry)

    async def start(self, *, host: str, port: int) -> int:
        """The port it listens on. Raises OSError when it cannot be had."""
        app = web.Application()
        app.router.add_get("/healthz", self._healthz)
        app.router.add_get("/readyz", self._readyz)
        app.router.add_get("/metrics", self._metrics)
        self._runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=_CLOSE_TIMEOUT_S)
        await self._runner.setup()
        await web.TCPSite(self._runner, host, port).start()
        self._look_again()
        return int(self._runner.addresses[0][1])

    async def close(self) -> None:
        if self._look is not None:
            self._look.cancel()
        if self._runner is not None:
            await self._runner.cleanup()

    def reasons(self) -> list[str]:
        """Why it cannot do all of its work, in plain English; none when it can."""
        found = []
        if self._gateway.journal.database.safe_reason is not None:
            found.append("safe mode: nothing is recorded; look at the gateway's log for what to do")
        if self._gateway.journal.is_failing:
            found.append("the journal cannot be written: calls go on, orders are refused; check the disk")
        if self._late_s > NOT_READY_LATE_S:
            found.append(f"the machine does not keep up: the loop was {self._late_s:.1f} s late")
        return found + reasons_of(self._gateway.entrance.certificates)

    # --- answers ------------------------------------------------------------------------------------------

    async def _healthz(self, _: web.Request) -> web.Response:
        return web.json_response({"alive": True})

    async def _readyz(self, _: web.Request) -> web.Response:
        reasons = self.reasons()
        return web.json_response({"ready": not reasons, "reasons": reasons}, status=503 if reasons else 200)

    async def _metrics(self, _: web.Request) -> web.Response:
        return web.Response(
            body=generate_latest(self._registry), headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"}
        )

    # --- lateness -----------------------------------------------------------------------------------------

    def _look_again(self) -> None:
        loop = asyncio.get_running_loop()
        due_s = loop.time() + LOOK_S
        self._look = loop.call_at(due_s, self._looked, due_s)

    def _looked(self, due_s: float) -> None:
        self._late_s = max(0.0, asyncio.get_running_loop().time() - due_s)
        self._lateness.observe(self._late_s)
        self._look_again()


class _Figures(Collector):
    """Taken from the gateway at each question, on its loop."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    def collect(self) -> Iterator[Metric]:
        yield from self._gauges()
        yield from self._media()
        yield from figures_of(self._gateway.entrance.limits, prefix=_PREFIX)
        yield from days_left(self._gateway.entrance.certificates, prefix=_PREFIX)

    def describe(self) -> Iterable[Metric]:
        """Nothing beforehand: without it a registry would ask for all figures once at its making."""
        return ()

    def _gauges(self) -> Iterator[Metric]:
        gateway, picture = self._gateway, self._gateway.picture
        desks = len(gateway.sessions.desks())
        sessions = GaugeMetricFamily(f"{_PREFIX}sessions", "Signed in now.", labels=["kind"])
        sessions.add_metric(["desk"], desks)
        sessions.add_metric(["terminal"], len(gateway.sessions) - desks)
        yield sessions
        waiting = sum(outbox.waiting_bytes for outbox in gateway.sessions.outboxes())
        sounding = sum(state.phase is AlarmPhase.ACTIVE for state in picture.alarms.states.values())
        figures: dict[str, tuple[str, float]] = {
            "calls": ("Calls that go on.", sum(call.ended_at is None for call in picture.calls.values())),
            "videos": ("Videos that go on.", sum(video.end is None for video in picture.videos.values())),
            "orders": ("Dispatch orders in the picture.", len(picture.orders)),
            "alarms_sounding": ("Alarms that hold and nobody has acknowledged.", sounding),
            "outbound_waiting_bytes": ("Written to no socket yet.", waiting),
            "journal_seq": ("The last durable event.", gateway.journal.durable.seq),
            "journal_waiting": ("Events that are not durable yet.", picture.seq - gateway.journal.durable.seq),
            "track_readings_held": ("In memory until they become chunks on the disk.", gateway.tracks.held),
            "journal_failing": ("1 while the journal cannot be written.", int(gateway.journal.is_failing)),
        }
        if gateway.upkeep is not None:
            anchors = gateway.upkeep.anchors
            age_s = gateway.clock.now() - anchors.made_at if anchors.made_at is not None else float("inf")
            figures["anchor_age_seconds"] = ("Since the last anchor of the journal was written.", age_s)
            figures["anchor_seq"] = ("The event of the last anchor.", anchors.seq)
            figures["anchor_failing"] = ("1 while anchors cannot be written.", int(bool(anchors.fault)))
        for name, (words, value) in figures.items():
            yield GaugeMetricFamily(f"{_PREFIX}{name}", words, value=value)

    def _media(self) -> Iterator[Metric]:
        stats = self._gateway.forwarder.stats()
        media = GaugeMetricFamily(f"{_PREFIX}media_sessions", "Media sessions now.", labels=["state"])
        media.add_metric(["connected"], stats.connected)
        media.add_metric(["connecting"], stats.sessions - stats.connected)
        yield media
        packets = CounterMetricFamily(
            f"{_PREFIX}media_packets", "Since the start, by what became of them.", labels=["fate"]
        )
        for fate in ("received", "forwarded", "dropped", "ignored"):
            packets.add_metric([fate], getattr(stats, fate))
        yield packets
