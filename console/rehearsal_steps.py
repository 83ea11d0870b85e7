"""The duty minute, step by step: what the officer does, and what must come of it in the field and on the desk."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QPushButton, QWidget

from comms.domain.call import CallPhase
from comms.domain.ids import OrderId, TalkgroupId, VideoId
from comms.domain.order import AssignmentState, Place, UnitsTarget
from comms.domain.unit import UnitStatus
from comms.domain.video import VideoKind, VideoPhase
from console.rehearsal_ear import Ear
from console.rehearsal_hands import Eyes, Hands
from console.rehearsal_unit import FieldUnit
from console.store.floors import TalkState
from console.store.store import Store
from ui.main_window import MainWindow
from ui.order.controls import Beginning
from ui.panels.wall_plan import Stage as TileStage
from ui.widgets.video_tile import VideoTile

SOON_S = 10.0
LATER_S = 30.0
ALL_READY_S = 120.0
TALK_PACKETS = 75
"""1.5 s of voice heard in the field."""
HEARD_BLOCKS = 40
"""0.4 s of voice out of the desk's loudspeaker."""
Latency = dict[str, float]
W = TypeVar("W", bound=QWidget)


class StepFailedError(Exception):
    """The step did not come out as it must; the message says what was seen."""


@dataclass(slots=True)
class Scene:
    """What the steps work with. `far` runs a coroutine on the comms thread."""

    store: Store
    window: MainWindow
    hands: Hands
    eyes: Eyes
    ear: Ear
    monotonic: Callable[[], float]
    voice_received: Callable[[], int | None]
    """Voice packets the simulated terminals have received, as they last said (every 10 s)."""
    far: Callable[..., Awaitable[object]]
    units: list[FieldUnit] = field(default_factory=list)
    detail: str = ""
    order_id: OrderId | None = None
    video_ids: list[VideoId] = field(default_factory=list)

    def listeners(self, talkgroup_id: TalkgroupId) -> int:
        """Simulated terminals that hear a talkgroup now."""
        own = {unit.unit_id for unit in self.units}
        return sum(
            state.is_online and talkgroup_id in state.affiliated and unit_id not in own
            for unit_id, state in self.store.picture.units.items()
        )

    @property
    def talkgroup_id(self) -> TalkgroupId:
        """The first worker's own talkgroup, or another it may be in when nobody else hears that one."""
        mine = self.store.picture.units[self.units[0].unit_id].unit.talkgroup_ids
        return mine[0] if self.listeners(mine[0]) else max(mine, key=self.listeners)

    def middle(self) -> tuple[float, float]:
        """Latitude and longitude of the area's middle. Raises StepFailedError without a map."""
        if self.store.area is None:
            raise StepFailedError("there is no map")
        south, west, north, east = self.store.area.bounds
        return (south + north) / 2, (west + east) / 2

    def ms_since(self, at: float) -> float:
        return round((self.monotonic() - at) * 1000, 1)


Step = Callable[[Scene], Awaitable[Latency]]


async def units_on_the_map(scene: Scene) -> Latency:
    """Every unit is online and has a place."""
    store, started_at = scene.store, scene.monotonic()

    def shown() -> int:
        online = sum(state.shown_status is not UnitStatus.OFFLINE for state in store.picture.units.values())
        return min(online, int(store.positions.is_placed.sum()))

    try:
        await scene.eyes.see(lambda: shown() == len(store.picture.units) > 0, within_s=ALL_READY_S)
    finally:
        scene.detail = f"{shown()} of {len(store.picture.units)} units online and placed"
    scene.window.parts.map.fit_area()
    return {"all shown": scene.ms_since(started_at)}


