"""Tiles by address: few requests at a time, kept on disk, quiet and patient when the network is gone."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, QUrl
from PySide6.QtGui import QImage
from PySide6.QtNetwork import QNetworkAccessManager, QNetworkDiskCache, QNetworkReply, QNetworkRequest

from console.layers.base_map import Provider, tile_address
from ui.map.base.tile_source import TileKey, TileSource

MOST_IN_FLIGHT = 6
MOST_TRIES = 2
"""A tile that failed so often is left alone until others come again."""
FAILURES_TO_PAUSE = 3
"""So many failures in a row mean that the network is gone, not a tile."""
FIRST_PAUSE_MS, LONGEST_PAUSE_MS = 4_000, 60_000
TIMEOUT_MS = 12_000
UNREACHABLE, REFUSED = "unreachable", "refused"
_NO_SUCH_TILE = (204, 400, 404, 410)
_BROWSER = "wangge-desk"


class NetSource(TileSource):
    def __init__(
        self, provider: Provider, parent: QObject | None, *, cache: Path | None = None, cache_bytes: int = 512 * 2**20,
        first_pause_ms: int = FIRST_PAUSE_MS,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._provider = provider
        self._network = QNetworkAccessManager(self)
        self._network.setTransferTimeout(TIMEOUT_MS)
        if cache is not None:
            disk = QNetworkDiskCache(self._network)
            disk.setCacheDirectory(str(cache))
            disk.setMaximumCacheSize(cache_bytes)
            self._network.setCache(disk)
        self._network.finished.connect(self._finish)
        self._waiting: list[TileKey] = []
        self._flying: dict[TileKey, QNetworkReply] = {}
        self._tries: dict[TileKey, int] = {}
        self._failures = 0
        self._reason = ""
        self._first_pause_ms = first_pause_ms
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(first_pause_ms)
        self._pause.timeout.connect(self._send)

    @property
    def in_flight(self) -> int:
        return len(self._flying)

    @property
    def waiting(self) -> int:
        return len(self._waiting)

    def want(self, keys: Sequence[TileKey]) -> None:
        self._waiting = [key for key in keys if key not in self._flying and self._tries.get(key, 0) < MOST_TRIES]
        if not self._pause.isActive():
            self._send()

    def stop(self) -> None:
        self._pause.stop()
        self._waiting = []
        flying, self._flying = self._flying, {}
        for reply in flying.values():
            reply.abort()

    def _send(self) -> None:
        """While the network is in doubt, one tile goes ahead of the others."""
        most = 1 if self._reason else MOST_IN_FLIGHT
        while self._waiting and len(self._flying) < most:
            key = self._waiting.pop(0)
            request = QNetworkRequest(QUrl(tile_address(self._provider, key.sheet, z=key.z, x=key.x, y=key.y)))
            request.setHeader(QNetworkRequest.KnownHeaders.UserAgentHeader, _BROWSER)
            request.setAttribute(
                QNetworkRequest.Attribute.CacheLoadControlAttribute, QNetworkRequest.CacheLoadControl.PreferCache
            )
            reply = self._network.get(request)
            reply.setProperty("key", tuple(key))
            self._flying[key] = reply

    def _finish(self, reply: QNetworkReply) -> None:
        key = TileKey(*reply.property("key"))
        reply.deleteLater()
        if self._flying.pop(key, None) is None:
            return
        status = reply.attribute(QNetworkRequest.Attribute.HttpStatusCodeAttribute)
        image = QImage()
        if reply.error() is QNetworkReply.NetworkError.NoError:
            image.loadFromData(reply.readAll())
        if not image.isNull() or status in _NO_SUCH_TILE:
            self._recover()
            self.arrived.emit(key, image)
        else:
            self._fail(key, REFUSED if status is not None else UNREACHABLE)
        if not self._pause.isActive():
            self._send()

    def _recover(self) -> None:
        self._failures = 0
        self._pause.stop()
        self._pause.setInterval(self._first_pause_ms)
        if self._reason:
            self._reason = ""
            self._tries.clear()
            self.troubled.emit("")

    def _fail(self, key: TileKey, reason: str) -> None:
        """In trouble a tile keeps its place: it is the one that will find the network again."""
        self._failures += 1
        if not self._reason:
            self._tries[key] = self._tries.get(key, 0) + 1
        if self._reason or self._tries[key] < MOST_TRIES:
            self._waiting.insert(0, key)
        if self._failures >= FAILURES_TO_PAUSE and not self._pause.isActive():
            if self._reason:
                self._pause.setInterval(min(LONGEST_PAUSE_MS, 2 * self._pause.interval()))
            self._pause.start()
            if not self._reason:
                self._reason = reason
                self._tries.clear()
                self.troubled.emit(reason)
