"""One gateway: its parts, and who is told what. The sockets are `server.py`'s."""

import asyncio
from collections.abc import Iterable

from comms.domain.events import Event, Recorded
from comms.domain.ids import GATEWAY, CommandId, PartyId, TalkgroupId, UnitId
from comms.domain.picture import Picture
from comms.gateway.ad_hoc import AdHocGroups
from comms.gateway.alarms import Alarms
from comms.gateway.allowance import Allowance
from comms.gateway.calendars import load_calendar
from comms.gateway.cases import Cases
from comms.gateway.context import Session
from comms.gateway.desk_check import ShutOut
from comms.gateway.drill_door import DrillDoor
from comms.gateway.entrance import Entrance
from comms.gateway.exchange import Exchange
from comms.gateway.fanout import FanOut
from comms.gateway.fence_watch import FenceWatch
from comms.gateway.footing import Footing
from comms.gateway.ground import Ground
from comms.gateway.help import Help
from comms.gateway.hub import Hub
from comms.gateway.hub_door import Door
from comms.gateway.ladders import Ladders
from comms.gateway.orders import Orders
from comms.gateway.pace_watch import PaceWatch
from comms.gateway.patrol_watch import make_patrols
from comms.gateway.plan_file import load_plans
from comms.gateway.plans import Plans
from comms.gateway.positions import Positions
from comms.gateway.presence import Presence
from comms.gateway.refusals import Refusals
from comms.gateway.restart import restart_events
from comms.gateway.sessions import SessionTable
from comms.gateway.settings import Settings
from comms.gateway.sign_in import SignIn
from comms.gateway.subscription import Subscriptions, store_failed
from comms.gateway.talk import Voice
from comms.gateway.upkeep import Upkeep
from comms.gateway.videos import Videos
from comms.gateway.warning_rules import load_rules
from comms.gateway.warning_watch import WarningWatch
from comms.gateway.withholding import Withholding
from comms.journal.accounts import Accounts
from comms.journal.blobs import Blobs
from comms.journal.journal import Journal
from comms.journal.tracks import TrackStore
from comms.media.forwarder import Forwarder
from comms.protocol.area import Area, decode_area
from comms.protocol.errors import RefusalCode


