"""Actions: the command each sends, and refusals as values."""

from collections.abc import Awaitable, Callable

import numpy as np
import pytest

from comms.domain import events as ev
from comms.domain.case import CaseStep
from comms.domain.ids import (
    BlobId,
    CallId,
    CommandId,
    DepartmentId,
    IncidentId,
    ItemId,
    JurisdictionId,
    OrderId,
    TalkgroupId,
    UnitId,
    VideoId,
)
from comms.domain.order import AssignmentState, CircleTarget, OrderPriority, Place, UnitsTarget
from comms.domain.unit import Unit
from comms.protocol import commands as cmd
from comms.protocol import pushes
from comms.protocol.case_commands import CaseMove
from comms.protocol.errors import RefusalCode
from comms.protocol.frames import PositionColumns
from comms.protocol.pushes import Done, Push, Refused
from console.actions.cases import Cases
from console.actions.dispatch import Dispatch, Draft
from console.actions.duty import Duty
from console.actions.requester import UnexpectedAnswerError, Unsent, UnsentError
from console.actions.video import Video
from console.actions.voice import Voice
from console.store.store import Store
from tests.unit.test_store_picture import GROUP, events, welcome

G1, G2 = TalkgroupId("g1"), TalkgroupId("g2")
ORDER, UNIT = OrderId("o9"), UnitId("u1")


def new_id() -> CommandId:
    return CommandId("id")


class Gateway:
    """Answers what it is told to; None means the link is down."""

    def __init__(self) -> None:
        self.sent: list[cmd.Command] = []
        self.durable: list[cmd.Command] = []
        self.answer: Push | None = Done(id=CommandId("id"), subject="s1")

    async def request(self, command: cmd.Command) -> Push:
        self.sent.append(command)
        if self.answer is None:
            raise UnsentError
        return self.answer

    async def request_durable(self, command: cmd.Command) -> Push:
        self.durable.append(command)
        return await self.request(command)


class Talker:
    def __init__(self) -> None:
        self.said: list[tuple[object, ...]] = []

    def press(self, talkgroup_id: TalkgroupId, *, is_emergency: bool) -> None:
        self.said.append(("press", talkgroup_id, is_emergency))

    def expect(self, talkgroup_id: TalkgroupId) -> None:
        self.said.append(("expect", talkgroup_id))

    def release(self, talkgroup_id: TalkgroupId) -> None:
        self.said.append(("release", talkgroup_id))

    def mute(self, is_muted: bool) -> None:
        self.said.append(("mute", is_muted))


class Bench:
    def __init__(self) -> None:
        self.gateway, self.talker = Gateway(), Talker()
        self.store = Store(now=lambda: 0.0)
        self.dispatch = Dispatch(self.gateway, self.store, new_id=new_id)
        self.duty = Duty(self.gateway, self.store, new_id=new_id)
        self.video = Video(self.gateway, new_id=new_id)
        self.voice = Voice(self.gateway, self.store, self.talker, new_id=new_id)


@pytest.fixture
def bench() -> Bench:
    return Bench()


def advance(state: AssignmentState, unit_id: UnitId | None, reason: str = "") -> cmd.OrderAdvance:
    return cmd.OrderAdvance(id=new_id(), order_id=ORDER, unit_id=unit_id, state=state, reason=reason)


