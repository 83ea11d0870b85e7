"""The composition root of a replay: `python -m console --replay PATH` shows a journal as a desk, without a gateway."""

import asyncio
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

import platformdirs

from comms.journal.replay.replay import Replay, open_replay
from comms.journal.replay.source import Flaw
from comms.link.clock import Clock
from comms.link.thread import CommsThread
from comms.media.picture import VideoPicture
from console.actions.terrain import load_routing
from console.app import make_actions
from console.drill.host import DrillHost
from console.drill.hosting import Hosting
from console.media.audio import Audio
from console.media.frames import FrameBoard
from console.media.speaker import Speaker
from console.replay.bookmarks import Bookmarks
from console.replay.ear import ReplayEar
from console.replay.playback import ReplayPlayback
from console.replay.played_clock import PlayedClock
from console.replay.player import Player
from console.replay.recordings import Recordings
from console.replay.requester import ReplayRequester
from console.settings import APP_NAME, Settings
from console.store.link import MediaReport
from console.store.store import Store
from console.take_overs import TakeOvers
from ui.bridge import Tasks
from ui.main_window import MainWindow
from ui.replay.crossing import ReplayCrossing
from ui.replay.desk import ReplayDesk
from ui.replay.ghost_desk import GhostDesk
from ui.replay.words import flaw_words
from ui.text import Texts
from ui.theme import DARK, THEMES, Look

T = TypeVar("T")
OFFSET_MOST_S = 1e8
"""Of `--at`: less is seconds from the first moment on, more is a Unix second."""


class Folders:
    """Keyframes can be made again at any time; bookmarks cannot, so they are not kept where caches are cleared."""

    def __init__(self, cache: Path | None = None, notes: Path | None = None) -> None:
        self.cache = cache or Path(platformdirs.user_cache_dir(APP_NAME)) / "replay"
        self.notes = notes or Path(platformdirs.user_data_dir(APP_NAME)) / "replay"


