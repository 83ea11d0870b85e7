"""The composition root: the parts of one desk, wired together, started and stopped in order."""

import asyncio
import uuid
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar

from comms.domain.alarm import AlarmPriority
from comms.domain.ids import BlobId, CommandId
from comms.link.clock import Clock
from comms.link.errand import ask_once
from comms.link.thread import CommsThread
from comms.media.picture import VideoPicture
from comms.protocol.commands import Command
from comms.protocol.errors import Locale
from comms.protocol.pushes import Push, Refused
from console.actions.accounts import AccountActions
from console.actions.acting_voice import ActingVoice, OpenMicrophone
from console.actions.alarm import Alarming
from console.actions.area_call import AreaCalls
from console.actions.assessing import Assessing
from console.actions.cases import Cases
from console.actions.dispatch import Dispatch
from console.actions.drill import Drilling
from console.actions.duty import Duty
from console.actions.incidents import Incidents
from console.actions.issuer import IssuerProof, Landing, OpenPage, prove
from console.actions.items import Items
from console.actions.marks import Marks
from console.actions.patrols import Patrols
from console.actions.plans import PlanActions
from console.actions.quarantine import Quarantine
from console.actions.requester import Requester, Unsent, UnsentError
from console.actions.rota import Rota
from console.actions.tracking import Aside, Tracking
from console.actions.video import Video
from console.actions.voice import Talker, Voice
from console.drill.host import DrillHost
from console.drill.hosting import Hosting
from console.media.alarm_bell import AlarmBell
from console.media.audio import Audio
from console.media.frames import FrameBoard
from console.media.gate import MicrophoneGate
from console.media.path import MediaPath
from console.media.peers import PeerMaker
from console.media.playback import RecordingPlayer
from console.media.sound import SoundReport
from console.media.sounds import Sounds
from console.media.speaker import Speaker
from console.media.tones import synthesise_all
from console.session.credentials import Credentials
from console.session.crossing import Crossing, FarLanding
from console.session.desk import DeskSession, VoiceParts
from console.session.trust import CertificateFault, CertificateFileError, keep_own, shows_certificate, trusting
from console.store.link import LinkState
from console.store.store import Store
from ui.bridge import Bridge, Tasks
from ui.desk import Actions

T = TypeVar("T")


def new_id() -> CommandId:
    return CommandId(uuid.uuid4().hex)


class Other(Requester, Talker, OpenMicrophone, Protocol):
    """The other end of all actions: what is asked goes there, and so do talk keys and the voice."""

    @property
    def aside(self) -> Aside: ...


def make_actions(other: Other, store: Store, hosting: Hosting, landing: Landing | None = None) -> Actions:
    """All that an officer can do, of one desk. Without a `landing` no browser comes back to it."""
    voice = Voice(other, store, other, new_id=new_id)
    return Actions(
        dispatch=Dispatch(other, store, new_id=new_id),
        voice=voice,
        acting_voice=ActingVoice(other, store, other, new_id=new_id),
        area_calls=AreaCalls(other, store, voice, new_id=new_id),
        incidents=Incidents(other, new_id=new_id),
        items=Items(other, new_id=new_id),
        quarantine=Quarantine(other, new_id=new_id),
        rota=Rota(other, new_id=new_id),
        cases=Cases(other, new_id=new_id),
        assessing=Assessing(other, new_id=new_id),
        patrols=Patrols(other, new_id=new_id),
        video=Video(other, new_id=new_id),
        duty=Duty(other, store, new_id=new_id),
        alarming=Alarming(other, store, new_id=new_id),
        tracking=Tracking(other, other.aside, new_id=new_id),
        marks=Marks(other, store, new_id=new_id),
        plans=PlanActions(other, store, voice, new_id=new_id),
        drilling=Drilling(other, store, new_id=new_id),
        hosting=hosting,
        accounts=AccountActions(other, new_id=new_id, landing=landing),
    )


@dataclass(frozen=True, slots=True)
class Far:
    """What lives on the comms thread for as long as one gateway is spoken to."""

    session: DeskSession
    speaker: Speaker
    player: RecordingPlayer
    bell: AlarmBell


