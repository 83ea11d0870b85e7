"""A desk with its window and no gateway: a real Store fed with pushes, real actions, a gateway answered by hand."""

import itertools
from collections.abc import Callable, Coroutine, Generator
from typing import Any, TypeVar

import numpy as np

from comms.domain import events as ev
from comms.domain.alarm import AlarmPriority
from comms.domain.ids import (
    GATEWAY,
    CallId,
    CommandId,
    JurisdictionId,
    OfficerId,
    OrderId,
    PartyId,
    TalkgroupId,
    UnitId,
    VideoId,
    officer_party,
    unit_party,
)
from comms.domain.jurisdiction import Jurisdiction, Level
from comms.domain.order import AssignmentState, Order
from comms.domain.talkgroup import Talkgroup
from comms.domain.unit import Unit
from comms.media.picture import VideoPicture
from comms.protocol import pushes
from comms.protocol.account_commands import AccountRead, DeviceList, SignInList
from comms.protocol.account_pushes import AccountState, DevicePage, SignInPage
from comms.protocol.assessment_commands import AssessmentRead, AssessmentTable
from comms.protocol.commands import BlobPut, Command
from comms.protocol.desk_commands import HealthRead
from comms.protocol.errors import Locale
from comms.protocol.frames import PositionColumns
from comms.protocol.health import GatewayHealth
from comms.protocol.patrol_commands import PatrolTallies
from comms.protocol.patrol_pushes import PatrolTallyList
from comms.protocol.track_commands import TrackDays, TrackRead
from console.actions.accounts import AccountActions
from console.actions.acting_voice import ActingVoice
from console.actions.alarm import Alarming
from console.actions.area_call import AreaCalls
from console.actions.assessing import Assessing
from console.actions.cases import Cases
from console.actions.dispatch import Dispatch
from console.actions.drill import Drilling
from console.actions.duty import Duty
from console.actions.incidents import Incidents
from console.actions.items import Items
from console.actions.marks import Marks
from console.actions.patrols import Patrols
from console.actions.plans import PlanActions
from console.actions.quarantine import Quarantine
from console.actions.rota import Rota
from console.actions.tracking import Tracking
from console.actions.video import Video
from console.actions.voice import Voice
from console.drill.hosting import Hosting
from console.media.frames import FrameBoard
from console.settings import Settings
from console.store.link import LinkPhase, LinkState, MediaReport
from console.store.store import Store
from ui.desk import Actions
from ui.main_window import MainWindow
from ui.text import Texts
from ui.theme import DARK, Look, Theme

TOWN = JurisdictionId("441900/s01")
OFFICER = OfficerId("duty")
ME = officer_party(OFFICER)
NOW = 1_760_000_000.0
T = TypeVar("T")


WELL = GatewayHealth(
    version="0.1.0",
    started_at=NOW - 3 * 3600,
    now=NOW,
    late_ms=4.0,
    seq=1000,
    waiting=0,
    is_failing=False,
    disk_free_bytes=400_000_000_000,
    disk_bytes=500_000_000_000,
    backup_at=NOW - 5 * 3600,
    anchor_at=NOW - 600,
    certificate_until=NOW + 200 * 86_400,
    desks=3,
    terminals=1165,
)
"""A gateway that lacks nothing."""


class Answering:
    """Waits until the test answers."""

    def __init__(self) -> None:
        self.answer: pushes.Push | None = None

    def __await__(self) -> Generator[None, None, pushes.Push]:
        while self.answer is None:
            yield
        return self.answer


