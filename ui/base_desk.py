"""The base map of this desk: opens what the settings name, tells whose it is and in which datum, says trouble once."""

from pathlib import Path

import platformdirs
from PySide6.QtCore import QObject

from comms.domain.datum import Datum
from console.layers.base_map import Provider, known_providers
from console.settings import APP_NAME, Settings
from ui.acting import Acting
from ui.map.base.base_layer import BaseLayer
from ui.map.base.opening import open_base
from ui.map.map_widget import MapWidget
from ui.text import Texts
from ui.theme import Look


class BaseDesk(QObject):
    def __init__(self, desk_map: MapWidget, *, acting: Acting, look: Look, text: Texts, parent: QObject) -> None:
        super().__init__(parent)
        self._map = desk_map
        self._acting = acting
        self._look = look
        self._text = text
        self._provider: Provider | None = None
        self._cache_bytes = 0
        self.layer: BaseLayer | None = None
        look.changed.connect(self._dress)

    def take(self, settings: Settings) -> None:
        """Show the base map that the settings name; none when it is not there or lacks its key."""
        providers = {one.id: one for one in known_providers(settings.base_maps)}
        provider = providers.get(settings.base_map)
        if provider is not None and not provider.is_ready:
            provider = None
        if provider == self._provider:
            return
        self._provider = provider
        self._close()
        self._cache_bytes = settings.map_cache_mb * 2**20
        self.layer = self.another()
        if self.layer is not None:
            self.layer.changed.connect(self._map.schedule)
            self.layer.troubled.connect(self._say)
            self._dress()
        self._map.drawing.set_base(self.layer)
        self._map.say_base(_words(provider))
        self._map.schedule()

    def another(self) -> BaseLayer | None:
        """One more of the base map in use, with tiles of its own from the same cache."""
        if self._provider is None:
            return None
        cache = Path(platformdirs.user_cache_dir(APP_NAME)) / "tiles"
        return open_base(self._provider, self, cache=cache, cache_bytes=self._cache_bytes)

    def _close(self) -> None:
        if self.layer is not None:
            self._map.drawing.set_base(None)
            self.layer.stop()
            self.layer.deleteLater()
            self.layer = None

    def _dress(self) -> None:
        if self.layer is not None:
            self.layer.is_dimmed = self._look.theme.is_dark

    def _say(self, reason: str) -> None:
        name = self._provider.name if self._provider is not None else ""
        match reason:
            case "":
                self._acting.tell("ok", self._text("base.back", name=name))
            case "unreachable":
                self._acting.tell("warn", self._text("base.unreachable", name=name))
            case "refused":
                self._acting.tell("warn", self._text("base.refused", name=name))
            case _:
                self._acting.tell("warn", self._text("base.bad_file", name=name), reason)


def _words(provider: Provider | None) -> str:
    """Whose the map is, and its datum where it is not the one of everything else."""
    if provider is None:
        return ""
    owner = provider.attribution or provider.name
    return owner if provider.datum is Datum.WGS84 else f"{owner} · {provider.datum.label}"
