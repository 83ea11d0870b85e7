"""A simulated terminal's camera use: offers, consents, films only while somebody watches."""

from comms.domain.ids import VideoId
from comms.domain.unit import VideoConsent
from comms.domain.video import VideoEnd
from comms.fleet.camera import CameraPool, View
from comms.fleet.media_path import MediaPath
from comms.fleet.worker import Worker
from comms.link.line import LinkLostError
from comms.protocol.commands import VideoConsentGive, VideoOffer, VideoStop
from comms.protocol.pushes import Done, Push, VideoAskedPush, VideoFinished, VideoWanted

VideoPush = VideoAskedPush | VideoWanted | VideoFinished


class Filming:
    """One camera, one video at a time."""

    def __init__(
        self,
        worker: Worker,
        *,
        media: MediaPath | None,
        cameras: CameraPool,
        label: str,
    ) -> None:
        self.refuses_camera = False
        """Fault: the telephone's owner forbade the camera."""
        self.video_id: VideoId | None = None
        """The video that is live or asked for."""
        self.is_wanted = False
        self.view: View | None = None
        """What there is to film, when it is not the test card."""
        self.last_end: VideoEnd | None = None
        self.pictures = 0
        self._worker = worker
        self._asking = worker.asking
        self._media = media
        self._cameras = cameras
        self._label = label

    @property
    def codec(self) -> str | None:
        return self._media.video_codec if self._media is not None else None

    async def offer(self) -> Push:
        """视频回传. `done.subject` is the video. Raises LinkLostError."""
        answer = await self._asking.request(VideoOffer(id=self._asking.new_id()))
        if isinstance(answer, Done) and answer.subject is not None:
            self.video_id = VideoId(answer.subject)
        return answer

    async def stop(self) -> Push | None:
        """None when there is no video. Raises LinkLostError."""
        if self.video_id is None:
            return None
        return await self._asking.request(VideoStop(id=self._asking.new_id(), video_id=self.video_id))

    def take(self, push: VideoPush) -> None:
        match push:
            case VideoAskedPush():
                self.video_id = push.video.id
                self._worker.spawn(self._consent(push.video.id))
            case VideoWanted():
                self._want(push)
            case VideoFinished() if push.video_id == self.video_id:
                self.last_end, self.video_id = push.end, None
                self.put_away()
            case _:
                pass  # the end of another video

    def _want(self, push: VideoWanted) -> None:
        self.is_wanted = push.is_wanted
        codec = self.codec
        if push.is_wanted and codec is not None and not self.refuses_camera:
            self.video_id = push.video_id
            self._cameras.start(self, label=self._label, codec=codec, send=self._send, view=self.view)
        else:
            self._cameras.stop(self)

    def put_away(self) -> None:
        """The camera is off: the video ended, or the path is gone."""
        self.is_wanted = False
        self._cameras.stop(self)

    def force_key_frame(self) -> None:
        self._cameras.force_key_frame(self)

    def _send(self, payloads: tuple[bytes, ...]) -> None:
        if self._media is not None:
            self._media.send_picture(payloads)
            self.pictures += 1

    async def _consent(self, video_id: VideoId) -> None:
        person, takes = self._worker.person, self._worker.behaviour
        is_given = person.agrees(takes.consent_chance)
        if takes.video_consent is VideoConsent.AUTOMATIC and not self.refuses_camera:
            return  # the gateway took the consent from the sign-in
        await self._worker.take_time(takes.consent_s)
        if self.video_id != video_id:
            return
        end = VideoEnd.CAMERA_REFUSED if self.refuses_camera else VideoEnd.DECLINED
        command = VideoConsentGive(
            id=self._asking.new_id(), video_id=video_id, is_given=is_given and not self.refuses_camera, end=end
        )
        try:
            await self._asking.request(command)
        except LinkLostError:
            return