async def talk_to_group(scene: Scene) -> Latency:
    """Hold the space key: the floor is granted, the field hears it; let go: it is free."""
    store, group, listener = scene.store, scene.talkgroup_id, scene.units[0]
    await scene.far(listener.affiliate, group)
    scene.window.controls.listen(group, True)
    await scene.eyes.see(lambda: group in store.affiliated, within_s=SOON_S)
    scene.window.controls.select_talkgroup(group)
    scene.hands.come_forward()
    listener.listen_anew()
    pressed_at = scene.monotonic()
    await scene.hands.hold(Qt.Key.Key_Space)
    try:
        await scene.eyes.see(lambda: store.talk(group).state is TalkState.TALKING, within_s=SOON_S)
        granted_ms = scene.ms_since(pressed_at)
        await scene.far(listener.heard, TALK_PACKETS, timeout_s=SOON_S)
        scene.hands.picture_now("talking")
    finally:
        await scene.hands.let_go(Qt.Key.Key_Space)
    assert listener.first_heard_at is not None
    await scene.eyes.see(lambda: store.floor(group).talker is None, within_s=SOON_S)
    await scene.eyes.see(lambda: store.talk(group).state is TalkState.IDLE, within_s=SOON_S)
    scene.detail = f"{scene.listeners(group)} simulated listeners; {listener.heard_packets} packets at the script's own"
    return {"granted": granted_ms, "first packet in the field": round((listener.first_heard_at - pressed_at) * 1000, 1)}


async def unit_talks_back(scene: Scene) -> Latency:
    """A worker answers over the group; the desk shows who talks and it is heard."""
    store, group, unit = scene.store, scene.talkgroup_id, scene.units[0]
    scene.ear.listen_anew()
    asked_at = scene.monotonic()
    talking = scene.far(unit.talk, group, 2.0, timeout_s=SOON_S)
    await scene.eyes.see(lambda: store.floor(group).talker == f"unit:{unit.unit_id}", within_s=SOON_S)
    shown_ms = scene.ms_since(asked_at)
    await scene.far(scene.ear.heard, HEARD_BLOCKS, timeout_s=SOON_S)
    scene.hands.picture_now("hearing")
    await talking
    await scene.eyes.see(lambda: store.floor(group).talker is None, within_s=SOON_S)
    assert scene.ear.first_at is not None
    scene.detail = store.floor(group).talker_name or unit.unit_id
    return {"shown": shown_ms, "heard": round((scene.ear.first_at - asked_at) * 1000, 1)}


