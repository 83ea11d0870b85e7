"""Video: what a unit's camera sends, who watches, and when it is over (after MCVideo, TS 24.581)."""

from dataclasses import dataclass, field
from functools import partial

from comms.domain.events import VideoAsked, VideoEnded, VideoStarted, VideoUnwatched, VideoWatched
from comms.domain.ids import PartyId, UnitId, VideoId, unit_party
from comms.domain.unit import VideoConsent
from comms.domain.video import Video, VideoEnd, VideoKind
from comms.gateway.context import Refusal, Session, Timer
from comms.gateway.exchange import Exchange
from comms.protocol.errors import RefusalCode
from comms.protocol.pushes import MediaSlot, VideoAskedPush, VideoFinished, VideoWanted

VIDEO = "video"
_REFUSALS_OF_THE_ASKED = frozenset({VideoEnd.DECLINED, VideoEnd.CAMERA_REFUSED})


@dataclass(slots=True, eq=False)
class Camera:
    """One unit's camera, asked for or live."""

    video: Video
    session: Session
    is_live: bool = False
    watchers: dict[str, tuple[Session, str]] = field(default_factory=dict)
    """By session id: the desk and the slot it watches on."""
    timer: Timer | None = None
    """Consent while it is asked for; T11 while nobody watches a point call."""

    @property
    def route_id(self) -> str:
        return f"video:{self.video.id}"