class Desk:
    """The gateway's end: what was asked, and what is answered. Without an answer by hand: `done`."""

    def __init__(self) -> None:
        self.asked: list[Command] = []
        self.answers: dict[type, Callable[[Any], pushes.Push]] = {
            AccountRead: lambda command: AccountState(id=command.id),
            SignInList: lambda command: SignInPage(id=command.id, sign_ins=()),
            DeviceList: lambda command: DevicePage(id=command.id, devices=(), total=0),
            TrackDays: lambda command: pushes.TrackDayList(id=command.id, days=()),
            TrackRead: lambda command: pushes.TrackPage(id=command.id, tracks=()),
            PatrolTallies: lambda command: PatrolTallyList(id=command.id, tallies=()),
            AssessmentRead: lambda command: AssessmentTable(id=command.id, rows=(), read_at=0.0),
            HealthRead: lambda command: pushes.HealthReading(id=command.id, health=WELL),
        }
        self.waits: dict[type, Answering] = {}
        self._work: list[Coroutine[Any, Any, None]] = []
        self._is_running = False

    async def request(self, command: Command) -> pushes.Push:
        self.asked.append(command)
        if type(command) in self.waits:
            return await self.waits[type(command)]
        answer = self.answers.get(type(command))
        if answer is not None:
            return answer(command)
        return pushes.Done(id=command.id, subject="blob" if isinstance(command, BlobPut) else command.id)

    request_durable = request

    def refuse(self, kind: type, code: Any, text: str) -> None:
        self.answers[kind] = lambda command: pushes.Refused(id=command.id, code=code, text=text)

    def hold(self, kind: type) -> Answering:
        """The next command of this kind waits for `Answering.answer`, then `run`."""
        self.waits[kind] = Answering()
        return self.waits[kind]

    def spawn(self, work: Coroutine[Any, Any, None], /) -> None:
        self._work.append(work)
        self.run()

    def run(self) -> None:
        """Take every coroutine as far as it goes, also those that one of them begins."""
        if self._is_running:
            return
        self._is_running = True
        done = 0
        try:
            while done < len(self._work):
                work = self._work[done]
                try:
                    work.send(None)
                    done += 1
                except StopIteration:
                    self._work.remove(work)
        finally:
            self._is_running = False

    def close(self) -> None:
        for work in self._work:
            work.close()
        self._work.clear()

    def last(self, kind: type) -> Any:
        return next(command for command in reversed(self.asked) if isinstance(command, kind))


async def at_once(work: Callable[[], T], /) -> T:
    """What a desk does on a thread of its own."""
    return work()


async def awaited(work: Callable[..., Coroutine[Any, Any, T]], /, *arguments: Any) -> T:
    """What a desk does on its comms thread."""
    return await work(*arguments)


class Keys:
    """What Voice told the talker."""

    def __init__(self) -> None:
        self.down: list[TalkgroupId] = []
        self.told: list[tuple[str, TalkgroupId | bool]] = []

    def press(self, talkgroup_id: TalkgroupId, *, is_emergency: bool = False) -> None:
        assert talkgroup_id not in self.down
        self.down.append(talkgroup_id)
        self.told.append(("press", talkgroup_id))

    def expect(self, talkgroup_id: TalkgroupId) -> None:
        self.down.append(talkgroup_id)
        self.told.append(("expect", talkgroup_id))

    def release(self, talkgroup_id: TalkgroupId) -> None:
        self.down.remove(talkgroup_id)
        self.told.append(("release", talkgroup_id))

    def mute(self, is_muted: bool) -> None:
        self.told.append(("mute", is_muted))

    def speak_as_another(self, is_speaking: bool) -> None:
        self.told.append(("another", is_speaking))


class Player:
    def __init__(self) -> None:
        self.played: list[str] = []
        self.rung: list[AlarmPriority | None] = []

    def play(self, blob_id: str) -> None:
        self.played.append(blob_id)

    def stop(self) -> None:
        self.played.append("stop")

    def ring(self, priority: AlarmPriority | None) -> None:
        self.rung.append(priority)


class HeadsetOnly:
    def microphones(self) -> tuple[str, ...]:
        return ("Plantronics C320-M",)

    def speakers(self) -> tuple[str, ...]:
        return ("Plantronics C320-M", "HDA Intel PCH")