async def point_call(scene: Scene) -> Latency:
    """Call one worker: it rings there, is answered, and both hear each other."""
    store, unit = scene.store, scene.units[1]
    scene.window.selection.set_units((unit.unit_id,))
    answering = scene.far(unit.answer, after=unit.mark, timeout_s=SOON_S)
    called_at = scene.monotonic()
    await scene.hands.key(Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    await answering
    await scene.eyes.see(lambda: _phase(store) is CallPhase.ACTIVE, within_s=SOON_S)
    active_ms = scene.ms_since(called_at)
    unit.listen_anew()
    scene.ear.listen_anew()
    await scene.far(unit.heard, TALK_PACKETS, timeout_s=SOON_S)
    await scene.far(unit.say, 1.5)
    await scene.far(scene.ear.heard, HEARD_BLOCKS, timeout_s=SOON_S)
    scene.hands.picture_now("point-call")
    await scene.hands.key(Qt.Key.Key_F10)
    await scene.eyes.see(lambda: store.point_call is None, within_s=SOON_S)
    scene.detail = f"{unit.heard_packets} packets out, {scene.ear.loud_blocks * 10} ms of voice back"
    return {"both talking": active_ms}


def _phase(store: Store) -> CallPhase | None:
    return store.point_call.phase if store.point_call is not None else None


async def video_return(scene: Scene) -> Latency:
    """A worker offers the camera; the officer puts it on the wall, and it moves."""
    store, unit = scene.store, scene.units[0]
    offered_at = scene.monotonic()
    offered = await scene.far(unit.offer_video)
    video_id = VideoId(str(offered))
    await scene.eyes.see(lambda: video_id in store.picture.videos, within_s=SOON_S)
    shown_ms = scene.ms_since(offered_at)
    scene.window.controls.watch(video_id)
    moving_ms = await _see_it_move(scene, video_id)
    scene.video_ids.append(video_id)
    return {"offer shown": shown_ms, "moving": moving_ms}


async def video_point_call(scene: Scene) -> Latency:
    """The desk asks a worker for the camera; the worker consents; the picture moves."""
    store, unit = scene.store, scene.units[1]
    scene.window.selection.set_units((unit.unit_id,))
    consenting = scene.far(unit.consent_to_video, after=unit.mark, timeout_s=SOON_S)
    asked_at = scene.monotonic()
    await scene.hands.key(Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    await consenting

    def live() -> VideoId | None:
        for video_id, state in store.picture.videos.items():
            is_it = state.video.unit_id == unit.unit_id and state.video.kind is VideoKind.POINT_CALL
            if is_it and state.phase is VideoPhase.LIVE:
                return video_id
        return None

    await scene.eyes.see(lambda: live() is not None, within_s=SOON_S)
    live_ms = scene.ms_since(asked_at)
    video_id = live()
    assert video_id is not None
    moving_ms = await _see_it_move(scene, video_id)
    scene.video_ids.append(video_id)
    return {"live": live_ms, "moving": moving_ms}


async def _see_it_move(scene: Scene, video_id: VideoId) -> float:
    """Milliseconds until a tile has shown three different pictures."""
    started_at = scene.monotonic()

    def tile() -> VideoTile | None:
        for one in scene.window.parts.wall.tiles:
            if one.showing is not None and one.showing.video_id == video_id and one.showing.stage is TileStage.PLAYING:
                return one
        return None

    await scene.eyes.see(lambda: tile() is not None, within_s=SOON_S)
    seen: set[int] = set()

    def moves() -> bool:
        shown = tile()
        image = shown.image if shown is not None else None
        if image is not None and not image.isNull():
            seen.add(hash(bytes(image.constBits())))
        return len(seen) >= 3

    await scene.eyes.see_turning(moves, within_s=LATER_S)
    scene.detail = f"{len(seen)} different pictures in the tile"
    return scene.ms_since(started_at)


async def end_videos(scene: Scene) -> Latency:
    """Both cameras end, and the wall says so."""
    started_at = scene.monotonic()
    for unit, video_id in zip(scene.units, scene.video_ids, strict=False):
        await scene.far(unit.stop_video, video_id)
        await scene.eyes.see(lambda: _is_over(scene.store, video_id), within_s=SOON_S)  # noqa: B023 (waited for here)
    return {"ended": scene.ms_since(started_at)}


def _is_over(store: Store, video_id: VideoId) -> bool:
    state = store.picture.videos.get(video_id)
    return state is None or state.phase is VideoPhase.ENDED


async def order_to_three(scene: Scene) -> Latency:
    """An order for three who stand at a place, chosen on the map, written in the sheet and issued; they get it."""
    store, window = scene.store, scene.window
    three = scene.units[:3]
    place = await _gather(scene, three)
    chosen = tuple(unit.unit_id for unit in three)
    window.selection.set_units(chosen)
    window.controls.orders.compose(Beginning(target=UnitsTarget(chosen), place=place))
    composer = window.parts.composer
    scene.hands.write(_child(composer, QLineEdit), "东门路口积水，请立即疏导")
    scene.hands.write(_child(composer, QPlainTextEdit), "到场后拍照回传，确认排水口是否堵塞。")
    scene.hands.picture_now("order-sheet")
    known = set(store.picture.orders)
    send = _child(composer, QPushButton, "composer_send")
    issued_at = scene.monotonic()
    await scene.hands.click(send)
    await scene.eyes.see(lambda: bool(set(store.picture.orders) - known), within_s=SOON_S)
    issued_ms = scene.ms_since(issued_at)
    scene.order_id = order_id = next(iter(set(store.picture.orders) - known))
    named = set(store.picture.orders[order_id].assignments)
    if named != set(chosen):
        raise StepFailedError(f"the order names {sorted(named)}")
    return {"issued": issued_ms}


def _child(parent: QWidget, kind: type[W], name: str = "") -> W:
    found = parent.findChild(kind, name) if name else parent.findChild(kind)
    if found is None:
        raise StepFailedError(f"the window has no {name or kind.__name__} there")
    return found


async def _gather(scene: Scene, units: list[FieldUnit]) -> Place:
    """The three stand at one corner."""
    lat, lon = scene.middle()
    rows = [scene.store.positions.row_of(unit.unit_id) for unit in units]
    for number, unit in enumerate(units):
        await scene.far(unit.stand_at, lat + number * 1e-6, lon)

    def are_there() -> bool:
        distances = scene.store.positions.distances_m(lat=lat, lon=lon)
        return all(row is not None and distances[row] < 1.0 for row in rows)

    await scene.eyes.see(are_there, within_s=SOON_S)
    return Place(lat=lat, lon=lon, text="东门路口")


async def order_carried_out(scene: Scene) -> Latency:
    """Each of them reads, accepts, sets out, arrives and completes; the desk follows."""
    order_id, started_at = _order(scene), scene.monotonic()
    for unit in scene.units[:3]:
        await scene.far(unit.carry_out, order_id, timeout_s=LATER_S)
    await _all_are(scene, AssignmentState.COMPLETED)
    steps = len(scene.store.picture.orders[order_id].timeline)
    scene.detail = f"{steps} lines in the timeline"
    return {"completed": scene.ms_since(started_at)}


async def order_verified(scene: Scene) -> Latency:
    """The officer verifies what was completed."""
    scene.window.selection.set_order(_order(scene))
    started_at = scene.monotonic()
    scene.hands.command("order_verify")
    await _all_are(scene, AssignmentState.VERIFIED)
    return {"verified": scene.ms_since(started_at)}


def _order(scene: Scene) -> OrderId:
    if scene.order_id is None:
        raise StepFailedError("there is no order")
    return scene.order_id


async def _all_are(scene: Scene, wanted: AssignmentState) -> None:
    order = scene.store.picture.orders[_order(scene)]
    await scene.eyes.see(lambda: set(order.assignments.values()) == {wanted}, within_s=LATER_S)


async def fleet_heard(scene: Scene) -> Latency:
    """What was said to the group reached the simulated terminals, by their own count."""
    started_at = scene.monotonic()
    await scene.eyes.see_turning(lambda: bool(scene.voice_received()), within_s=LATER_S)
    scene.detail = f"{scene.voice_received()} voice packets at simulated terminals"
    return {"told": scene.ms_since(started_at)}


async def recording_played(scene: Scene) -> Latency:
    """What was said is heard again."""
    recordings = scene.store.picture.recordings

    def newest_s() -> float:
        return next(reversed(recordings.values())).duration_s if recordings else 0.0

    await scene.eyes.see(lambda: newest_s() > 1.0, within_s=SOON_S)
    scene.ear.listen_anew()
    asked_at = scene.monotonic()
    await scene.hands.key(Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    await scene.far(scene.ear.heard, HEARD_BLOCKS, timeout_s=SOON_S)
    assert scene.ear.first_at is not None
    scene.detail = f"the newest of {len(recordings)}, {newest_s():.1f} s"
    return {"heard": round((scene.ear.first_at - asked_at) * 1000, 1)}


async def call_from_the_field(scene: Scene) -> Latency:
    """A worker calls the duty officer; it rings, F9 takes it, F10 ends it."""
    store, unit = scene.store, scene.units[2]
    called_at = scene.monotonic()
    await scene.far(unit.call_desk)
    await scene.eyes.see(lambda: bool(store.ringing), within_s=SOON_S)
    ringing_ms = scene.ms_since(called_at)
    scene.hands.picture_now("ringing")
    await scene.hands.key(Qt.Key.Key_F9)
    await scene.eyes.see(lambda: _phase(store) is CallPhase.ACTIVE, within_s=SOON_S)
    unit.listen_anew()
    await scene.far(unit.heard, TALK_PACKETS, timeout_s=SOON_S)
    await scene.hands.key(Qt.Key.Key_F10)
    await scene.eyes.see(lambda: store.point_call is None, within_s=SOON_S)
    return {"ringing": ringing_ms}


DUTY_MINUTE: tuple[tuple[str, Step], ...] = (
    ("units", units_on_the_map),
    ("group-call", talk_to_group),
    ("talk-back", unit_talks_back),
    ("point-call", point_call),
    ("call-in", call_from_the_field),
    ("video-return", video_return),
    ("video-point-call", video_point_call),
    ("video-end", end_videos),
    ("order", order_to_three),
    ("order-done", order_carried_out),
    ("order-verified", order_verified),
    ("recording", recording_played),
    ("fleet-heard", fleet_heard),
)
