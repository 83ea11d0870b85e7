"""A desk with its window and no gateway: a real Store fed with pushes, real actions, and a gateway's answers by hand."""

import itertools
from collections.abc import Callable, Coroutine, Generator
from typing import Any

import numpy as np

from comms.domain.ids import CallId, CommandId, OfficerId, PartyId, TalkgroupId, VideoId, officer_party
from comms.domain.talkgroup import Talkgroup
from comms.fleet.town import TOWN, sample_town
from comms.media.picture import VideoPicture
from comms.protocol import pushes
from comms.protocol.commands import BlobPut, Command
from comms.protocol.errors import Locale
from console.actions.dispatch import Dispatch
from console.actions.duty import Duty
from console.actions.video import Video
from console.actions.voice import Voice
from console.media.frames import FrameBoard
from console.settings import Settings
from console.store.link import LinkPhase, LinkState, MediaReport
from console.store.store import Store
from ui.desk import Actions
from ui.main_window import MainWindow
from ui.text import Texts
from ui.theme import DARK, Look, Theme

OFFICER = OfficerId("duty")
ME = officer_party(OFFICER)
NOW = 1_760_000_000.0


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
        self.answers: dict[type, Callable[[Any], pushes.Push]] = {}
        self.waits: dict[type, Answering] = {}
        self._work: list[Coroutine[Any, Any, None]] = []

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
        """Take every coroutine as far as it goes."""
        for work in tuple(self._work):
            try:
                work.send(None)
            except StopIteration:
                self._work.remove(work)

    def close(self) -> None:
        for work in self._work:
            work.close()
        self._work.clear()

    def last(self, kind: type) -> Any:
        return next(command for command in reversed(self.asked) if isinstance(command, kind))


class Keys:
    """What Voice told the talker."""

    def __init__(self) -> None:
        self.down: list[TalkgroupId] = []
        self.told: list[tuple[str, TalkgroupId | bool]] = []

    def press(self, talkgroup_id: TalkgroupId, *, is_emergency: bool = False) -> None:
        assert talkgroup_id not in self.down
        self.down.append(talkgroup_id)
        self.told.append(("press", talkgroup_id))

    def release(self, talkgroup_id: TalkgroupId) -> None:
        self.down.remove(talkgroup_id)
        self.told.append(("release", talkgroup_id))

    def mute(self, is_muted: bool) -> None:
        self.told.append(("mute", is_muted))


class Player:
    def __init__(self) -> None:
        self.played: list[str] = []

    def play(self, blob_id: str) -> None:
        self.played.append(blob_id)

    def stop(self) -> None:
        self.played.append("stop")


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

        self.actions = Actions(
            dispatch=Dispatch(self.desk, self.store, new_id=new_id),
            voice=Voice(self.desk, self.store, self.keys, new_id=new_id),
            video=Video(self.desk, new_id=new_id),
            duty=Duty(self.desk, self.store, new_id=new_id),
        )

    def sign_in(self, talkgroups: tuple[Talkgroup, ...], *, heard: int | None = None, name: str = "李建国") -> None:
        """As the officer of the whole town; `heard` is how many of the talkgroups are affiliated."""
        self.store.apply_local(LinkState(phase=LinkPhase.ONLINE, latency_ms=12.0))
        self.store.apply_local(MediaReport(is_up=True, microphone_level=0.3, speaker_level=0.6))
        self.store.apply_push(
            pushes.Welcome(
                id=CommandId("sign-in"),
                protocol=1,
                party=ME,
                name=name,
                jurisdiction_id=TOWN,
                server_time=self.store.server_now(),
                talkgroups=talkgroups,
                affiliated=tuple(group.id for group in talkgroups[:heard]),
            )
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


def town_talkgroups() -> tuple[Talkgroup, ...]:
    return sample_town(units=1).talkgroups