Act = Callable[[Bench], Awaitable[object]]
SENT: dict[str, tuple[Act, cmd.Command, bool]] = {
    "verify": (lambda b: b.dispatch.verify(ORDER, UNIT), advance(AssignmentState.VERIFIED, UNIT), True),
    "send back": (
        lambda b: b.dispatch.send_back(ORDER, UNIT, reason="照片不清"),
        advance(AssignmentState.ACCEPTED, UNIT, "照片不清"),
        True,
    ),
    "cancel": (
        lambda b: b.dispatch.cancel(ORDER, reason="误报"),
        advance(AssignmentState.CANCELLED, None, "误报"),
        True,
    ),
    "remind": (lambda b: b.dispatch.remind(ORDER), cmd.OrderRemind(id=new_id(), order_id=ORDER), True),
    "note": (lambda b: b.duty.note("交接"), cmd.NoteAdd(id=new_id(), text="交接"), True),
    "sign out": (lambda b: b.duty.sign_out(), cmd.SignOut(id=new_id()), False),
    "ask": (lambda b: b.video.ask(UNIT), cmd.VideoAsk(id=new_id(), unit_id=UNIT), False),
    "watch": (lambda b: b.video.watch(VideoId("v")), cmd.VideoWatch(id=new_id(), video_id=VideoId("v")), False),
    "unwatch": (lambda b: b.video.unwatch(VideoId("v")), cmd.VideoUnwatch(id=new_id(), video_id=VideoId("v")), False),
    "stop": (lambda b: b.video.stop(VideoId("v")), cmd.VideoStop(id=new_id(), video_id=VideoId("v")), False),
    "place call": (lambda b: b.voice.place_call(UNIT), cmd.CallPlace(id=new_id(), unit_id=UNIT), False),
    "answer": (lambda b: b.voice.answer(CallId("k")), cmd.CallAnswer(id=new_id(), call_id=CallId("k")), False),
    "reject": (lambda b: b.voice.reject(CallId("k")), cmd.CallReject(id=new_id(), call_id=CallId("k")), False),
    "hang up": (lambda b: b.voice.hang_up(CallId("k")), cmd.CallHangUp(id=new_id(), call_id=CallId("k")), False),
    "affiliate": (lambda b: b.voice.affiliate((G1,)), cmd.AffiliationSet(id=new_id(), talkgroup_ids=(G1,)), False),
}


@pytest.mark.parametrize("name", SENT)
async def test_each_action_sends_its_command_and_returns_the_answer(bench: Bench, name: str) -> None:
    act, command, is_durable = SENT[name]
    assert await act(bench) == Done(id=CommandId("id"), subject="s1")
    assert bench.gateway.sent == [command]
    assert bool(bench.gateway.durable) == is_durable


@pytest.mark.parametrize("name", SENT)
async def test_a_no_and_a_lost_link_are_values(bench: Bench, name: str) -> None:
    act, _, is_durable = SENT[name]
    bench.gateway.answer = Refused(code=RefusalCode.BUSY, text="busy")
    assert await act(bench) == bench.gateway.answer
    bench.gateway.answer = None
    assert await act(bench) == Unsent(is_kept=is_durable)
    bench.gateway.answer = pushes.Pong(id=CommandId("id"), server_time=0.0)
    with pytest.raises(UnexpectedAnswerError):
        await act(bench)


async def test_an_order_is_sent_as_drafted(bench: Bench) -> None:
    target = UnitsTarget((UNIT,))
    place = Place(lat=22.5, lon=113.5, text="东门")
    draft = Draft(title="占道", target=target, text="清理", priority=OrderPriority.URGENT, place=place, deadline_at=9.0,
        incident_id=IncidentId("i1"), item_id=ItemId("井盖"),
    )  # fmt: skip
    await bench.dispatch.issue(draft)
    assert bench.gateway.durable == [
        cmd.OrderIssue(
            id=new_id(), title="占道", text="清理", priority=OrderPriority.URGENT, place=place, deadline_at=9.0,
            target=target, incident_id=IncidentId("i1"), item_id=ItemId("井盖"),
        )
    ]  # fmt: skip


def place_units(store: Store, offsets: list[float], online: set[int]) -> None:
    for push in events(
        *(
            ev.UnitDefined(
                unit=Unit(id=UnitId(f"u{no}"), no=no, name="", jurisdiction_id=JurisdictionId("t")),
            )
            for no in range(len(offsets))
        ),
        *(ev.TerminalConnected(unit_id=UnitId(f"u{no}")) for no in sorted(online)),
    ):
        store.apply_push(push)
    count = len(offsets)
    blank = np.full(count, np.nan, np.float32)
    store.apply_positions(
        PositionColumns(
            no=np.arange(count, dtype=np.uint32), at=np.ones(count), lat=22.5 + np.array(offsets),
            lon=np.full(count, 113.5), accuracy_m=blank, heading_deg=blank, speed_mps=blank, battery_pct=blank,
        )
    )  # fmt: skip