class Gateway:
    """Handlers get this and a session. What it is given (journal, blobs, accounts, tracks, forwarder) others close."""

    drill: DrillDoor | None = None
    """What it runs; a live gateway runs none."""
    upkeep: Upkeep | None = None

    def __init__(
        self,
        *,
        journal: Journal,
        blobs: Blobs,
        accounts: Accounts,
        tracks: TrackStore,
        forwarder: Forwarder,
        footing: Footing,
        settings: Settings,
    ) -> None:
        self.footing, self.settings, self.clock = footing, settings, footing.clock
        clock, self.entrance = self.clock, Entrance(footing, settings)
        self.journal, self.counting = journal, asyncio.Lock()
        self.blobs, self.accounts, self.tracks, self.forwarder = blobs, accounts, tracks, forwarder
        self.ground = Ground(blobs, lambda: journal.picture.map_blob_id)
        self.hub = Hub(journal=journal, blobs=blobs, ground=self.ground, clock=clock)
        self.door = Door(hub=self.hub, journal=journal, clock=clock, settings=settings)
        self.sessions = SessionTable()
        self.fanout = FanOut(self.sessions)
        self.positions = self._make_positions()
        self.orders = self._make_orders()
        self.cases = Cases(clock=clock, journal=journal, calendar=settings.calendar or load_calendar(None))
        self.alarms = Alarms(clock=clock, journal=journal, orders=self.orders)
        self.patrols, self.patrol_watch = make_patrols(self)
        self.fences = FenceWatch(clock=clock, journal=journal, positions=self.positions, alarms=self.alarms)
        self.warnings = self._make_warnings()
        exchange = Exchange(footing, self.sessions, self.fanout, forwarder, journal, blobs)
        self.voice, self.videos = Voice(exchange), Videos(exchange)
        self.ladders = self._make_ladders()
        self.ad_hoc = AdHocGroups(exchange, voice=self.voice, positions=self.positions, affiliate=self.affiliate)
        self.plans = self._make_plans()
        self.subscriptions = self._make_subscriptions()
        self.sign_in = SignIn(accounts=accounts, journal=journal, footing=footing, settings=settings)
        listeners = (self.videos, self.voice, self.orders, self.subscriptions, self.patrols)
        self.presence = Presence(sessions=self.sessions, journal=journal, listeners=listeners)
        self.pace_watch = PaceWatch(clock=clock, sessions=self.sessions, settings=settings, end=self.presence.end)
        self._make_door_keepers()

    def _make_door_keepers(self) -> None:
        self.help = Help(journal=self.journal, alarms=self.alarms, ground=self.ground, footing=self.footing)
        self.refusals = Refusals(recorder=self, clock=self.clock)
        self._stored: dict[PartyId, Allowance] = {}

    def _make_positions(self) -> Positions:
        interval_s = self.settings.position_frame_interval_s
        return Positions(clock=self.clock, sessions=self.sessions, no_of=self._no_of, interval_s=interval_s)

    def _make_subscriptions(self) -> Subscriptions:
        self.withholding = Withholding(self.footing.realm, lambda: self.drill)
        return Subscriptions(
            journal=self.journal,
            sessions=self.sessions,
            fanout=self.fanout,
            positions=self.positions,
            withholding=self.withholding,
        )

    def _make_orders(self) -> Orders:
        return Orders(
            clock=self.clock,
            journal=self.journal,
            sessions=self.sessions,
            fanout=self.fanout,
            push_again_s=self.settings.push_again_s,
        )

    def _make_warnings(self) -> WarningWatch:
        rules = self.settings.warning_rules
        return WarningWatch(
            clock=self.clock,
            journal=self.journal,
            alarms=self.alarms,
            rules=rules if rules is not None else load_rules(None),
        )

    def _make_ladders(self) -> Ladders:
        return Ladders(
            clock=self.clock,
            journal=self.journal,
            sessions=self.sessions,
            orders=self.orders,
            calls=self.voice.calls,
            ladders=self.settings.ladders,
        )

    def _make_plans(self) -> Plans:
        plans = self.settings.plans
        return Plans(
            clock=self.clock,
            journal=self.journal,
            positions=self.positions,
            orders=self.orders,
            work=self.cases.work,
            ad_hoc=self.ad_hoc,
            plans=plans if plans is not None else load_plans(None),
        )

    @property
    def picture(self) -> Picture:
        return self.journal.picture

    async def record(
        self, actor: PartyId, events: Iterable[Event], *, command_id: CommandId | None = None
    ) -> list[Recorded]:
        return await self.journal.record(actor, events, command_id=command_id)

    def record_soon(self, actor: PartyId, events: Iterable[Event]) -> None:
        self.journal.record_soon(actor, events)

    async def start(self) -> None:
        """Raises JournalError when the store cannot even note the restart."""
        fault, stay = self.journal.database.safe_reason, self.footing.terminals_stay
        await self.record(GATEWAY, restart_events(self.picture, terminals_stay=stay, fault=fault))
        self.journal.on.recorded.extend(
            (self.subscriptions.tell, self.orders.tell, self.cases.tell, self.alarms.tell, self.fences.tell)
        )
        self.journal.on.recorded.extend((self.ladders.tell, self.plans.tell, self.patrols.tell))
        self.journal.on.recorded.append(ShutOut(self.sessions, self.presence.end).tell)
        self.journal.on.failed.append(self._tell_store_failed)
        self.journal.on.recovered.extend((self.presence.reconcile, self.cases.plan_all, self.alarms.read_cases))
        area = await self._read_area()
        self.positions.start()
        self.orders.start()
        self.cases.start()
        self.ladders.start()
        self.plans.start()
        self.alarms.start()
        self.fences.start()
        self.warnings.start()
        await self.patrols.start(area)
        self.patrol_watch.start()
        self.pace_watch.start()

    async def _read_area(self) -> Area | None:
        """The ground that units answer for; without a map nobody leaves his."""
        blob_id = self.picture.map_blob_id
        blob = await self.blobs.get(blob_id) if blob_id is not None else None
        if blob is None:
            return None
        area = decode_area(blob.data)
        self.fences.set_area(area)
        self.warnings.set_area(area)
        self.ladders.set_area(area)
        return area

    async def close(self) -> None:
        """Everybody is told, then the parts stop. The journal is still there for what they record last."""
        for session in self.sessions.all():
            self.presence.end(session, RefusalCode.STOPPING)
        self.presence.close()
        self.fanout.close()
        self.sign_in.turnstile.close()
        await self.sign_in.issuer.close()
        self.positions.close()
        await self.warnings.close()
        await self.patrol_watch.close()
        self.patrols.close()
        self.fences.close()
        self.alarms.close()
        self.cases.close()
        self.ladders.close()
        self.orders.close()
        self.ground.close()
        self.pace_watch.close()
        self.ad_hoc.close()
        self.videos.close()
        await self.voice.close()

    def may_store(self, party: PartyId, size: int) -> float | None:
        """None when a party may store so many bytes, else in how many seconds."""
        now, settings = self.clock.monotonic(), self.settings
        if party not in self._stored:
            rate, burst = settings.blob_rate_bytes, settings.blob_burst_bytes
            self._stored[party] = Allowance(rate=rate, burst=burst, now=now)
        return self._stored[party].take(now, amount=size)

    def affiliate(self, session: Session, talkgroup_ids: tuple[TalkgroupId, ...]) -> None:
        before = session.affiliated
        self.sessions.affiliate(session, talkgroup_ids)
        self.voice.on_affiliation_changed(session, before)

    def _no_of(self, unit_id: UnitId) -> int:
        return self.picture.units[unit_id].unit.no

    def _tell_store_failed(self, reason: str) -> None:
        """Directly, because what the journal cannot take it cannot tell."""
        for desk in self.sessions.desks():
            desk.send(store_failed(desk))