class ReplayApp:
    """On the interface's thread, for one opened journal. `closed` is done when the officer closed the window."""

    def __init__(
        self,
        path: Path,
        *,
        clock: Clock,
        make_audio: Callable[[], Audio],
        settings: Settings,
        folders: Folders,
        settings_path: Path,
        ghost: Path | None = None,
    ) -> None:
        """`ghost` is the record of another team's run, shown beside. `settings_path` is where a desk that is opened for
        a drill takes its look from. Raises NoReplayError when there is nothing that could be opened."""
        load_routing()
        self.text, self.look = Texts(settings.locale), Look(THEMES.get(settings.theme, DARK))
        self.tasks, self.crossing, played = Tasks(), ReplayCrossing(), PlayedClock()
        self.store = Store(now=played.now)
        self.store.apply_local(MediaReport(is_up=True))  # what is heard here needs no path to a gateway
        stand_back = self.store.gate.bystander()
        found = open_replay(path, cache=folders.cache, stand_back=stand_back, tell=self.crossing.more.emit)
        if isinstance(found, Flaw):
            raise NoReplayError(no_replay_words(path, found, self.text))
        self.replay: Replay = found
        self.player = Player(found, self.store, played, monotonic=clock.monotonic, stand_back=stand_back)
        self.recordings = Recordings(found, told=self.crossing.decoded.emit)
        self._open_sound(make_audio, settings, clock)
        self.closed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._host = DrillHost(settings_path)
        self.hosting = Hosting(self._host, self._on_comms, now=clock.now)
        self.window = self._make_window(settings)
        self.desk = self._make_desk(Bookmarks(folders.notes, found.identity), name=path.name, now=clock.now)
        self.ghost_desk: GhostDesk | None = None
        self._ghost = self._open_ghost(ghost, folders.cache) if ghost is not None else None
        self._take_overs = self._make_take_overs(path, folders.cache)
        self.desk.takeOverWanted.connect(self._take_overs.begin)
        self.crossing.more.connect(self.desk.note_more)
        self.desk.note_more()  # of a small journal all may have been gone through before anybody listened
        self.crossing.decoded.connect(self.desk.note_decoded)
        self.crossing.decoded.connect(self.playback.follow)

    def _make_take_overs(self, path: Path, cache: Path) -> TakeOvers:
        at = lambda: self.player.at  # noqa: E731 - asked later
        made = TakeOvers(self.window, self.hosting, record=path, cache=cache, at=at, text=self.text)
        self.player.changed.append(made.moved)
        return made

    def _open_sound(self, make_audio: Callable[[], Audio], settings: Settings, clock: Clock) -> None:
        self.comms = CommsThread(name="replay-sound")
        self.comms.start()
        self.audio = self.comms.submit(_made, make_audio).result()
        self.speaker = Speaker(self.audio.sink, volume=settings.volume)
        self.comms.call(self.speaker.open)
        self.ear = ReplayEar(self.player, self.recordings, self.speaker, monotonic=clock.monotonic)
        self.playback = ReplayPlayback(self.recordings, self.speaker)

    def _make_desk(self, bookmarks: Bookmarks, *, name: str, now: Callable[[], float]) -> ReplayDesk:
        return ReplayDesk(
            self.window,
            self.player,
            bookmarks,
            name=name,
            ear=self.ear,
            recordings=self.recordings,
            now=now,
            look=self.look,
            text=self.text,
        )

    def _open_ghost(self, path: Path, cache: Path) -> Replay | None:
        found = open_replay(path, cache=cache, stand_back=self.store.gate.bystander())
        if isinstance(found, Flaw):
            why = flaw_words(found, self.text, sound_seq=0, burst_of=lambda _: None, name_of=str)
            self.window.acting.tell("warn", self.text("replay.no_ghost", why=why))
            return None
        start, layer = self.window.acting.start, self.window.parts.map
        self.ghost_desk = GhostDesk(layer, self.player, found, start=start, look=self.look, text=self.text)
        return found

    def _make_window(self, settings: Settings) -> MainWindow:
        requester = ReplayRequester(self.player, say_no=self._say_no, told=self._tell_no)
        window = MainWindow(
            store=self.store,
            actions=make_actions(requester, self.store, self.hosting),
            board=FrameBoard[VideoPicture](),
            playback=self.playback,
            devices=self.audio,
            spawn=self.tasks.spawn,
            text=self.text,
            look=self.look,
            settings=settings,
        )
        window.settingsChanged.connect(self._take_settings)
        window.signOutWanted.connect(window.close)
        window.closed.connect(self._on_closed)
        return window

    def begin(self, at: float | None) -> None:
        if at is not None and at < OFFSET_MOST_S:
            at += self.player.extent[0]
        self.desk.begin(at)
        self._take_overs.get_ready()
        if self.ghost_desk is not None:
            self.ghost_desk.begin()

    async def close(self) -> None:
        """Undo everything, in order; what reads is waited for."""
        self.player.changed.clear()
        self._take_overs.stop()
        if self.ghost_desk is not None:
            self.ghost_desk.end()
        self.player.pause()
        self.ear.cease()
        await self.tasks.close()
        self.window.close()
        await self._on_comms(self._host.close)
        self.comms.call(self.speaker.close)
        self.comms.stop()
        self.recordings.close()
        self.replay.close()
        if self._ghost is not None:
            self._ghost.close()
        self.window.deleteLater()
        self.crossing.deleteLater()

    async def until_desks_end(self) -> None:
        """A drill that was begun here goes on as long as somebody directs it, though this window is closed."""
        await self.hosting.until_desks_end()

    async def _on_comms(self, work: Callable[..., Coroutine[Any, Any, T]], /, *arguments: Any) -> T:
        return await asyncio.wrap_future(self.comms.submit(work, *arguments))

    def _say_no(self) -> str:
        return self.text("replay.refused")

    def _tell_no(self) -> None:
        self.window.acting.tell("warn", self.text("replay.refused"))

    def _take_settings(self, settings: Settings) -> None:
        """For as long as this window is there: the live desk's settings are its own."""
        self.speaker.set_volume(settings.volume)
        self.comms.call(self.audio.choose, microphone=settings.microphone, speaker=settings.speaker)

    def _on_closed(self) -> None:
        if not self.closed.done():
            self.closed.set_result(None)


class NoReplayError(Exception):
    """With the sentence for whoever wanted to see it."""


def no_replay_words(path: Path, flaw: Flaw, text: Texts) -> str:
    why = flaw_words(flaw, text, sound_seq=0, burst_of=lambda _: None, name_of=str)
    return text("replay.not_opened", path=path, why=why)


async def run_replay(
    path: Path,
    at: float | None,
    *,
    clock: Clock,
    make_audio: Callable[[], Audio],
    settings: Settings,
    settings_path: Path,
    ghost: Path | None = None,
) -> int | None:
    """Until the officer closes the window. None when there is nothing to be seen: the sentence is on stderr."""
    try:
        app = ReplayApp(
            path,
            clock=clock,
            make_audio=make_audio,
            settings=settings,
            folders=Folders(),
            settings_path=settings_path,
            ghost=ghost,
        )
    except (NoReplayError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return None
    app.window.show()
    app.begin(at)
    try:
        await app.closed
        await app.until_desks_end()
    finally:
        await app.close()
    return 0


async def _made(make_audio: Callable[[], Audio]) -> Audio:
    """On the thread of the sound, to which sound devices belong."""
    return make_audio()
