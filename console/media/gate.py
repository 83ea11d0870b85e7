"""The one microphone of the desk, wanted by floors, by the point call and by who acts in a drill: open while anybody
wants it."""

from console.media.talker import Microphone

CALL_FRAME_MS = 20


class MicrophoneGate:
    """The talker's Microphone. The peer changes with every connection; without one nothing is sent."""

    def __init__(self) -> None:
        self._peer: Microphone | None = None
        self._floor_frame_ms: int | None = None
        self._is_in_call = False
        self._is_muted = False
        self._is_acting = False

    @property
    def is_open(self) -> bool:
        return self._peer is not None and self._is_wanted

    @property
    def _is_wanted(self) -> bool:
        return self._floor_frame_ms is not None or self._is_acting or (self._is_in_call and not self._is_muted)

    def set_peer(self, peer: Microphone | None) -> None:
        """A path came up, or (None) went away; what is wanted goes on over the new one."""
        if self._peer is not None and self._is_wanted:
            self._peer.stop_talking()
        self._peer = peer
        if peer is not None and self._is_wanted:
            peer.start_talking(self._floor_frame_ms or CALL_FRAME_MS)

    def start_talking(self, frame_ms: int) -> None:
        was_wanted = self._is_wanted
        self._floor_frame_ms = frame_ms
        self._follow(was_wanted)

    def stop_talking(self) -> int | None:
        """None too when the call goes on talking: then there is no last packet."""
        was_wanted = self._is_wanted
        self._floor_frame_ms = None
        return self._follow(was_wanted)

    def set_call(self, is_in_call: bool) -> None:
        was_wanted = self._is_wanted
        self._is_in_call = is_in_call
        self._follow(was_wanted)

    def set_acting(self, is_acting: bool) -> None:
        """The officer is heard as somebody else, without a floor of this desk."""
        was_wanted = self._is_wanted
        self._is_acting = is_acting
        self._follow(was_wanted)

    def mute(self, is_muted: bool) -> None:
        """Of the point call; hold to talk is meant to be heard."""
        was_wanted = self._is_wanted
        self._is_muted = is_muted
        self._follow(was_wanted)

    def _follow(self, was_wanted: bool) -> int | None:
        if self._peer is None or was_wanted == self._is_wanted:
            return None
        if self._is_wanted:
            self._peer.start_talking(self._floor_frame_ms or CALL_FRAME_MS)
            return None
        return self._peer.stop_talking()