class Videos:
    def __init__(self, exchange: Exchange) -> None:
        self.exchange = exchange
        self._cameras: dict[VideoId, Camera] = {}

    def close(self) -> None:
        for camera in self._cameras.values():
            self._stop_timer(camera)

    def camera_session(self, video_id: VideoId) -> Session | None:
        """Whose camera it is; None when there is no such video."""
        camera = self._cameras.get(video_id)
        return camera.session if camera is not None else None

    # --- what the core tells ------------------------------------------------------------------------

    def on_session_started(self, session: Session) -> None:
        """Nothing: a desk learns of live video from the picture."""

    def on_session_ended(self, session: Session) -> None:
        self._leave(session)

    def on_media_lost(self, session: Session) -> None:
        self._leave(session)

    def _leave(self, session: Session) -> None:
        for camera in list(self._cameras.values()):
            if camera.session is session:
                self._finish(camera, VideoEnd.UNREACHABLE, by=session.party)
            elif session.id in camera.watchers:
                self._unwatch(camera, session)

    # --- beginning ----------------------------------------------------------------------------------

    def offer(self, session: Session) -> VideoId | Refusal:
        """视频回传. Offered again while live: the same video."""
        if not session.has_media:
            return Refusal(RefusalCode.NO_MEDIA)
        camera = self._camera_of(session)
        if camera is not None and not camera.is_live:
            self._start(camera)  # it was being asked for; the offer is the consent
        elif camera is None:
            camera = self._add(VideoKind.RETURN, session, asked_by=session.party)
            self._start(camera)
        return camera.video.id

    def ask(self, desk: Session, unit_id: UnitId) -> VideoId | Refusal:
        """视频点呼. A camera that is live or being asked for already is the one meant."""
        session = self._reachable_unit(unit_id)
        if isinstance(session, Refusal):
            return session
        camera = self._camera_of(session)
        if camera is not None:
            return camera.video.id
        camera = self._add(VideoKind.POINT_CALL, session, asked_by=desk.party)
        clock, consent_s = self.exchange.clock, self.exchange.timing.consent_s
        self.exchange.record_soon(desk.party, VideoAsked(video=camera.video))
        self._start_timer(camera, consent_s, VideoEnd.NO_ANSWER)
        answer_by = clock.now() + consent_s
        session.send(VideoAskedPush(video=camera.video, officer_name=desk.name, answer_by=answer_by))
        if session.video_consent is VideoConsent.AUTOMATIC:
            self._start(camera)  # duty policy; a camera that will not open is still told by video.consent
        return camera.video.id

    def _reachable_unit(self, unit_id: UnitId) -> Session | Refusal:
        session = self.exchange.sessions.get(unit_party(unit_id))
        if session is None or not session.has_media:
            return Refusal(RefusalCode.UNREACHABLE)
        return session

    def consent(self, session: Session, video_id: VideoId, *, is_given: bool, end: VideoEnd) -> Refusal | None:
        camera = self._cameras.get(video_id)
        if camera is None:
            return Refusal(RefusalCode.NOT_FOUND)
        if not is_given:
            self._finish(camera, end if end in _REFUSALS_OF_THE_ASKED else VideoEnd.DECLINED, by=session.party)
        elif not camera.is_live:
            self._start(camera)
        return None

    def _camera_of(self, session: Session) -> Camera | None:
        return next((camera for camera in self._cameras.values() if camera.session is session), None)

    def _add(self, kind: VideoKind, session: Session, *, asked_by: PartyId) -> Camera:
        assert session.unit_id is not None
        video = Video(id=VideoId(self.exchange.new_id()), kind=kind, unit_id=session.unit_id, asked_by=asked_by)
        camera = self._cameras[video.id] = Camera(video, session)
        return camera

    def _start(self, camera: Camera) -> None:
        camera.is_live = True
        self._stop_timer(camera)
        self.exchange.record_soon(camera.session.party, VideoStarted(video=camera.video))
        self.exchange.forwarder.set_route(camera.route_id, source=camera.session.id, kind=VIDEO, sinks=[])
        self._await_watcher(camera)

    # --- watching -----------------------------------------------------------------------------------

    def watch(self, desk: Session, video_id: VideoId) -> Refusal | None:
        camera = self._watchable(desk, video_id)
        if isinstance(camera, Refusal):
            return camera
        if desk.id in camera.watchers:
            return None
        mid = self._free_slot(desk)
        if mid is None:
            return Refusal(RefusalCode.NO_SLOT)
        assert desk.officer_id is not None
        is_first = not camera.watchers
        camera.watchers[desk.id] = (desk, mid)
        self._stop_timer(camera)
        desk.send(MediaSlot(mid=mid, source=camera.session.party, video_id=video_id))
        self.exchange.forwarder.add_sink(camera.route_id, desk.id, mid)
        self.exchange.forwarder.request_key_frame(camera.session.id)
        if is_first:
            camera.session.send(VideoWanted(video_id=video_id, is_wanted=True))
        self.exchange.record_soon(desk.party, VideoWatched(video_id=video_id, officer_id=desk.officer_id))
        return None

    def _watchable(self, desk: Session, video_id: VideoId) -> Camera | Refusal:
        camera = self._cameras.get(video_id)
        if camera is None:
            return Refusal(RefusalCode.NOT_FOUND)
        if not camera.is_live:
            return Refusal(RefusalCode.WRONG_STATE)
        if not desk.has_media:
            return Refusal(RefusalCode.NO_MEDIA)
        return camera

    def _free_slot(self, desk: Session) -> str | None:
        taken = {camera.watchers[desk.id][1] for camera in self._cameras.values() if desk.id in camera.watchers}
        slots = (slot.mid for slot in desk.media_slots if slot.kind == VIDEO)
        return next((mid for mid in slots if mid not in taken), None)

    def unwatch(self, desk: Session, video_id: VideoId) -> Refusal | None:
        camera = self._cameras.get(video_id)
        if camera is None or desk.id not in camera.watchers:
            return Refusal(RefusalCode.NOT_FOUND)
        self._unwatch(camera, desk)
        return None

    def _unwatch(self, camera: Camera, desk: Session) -> None:
        assert desk.officer_id is not None
        _, mid = camera.watchers.pop(desk.id)
        self.exchange.forwarder.remove_sink(camera.route_id, desk.id)
        desk.send(MediaSlot(mid=mid))
        event = VideoUnwatched(video_id=camera.video.id, officer_id=desk.officer_id)
        self.exchange.record_soon(desk.party, event)
        if not camera.watchers:
            camera.session.send(VideoWanted(video_id=camera.video.id, is_wanted=False))
            self._await_watcher(camera)

    def _await_watcher(self, camera: Camera) -> None:
        """T11: a point call nobody watches ends. A video return is the worker's own, and stays."""
        if camera.video.kind is VideoKind.POINT_CALL:
            self._start_timer(camera, self.exchange.timing.unwatched_s, VideoEnd.UNWATCHED)

    # --- ending -------------------------------------------------------------------------------------

    def stop(self, session: Session, video_id: VideoId) -> Refusal | None:
        camera = self._cameras.get(video_id)
        if camera is None:
            return Refusal(RefusalCode.NOT_FOUND)
        self._finish(camera, VideoEnd.STOPPED, by=session.party)
        return None

    def _finish(self, camera: Camera, end: VideoEnd, *, by: PartyId) -> None:
        del self._cameras[camera.video.id]
        self._stop_timer(camera)
        self.exchange.forwarder.clear_route(camera.route_id)
        for desk, mid in camera.watchers.values():
            desk.send(MediaSlot(mid=mid))
        self.exchange.record_soon(by, VideoEnded(video_id=camera.video.id, end=end))
        camera.session.send(VideoFinished(video_id=camera.video.id, end=end))

    def _start_timer(self, camera: Camera, delay_s: float, end: VideoEnd) -> None:
        self._stop_timer(camera)
        at = self.exchange.clock.monotonic() + delay_s
        camera.timer = self.exchange.clock.call_at(at, partial(self._finish, camera, end, by=camera.video.asked_by))

    @staticmethod
    def _stop_timer(camera: Camera) -> None:
        if camera.timer is not None:
            camera.timer.cancel()
            camera.timer = None