class Scene:
    """Everything a panel is given. `clock` is Unix seconds and stands still unless moved."""

    def __init__(self, store: Store | None = None, *, locale: Locale = Locale.ZH_CN, theme: Theme = DARK) -> None:
        self.clock = NOW
        self.store = store or Store(now=lambda: self.clock)
        self.desk = Desk()
        self.keys = Keys()
        self.player = Player()
        self.board: FrameBoard[VideoPicture] = FrameBoard()
        self.text = Texts(locale)
        self.look = Look(theme)
        numbers = itertools.count(1)

        def new_id() -> CommandId:
            return CommandId(f"c{next(numbers)}")

        voice = Voice(self.desk, self.store, self.keys, new_id=new_id)
        self.actions = Actions(
            dispatch=Dispatch(self.desk, self.store, new_id=new_id),
            voice=voice,
            acting_voice=ActingVoice(self.desk, self.store, self.keys, new_id=new_id),
            area_calls=AreaCalls(self.desk, self.store, voice, new_id=new_id),
            incidents=Incidents(self.desk, new_id=new_id),
            items=Items(self.desk, new_id=new_id),
            quarantine=Quarantine(self.desk, new_id=new_id),
            rota=Rota(self.desk, new_id=new_id),
            cases=Cases(self.desk, new_id=new_id),
            assessing=Assessing(self.desk, new_id=new_id),
            patrols=Patrols(self.desk, new_id=new_id),
            video=Video(self.desk, new_id=new_id),
            duty=Duty(self.desk, self.store, new_id=new_id),
            alarming=Alarming(self.desk, self.store, new_id=new_id),
            tracking=Tracking(self.desk, at_once, new_id=new_id),
            marks=Marks(self.desk, self.store, new_id=new_id),
            plans=PlanActions(self.desk, self.store, voice, new_id=new_id),
            drilling=Drilling(self.desk, self.store, new_id=new_id),
            hosting=Hosting(None, awaited, now=lambda: self.clock),
            accounts=AccountActions(self.desk, new_id=new_id),
        )

    def sign_in(
        self,
        talkgroups: tuple[Talkgroup, ...],
        *,
        heard: int | None = None,
        name: str = "李建国",
        is_drill: bool = False,
        has_issuer: bool = False,
        certificate_ends_at: float | None = None,
    ) -> None:
        """As the officer of the whole town; `heard` is how many of the talkgroups are affiliated."""
        self.store.apply_local(LinkState(phase=LinkPhase.ONLINE, latency_ms=12.0))
        self.store.apply_local(MediaReport(is_up=True, microphone_level=0.3, speaker_level=0.6))
        self.push(
            pushes.Welcome(
                id=CommandId("sign-in"),
                protocol=1,
                party=ME,
                name=name,
                jurisdiction_id=TOWN,
                server_time=self.store.server_now(),
                talkgroups=talkgroups,
                affiliated=tuple(group.id for group in talkgroups[:heard]),
                is_drill=is_drill,
                has_issuer=has_issuer,
                certificate_ends_at=certificate_ends_at,
            ),
            pushes.PictureResumed(id=CommandId("resume"), after_seq=self.store.picture.seq),
        )

    def window(self) -> MainWindow:
        return MainWindow(
            store=self.store,
            actions=self.actions,
            board=self.board,
            playback=self.player,
            devices=HeadsetOnly(),
            spawn=self.desk.spawn,
            text=self.text,
            look=self.look,
            settings=Settings(),
        )

    def happen(self, *events: ev.Event, actor: PartyId = GATEWAY) -> None:
        """As if the gateway had recorded these and told this desk."""
        for event in events:
            seq = self.store.picture.seq + 1
            recorded = ev.Recorded(seq=seq, at=self.clock, actor=actor, event=event)
            self.push(pushes.EventPush(recorded=recorded))

    def place(self, *places: tuple[float, float], age_s: float = 3.0, battery_pct: float = 80.0) -> None:
        """Put unit number 1, 2, … at these latitudes and longitudes."""
        count = len(places)
        known = np.full(count, 8.0, np.float32)
        self.store.apply_positions(
            PositionColumns(
                no=np.arange(1, count + 1, dtype=np.uint32),
                at=np.full(count, self.clock - age_s),
                lat=np.array([lat for lat, _ in places]),
                lon=np.array([lon for _, lon in places]),
                accuracy_m=known,
                heading_deg=known,
                speed_mps=known,
                battery_pct=np.full(count, battery_pct, np.float32),
            )
        )

    def define_unit(self, number: int) -> None:
        unit = Unit(
            id=unit_id(number),
            no=number,
            name=NAMES[(number - 1) % len(NAMES)] + (str(number) if number > len(NAMES) else ""),
            jurisdiction_id=GRID,
            talkgroup_ids=(GROUPS[2].id, GROUPS[0].id),
            phone=f"1380000{number:04d}",
        )
        self.happen(ev.UnitDefined(unit=unit))

    def issue(self, order_id: str, *numbers: int, title: str = "井盖破损", deadline_s: float | None = None) -> OrderId:
        order = Order(
            id=OrderId(order_id),
            title=title,
            issued_at=self.clock,
            deadline_at=self.clock + deadline_s if deadline_s is not None else None,
            unit_ids=tuple(unit_id(number) for number in numbers),
        )
        self.happen(ev.OrderIssued(order=order), actor=ME)
        return order.id

    def advance(self, order_id: OrderId | str, number: int, *states: AssignmentState, reason: str = "") -> None:
        for state in states:
            self.happen(
                ev.OrderAdvanced(order_id=OrderId(order_id), unit_id=unit_id(number), state=state, reason=reason),
                actor=unit_party(unit_id(number)),
            )

    def push(self, *messages: pushes.Push) -> None:
        for message in messages:
            self.store.apply_push(message)

    def take_floor(self, talkgroup_id: TalkgroupId, talker: PartyId, name: str, **more: Any) -> None:
        seq = self.store.floor(talkgroup_id).seq + 1
        self.push(
            pushes.FloorTaken(
                talkgroup_id=talkgroup_id,
                call_id=CallId("call"),
                floor_seq=seq,
                talker=talker,
                talker_name=name,
                **more,
            )
        )

    def show_video(self, mid: str, video_id: VideoId, *, shade: int = 120) -> None:
        """A picture on an m-line: a diagonal ramp, so that its orientation shows."""
        self.push(pushes.MediaSlot(mid=mid, video_id=video_id))
        height, width = 180, 320
        ramp = (np.add.outer(np.arange(height), np.arange(width)) * 200 // (height + width) + 20).astype(np.uint8)
        u = np.full((height // 2, width // 2), shade, np.uint8)
        v = np.full((height // 2, width // 2), 255 - shade, np.uint8)
        self.board.put(mid, VideoPicture(width, height, ramp, u, v))


VILLAGE, GRID = JurisdictionId(f"{TOWN}/v01"), JurisdictionId(f"{TOWN}/v01/g001")
GROUPS = tuple(
    Talkgroup(id=TalkgroupId(f"tg{number}"), name=name, jurisdiction_id=TOWN)
    for number, name in enumerate(("全镇网格员", "应急分队", "兴安社区", "广宁社区"), start=1)
)
NAMES = ("王芳", "李强", "张伟", "刘洋", "陈静", "赵磊", "黄敏", "周杰", "吴霞", "郑凯")


def unit_id(number: int) -> UnitId:
    return UnitId(f"u{number:03d}")


def duty_scene(*, units: int = 6, locale: Locale = Locale.ZH_CN, theme: Theme = DARK, heard: int = 3) -> Scene:
    """A small town on duty: units online but for the last, all placed, the officer signed in."""
    scene = Scene(locale=locale, theme=theme)
    scene.happen(
        ev.JurisdictionDefined(jurisdiction=Jurisdiction(id=TOWN, name="样例镇", level=Level.TOWN)),
        ev.JurisdictionDefined(jurisdiction=Jurisdiction(id=VILLAGE, name="兴安社区", level=Level.VILLAGE)),
        ev.JurisdictionDefined(jurisdiction=Jurisdiction(id=GRID, name="第01网格", level=Level.GRID)),
        ev.OfficerDefined(officer_id=OFFICER, name="李建国", jurisdiction_id=TOWN),
        *(ev.TalkgroupDefined(talkgroup=group) for group in GROUPS),
    )
    for number in range(1, units + 1):
        scene.define_unit(number)
    scene.happen(*(ev.TerminalConnected(unit_id=unit_id(number)) for number in range(1, units)))
    scene.place(*((23.0 + 0.001 * number, 113.7) for number in range(1, units + 1)))
    scene.sign_in(GROUPS, heard=heard)
    return scene
