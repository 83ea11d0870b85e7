"""The parts of one desk, wired together and started and stopped in order. The window is added by `console.app`."""

import asyncio
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from comms.domain.ids import BlobId, CommandId
from comms.link.clock import Clock
from comms.link.thread import CommsThread
from comms.media.pcm import PcmSink, PcmSource
from comms.media.picture import VideoPicture
from comms.protocol.errors import Locale
from console.actions.dispatch import Dispatch
from console.actions.duty import Duty
from console.actions.video import Video
from console.actions.voice import Voice
from console.media.frames import FrameBoard
from console.media.gate import MicrophoneGate
from console.media.path import MediaPath
from console.media.peers import PeerMaker
from console.media.playback import RecordingPlayer
from console.media.sounds import Sounds
from console.media.speaker import Speaker
from console.media.tones import synthesise_all
from console.session.credentials import Credentials
from console.session.crossing import CrossingRequester, CrossingTalker
from console.session.desk import DeskSession, VoiceParts
from console.store.store import Store
from ui.bridge import Bridge, Tasks


class Audio(Protocol):
    """Microphone and loudspeaker, opened on the comms thread."""

    def source(self) -> PcmSource: ...
    def sink(self) -> PcmSink: ...


@dataclass(frozen=True, slots=True)
class Far:
    """What lives on the comms thread."""

    session: DeskSession
    speaker: Speaker
    player: RecordingPlayer


def new_id() -> CommandId:
    return CommandId(uuid.uuid4().hex)


class Desk:
    """Built and used on the interface's thread."""

    def __init__(self, *, clock: Clock, audio: Audio, locale: Locale) -> None:
        self.clock = clock
        self.comms = CommsThread()
        self.tasks = Tasks()
        self.store = Store(now=clock.now)
        self.bridge = Bridge(self.store)
        self.board: FrameBoard[VideoPicture] = FrameBoard()
        self._audio = audio
        self._locale = locale
        self._far: Far | None = None
        self.comms.start()

    def connect(self, url: str, *, sign_in: tuple[str, str] | None = None) -> None:
        """Build what talks to the gateway, and let it try until `close`. `sign_in` is a name and a password."""
        self._far = far = self.comms.submit(self._build, url, sign_in).result()
        requester = CrossingRequester(self.comms, far.session)
        self.dispatch = Dispatch(requester, self.store, new_id=new_id)
        self.video = Video(requester, new_id=new_id)
        self.duty = Duty(requester, self.store, new_id=new_id)
        self.voice = Voice(requester, self.store, CrossingTalker(self.comms, far.session), new_id=new_id)
        self._run = self.comms.submit(far.session.run)

    async def _build(self, url: str, sign_in: tuple[str, str] | None) -> Far:
        """On the comms thread."""
        clock, inbox = self.clock, self.bridge.inbox
        speaker = Speaker(self._audio.sink())
        speaker.open()
        gate = MicrophoneGate()
        make_peer = PeerMaker(clock=clock.monotonic, source=self._audio.source(), sink=speaker, board=self.board)
        credentials = Credentials(new_id=new_id, now=clock.now, locale=self._locale)
        if sign_in is not None:
            credentials.offer(*sign_in)
        session = DeskSession(
            url,
            credentials=credentials,
            inbox=inbox,
            clock=clock,
            new_id=new_id,
            voice=VoiceParts(
                gate=gate,
                path=MediaPath(make_peer=make_peer, gate=gate, report=inbox.put, new_id=new_id),
                sounds=Sounds(speaker, synthesise_all()),
                board=self.board,
            ),
        )
        return Far(session, speaker, RecordingPlayer(session, speaker, new_id=new_id))

    # --- what the interface may call ----------------------------------------------------------------------

    def sign_in(self, name: str, password: str) -> None:
        self._call(lambda far: far.session.sign_in(name, password))

    def try_again(self) -> None:
        """The officer does not want to wait for the next attempt."""
        self._call(lambda far: far.session.try_again())

    def play(self, blob_id: BlobId) -> None:
        """A recording to the officer's ear."""
        if self._far is not None:
            self.comms.submit(self._far.player.play, blob_id)

    def stop(self) -> None:
        """The recording that plays."""
        self._call(lambda far: far.player.stop())

    def set_volume(self, volume: float) -> None:
        """0 to 1."""
        if self._far is not None:
            self._far.speaker.volume = volume

    def _call(self, work: Callable[[Far], None]) -> None:
        if self._far is not None:
            self.comms.call(work, self._far)

    async def close(self) -> None:
        """Give back what is held, end the link and its thread."""
        await self.tasks.close()
        if self._far is not None:
            far, self._far = self._far, None
            await asyncio.wrap_future(self.comms.submit(self._close_far, far))
            await asyncio.wrap_future(self._run)
        self.comms.stop()
        self.bridge.deleteLater()

    async def _close_far(self, far: Far) -> None:
        """On the comms thread."""
        far.player.stop()
        await far.session.close()
        far.speaker.close()