class Desk:
    """Built and used on the interface's thread; the window is `console.front`'s."""

    def __init__(
        self,
        *,
        clock: Clock,
        make_audio: Callable[[], Audio],
        locale: Locale,
        host: DrillHost | None = None,
        trust: Path | None = None,
        own: Path | None = None,
    ) -> None:
        """`host` None: drills are not hosted from here. `trust` holds authorities besides this machine's, `own` this
        desk's certificate and key."""
        self.clock = clock
        self.locale = locale
        self._trust, self._own = trust, own
        self.tasks = Tasks()
        self.store = Store(now=clock.now)
        self.bridge = Bridge(self.store)
        self.board: FrameBoard[VideoPicture] = FrameBoard()
        self.sound = SoundReport(self.bridge.inbox.put)
        self.comms = CommsThread()
        self.comms.start()
        self.audio = self.comms.submit(_made, make_audio).result()
        self._crossing = crossing = Crossing(self.comms)
        self._landing = FarLanding(self.comms)
        hosting = Hosting(host, self._on_comms, now=clock.now)
        self.actions = make_actions(crossing, self.store, hosting, self._landing)
        self._host = host
        self._far: Far | None = None
        self._runs: list[Future[None]] = []

    # --- life -----------------------------------------------------------------------------------------

    async def connect(self, url: str, *, sign_in: tuple[str, ...] | IssuerProof | None = None) -> None:
        """Speak to this gateway, and to no other, until `disconnect`. `sign_in` is what `Credentials.offer` takes, or
        `offer_proof`."""
        await self.disconnect()
        self.store.gateway_url = url
        far = await asyncio.wrap_future(self.comms.submit(self._build, url, sign_in))
        self._far, self._crossing.session = far, far.session
        self._runs = [
            self.comms.submit(far.session.run),
            self.comms.submit(self.audio.watch, self.sound, far.session.talker.set_microphone),
        ]

    @property
    def is_connected(self) -> bool:
        """There is a gateway that is spoken to, or tried."""
        return self._far is not None

    async def disconnect(self) -> None:
        """Give back what is held, and end the link."""
        far, self._far, self._crossing.session = self._far, None, None
        if far is None:
            return
        self.actions.voice.release_all()
        await asyncio.wrap_future(self.comms.submit(_take_down, far))
        session_run, audio_run = self._runs
        audio_run.cancel()
        await asyncio.wrap_future(session_run)

    async def close(self) -> None:
        await self.tasks.close()
        await self.disconnect()
        if self._host is not None:
            await self._on_comms(self._host.close)
        self.comms.stop()
        self.bridge.deleteLater()

    async def _on_comms(self, work: Callable[..., Coroutine[Any, Any, T]], /, *arguments: Any) -> T:
        return await asyncio.wrap_future(self.comms.submit(work, *arguments))

    async def _build(self, url: str, sign_in: tuple[str, ...] | IssuerProof | None) -> Far:
        """On the comms thread."""
        clock, inbox = self.clock, self.bridge.inbox
        speaker = Speaker(self.audio.sink)
        speaker.open()
        gate = MicrophoneGate()
        make_peer = PeerMaker(clock=clock.monotonic, source=self.audio.source, sink=speaker, board=self.board)
        credentials = Credentials(new_id=new_id, now=clock.now, locale=self.locale)
        if isinstance(sign_in, IssuerProof):
            credentials.offer_proof(sign_in)
        elif sign_in is not None:
            credentials.offer(*sign_in)
        session = DeskSession(
            url,
            credentials=credentials,
            inbox=inbox,
            clock=clock,
            new_id=new_id,
            ssl=trusting(url, self._trust, self._own),
            shows_certificate=shows_certificate(url, self._own),
            stand_back=self.store.gate.bystander(),
            voice=VoiceParts(
                gate=gate,
                path=MediaPath(make_peer=make_peer, gate=gate, report=self.sound, new_id=new_id),
                sounds=Sounds(speaker, synthesise_all()),
                board=self.board,
            ),
        )
        player = RecordingPlayer(session, speaker, new_id=new_id)
        return Far(session, speaker, player, AlarmBell(Sounds(speaker, synthesise_all())))

    # --- what the interface may call ----------------------------------------------------------------------

    def sign_in(self, *typed: str) -> None:
        self._call(lambda far: far.session.sign_in(*typed))

    async def prove_by_issuer(
        self, url: str, open_page: OpenPage, locale: Locale
    ) -> IssuerProof | Refused | Unsent | LinkState:
        """Who sits here, at the identity service of this gateway; on a connection of its own."""
        lost: list[LinkState] = []

        async def ask(command: Command) -> Push:
            answer = await self._on_comms(self._ask_once, url, command)
            if isinstance(answer, LinkState):
                lost.append(answer)
                raise UnsentError
            return answer

        answer = await prove(ask, self._landing, open_page, new_id=new_id, locale=locale)
        return lost[0] if lost else answer

    async def _ask_once(self, url: str, command: Command) -> Push | LinkState:
        ssl, is_shown = trusting(url, self._trust, self._own), shows_certificate(url, self._own)
        return await ask_once(url, command, ssl=ssl, shows_certificate=is_shown)

    def sign_in_by(self, shown: tuple[str, ...] | IssuerProof) -> None:
        if isinstance(shown, IssuerProof):
            self._call(lambda far: far.session.sign_in(proof=shown))
        else:
            self.sign_in(*shown)

    def try_again(self) -> None:
        """The officer does not want to wait for the next attempt."""
        self._call(lambda far: far.session.try_again())

    def take_certificate(self, file: Path, password: str) -> str:
        """Keep what the administrator has made for this desk; a CertificateFault, or nothing."""
        if self._own is None:
            return CertificateFault.NOT_KEPT
        try:
            keep_own(file, self._own, password)
        except CertificateFileError as error:
            return error.fault
        except OSError:
            return CertificateFault.NOT_KEPT
        return ""

    def play(self, blob_id: BlobId) -> None:
        """A recording to the officer's ear; it replaces the one that plays."""
        if self._far is not None:
            self.comms.submit(self._far.player.play, blob_id)

    def stop(self) -> None:
        """The recording that plays."""
        self._call(lambda far: far.player.stop())

    def ring(self, priority: AlarmPriority | None) -> None:
        """The tone of the loudest alarm nobody has acknowledged."""
        self._call(lambda far: far.bell.ring(priority))

    def choose_devices(self, *, microphone: str, speaker: str) -> None:
        """By the system's names; empty means its default."""
        self.comms.call(self.audio.choose, microphone=microphone, speaker=speaker)

    def set_volume(self, volume: float) -> None:
        """0 to 1."""
        self._call(lambda far: far.speaker.set_volume(volume))

    def _call(self, work: Callable[[Far], None]) -> None:
        if self._far is not None:
            self.comms.call(work, self._far)


async def _made(make_audio: Callable[[], Audio]) -> Audio:
    """On the comms thread, to which sound devices belong."""
    return make_audio()


async def _take_down(far: Far) -> None:
    """On the comms thread."""
    far.player.stop()
    far.bell.ring(None)
    await far.session.close()
    far.speaker.close()
