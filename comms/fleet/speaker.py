"""Who makes sentences of simulated people audible: ahead of time where they are foreseen, off the loop, and once."""

import asyncio
import logging
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor

from comms.fleet.synthesis import PROGRAM, Throat, Utterance, program, synthesise

_log = logging.getLogger(__name__)
KEPT_S = 3600.0
"""Of speech kept encoded, about 13 MB; the longest unsaid goes first."""

_Key = tuple[str, Throat]


class Speaker:
    """`close` when nobody speaks any more. On a machine without the program every utterance is None, and that is told
    once."""

    def __init__(self, *, path: str | None = None, kept_s: float = KEPT_S) -> None:
        """`path` None: wherever it is on this machine."""
        self._path = path or program()
        self._kept_s = kept_s
        self._made: OrderedDict[_Key, asyncio.Future[Utterance | None]] = OrderedDict()
        self._thread: ThreadPoolExecutor | None = None
        self._total_s = 0.0
        if self._path is None:
            _log.warning("%s is not installed: simulated people are heard without words", PROGRAM)

    @property
    def is_able(self) -> bool:
        return self._path is not None

    def __len__(self) -> int:
        return len(self._made)

    def foresee(self, text: str, throat: Throat) -> None:
        """It will be said; have it ready."""
        if self._path is not None:
            self._begin(text, throat)

    async def utter(self, text: str, throat: Throat) -> Utterance | None:
        """None: it cannot be said in words. Waits while it is being made."""
        if self._path is None:
            return None
        return await asyncio.shield(self._begin(text, throat))

    def close(self) -> None:
        if self._thread is not None:
            self._thread.shutdown(cancel_futures=True)

    def _begin(self, text: str, throat: Throat) -> "asyncio.Future[Utterance | None]":
        key = (text, throat)
        known = self._made.get(key)
        if known is not None:
            self._made.move_to_end(key)
            return known
        if self._thread is None:
            self._thread = ThreadPoolExecutor(1, thread_name_prefix="fleet-speech")
        making = asyncio.get_running_loop().run_in_executor(self._thread, self._make, text, throat)
        self._made[key] = making
        making.add_done_callback(self._keep)
        return making

    def _make(self, text: str, throat: Throat) -> Utterance | None:
        """On the thread, which mostly waits for the program."""
        assert self._path is not None
        pcm = synthesise(text, throat, path=self._path)
        return Utterance(pcm) if pcm is not None else None

    def _keep(self, made: "asyncio.Future[Utterance | None]") -> None:
        if made.cancelled():
            return
        self._total_s += _seconds(made)
        while self._total_s > self._kept_s and len(self._made) > 1:
            _, oldest = self._made.popitem(last=False)
            if oldest.done():
                self._total_s -= _seconds(oldest)


def _seconds(made: "asyncio.Future[Utterance | None]") -> float:
    utterance = made.result() if not made.cancelled() else None
    return utterance.duration_s if utterance is not None else 0.0