def test_nearest_and_within_are_of_those_that_can_be_sent(bench: Bench) -> None:
    place_units(bench.store, [0.003, 0.001, 0.002, 0.004], online={0, 1, 3})
    nearest = bench.dispatch.nearest(lat=22.5, lon=113.5, count=2)
    assert nearest == ("u1", "u0")
    assert bench.dispatch.nearest(lat=22.5, lon=113.5, count=9, only_available=False) == ("u1", "u0", "u3")
    inside = bench.dispatch.within(CircleTarget(lat=22.5, lon=113.5, radius_m=250.0))
    assert set(inside.unit_ids) == {"u1", "u2"}


async def test_answers_that_carry_something(bench: Bench) -> None:
    page = pushes.LogPage(id=CommandId("id"), events=())
    blob = pushes.BlobContent(id=CommandId("id"), blob_id=BlobId("b"), media_type="audio/ogg", data=b"x")
    code = pushes.EnrolmentCode(id=CommandId("id"), code="1234", expires_at=1.0, path="/terminal/#1234")
    acts: list[tuple[Callable[[], Awaitable[object]], Push]] = [
        (lambda: bench.duty.read_log(), page),
        (lambda: bench.duty.blob(BlobId("b")), blob),
        (lambda: bench.duty.enrolment_code(UNIT), code),
    ]
    for act, answer in acts:
        for expected in (answer, Refused(code=RefusalCode.NOT_FOUND, text="")):
            bench.gateway.answer = expected
            assert await act() == expected
        bench.gateway.answer = None
        assert await act() == Unsent()
        bench.gateway.answer = Done(id=CommandId("id"))
        with pytest.raises(UnexpectedAnswerError):
            await act()


async def test_a_placed_call_is_known_at_once(bench: Bench) -> None:
    await bench.voice.place_call(UNIT)
    assert bench.store.point_call is not None
    assert bench.store.point_call.call_id == "s1"


# --- hold to talk -----------------------------------------------------------------------------------


def test_exactly_what_was_pressed_is_released(bench: Bench) -> None:
    bench.voice.press(G1)
    bench.voice.press(G1, is_emergency=True)
    bench.voice.press(G2, is_emergency=True)
    bench.voice.release(TalkgroupId("other"))
    assert bench.voice.pressed == (G1, G2)
    bench.voice.release_all()
    bench.voice.release(G1)
    assert bench.talker.said == [("press", G1, False), ("press", G2, True), ("release", G1), ("release", G2)]


async def test_a_talkgroup_that_leaves_is_released_at_once(bench: Bench) -> None:
    bench.store.apply_push(welcome(talkgroups=(GROUP,), affiliated=(G1, G2)))
    bench.voice.press(G1)
    bench.voice.press(G2)
    await bench.voice.affiliate((G2,))
    assert bench.talker.said[-1] == ("release", G1)
    assert bench.voice.pressed == (G2,)
    heard = [bench.store.affiliated]
    await bench.voice.select(G1)
    assert [*heard, bench.store.affiliated] == [(G2,), (G1, G2)]


def test_muting_is_told(bench: Bench) -> None:
    bench.voice.set_muted(True)
    assert bench.voice.is_muted
    assert bench.talker.said == [("mute", True)]


async def test_a_step_of_a_case_is_kept_until_it_is_answered(bench: Bench) -> None:
    cases = Cases(bench.gateway, new_id=new_id)
    await cases.move(IncidentId("i1"), CaseStep.DISPATCH, department_id=DepartmentId("roads"), opinion="请先围挡")
    (sent,) = bench.gateway.durable
    assert isinstance(sent, CaseMove)
    assert (sent.incident_id, sent.step, sent.department_id, sent.opinion) == ("i1", "dispatch", "roads", "请先围挡")
