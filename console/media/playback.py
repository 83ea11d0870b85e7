"""Recordings to the officer's ear: a blob of the gateway, decoded, played over what is heard. Comms thread only."""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from comms.domain.ids import BlobId
from comms.media.recording import OggError, read_pcm
from comms.protocol.commands import BlobGet
from comms.protocol.pushes import BlobContent
from console.actions.requester import NewId, Requester, UnsentError
from console.media.sounds import Loudspeaker

_log = logging.getLogger(__name__)


async def _decoded(ogg: bytes) -> NDArray[np.int16]:
    """On a thread of its own, for a minute of speech would hold up the voices here by 0.2 s."""
    with ThreadPoolExecutor(1, "decode-recording") as pool:
        return await asyncio.get_running_loop().run_in_executor(pool, read_pcm, ogg)


class RecordingPlayer:
    """One recording at a time: the next replaces it."""

    def __init__(self, requester: Requester, speaker: Loudspeaker, *, new_id: NewId) -> None:
        self._requester = requester
        self._speaker = speaker
        self._new_id = new_id
        self._stop: Callable[[], None] | None = None
        self._wanted: BlobId | None = None

    async def play(self, blob_id: BlobId) -> None:
        self.stop()
        self._wanted = blob_id
        try:
            answer = await self._requester.request(BlobGet(id=self._new_id(), blob_id=blob_id))
        except UnsentError:
            return
        if not isinstance(answer, BlobContent):
            _log.warning("a recording could not be read: %r", answer)
            return
        try:
            samples = await _decoded(answer.data)
        except OggError as error:
            _log.warning("a recording is not understood: %s", error)
            return
        if self._wanted == blob_id:
            self._stop = self._speaker.play(samples)

    def stop(self) -> None:
        self._wanted = None
        if self._stop is not None:
            self._stop()
            self._stop = None
