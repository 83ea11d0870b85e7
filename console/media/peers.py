"""Makes the desk's WebRTC end for each connection, out of what lasts: microphone, speaker, frame board."""

from collections.abc import Callable, Iterable

from aiortc import RTCIceServer

from comms.media.pcm import PcmSink, PcmSource
from comms.media.peer import DeskPeer, PeerState
from comms.media.picture import VideoPicture
from comms.protocol.pushes import IceServer
from console.media.frames import FrameBoard


class PeerMaker:
    """The media path's MakePeer."""

    def __init__(
        self, *, clock: Callable[[], float], source: PcmSource, sink: PcmSink, board: FrameBoard[VideoPicture]
    ) -> None:
        self._clock = clock
        self._source = source
        self._sink = sink
        self._board = board

    def __call__(
        self,
        *,
        ice_servers: Iterable[IceServer],
        on_connected: Callable[[], None],
        on_lost: Callable[[], None],
    ) -> DeskPeer:
        def on_state(state: PeerState) -> None:
            if state is PeerState.CONNECTED:
                on_connected()
            elif state is PeerState.LOST:
                on_lost()

        return DeskPeer(
            clock=self._clock,
            source=self._source,
            sink=self._sink,
            ice_servers=[_ice_server(server) for server in ice_servers],
            on_video_frame=self._board.put,
            on_state=on_state,
        )


def _ice_server(server: IceServer) -> RTCIceServer:
    return RTCIceServer(urls=list(server.urls), username=server.username or None, credential=server.credential or None)
