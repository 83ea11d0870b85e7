"""What the officer chose, kept between starts. A file that cannot be read is put aside, never overwritten."""

from pathlib import Path

import msgspec
import platformdirs

from comms.domain.decoding import UNREADABLE
from comms.protocol.errors import Locale
from console.layers.base_map import Provider

APP_NAME = "wangge-desk"
DEFAULT_URL = "ws://127.0.0.1:8470/v1"
_KEPT_BAD = 9


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """`url` is the gateway's. Device names are as the system tells them; empty means the system's choice."""

    url: str = DEFAULT_URL
    officer_name: str = ""
    locale: Locale = Locale.ZH_CN
    theme: str = "dark"
    microphone: str = ""
    speaker: str = ""
    is_echo_cancelled: bool = True
    volume: float = 1.0
    """0 to 1."""
    base_map: str = ""
    """Id of the map beneath the map; empty means none."""
    base_maps: tuple[Provider, ...] = ()
    """The officer's own, and built-in ones with a key."""
    map_cache_mb: int = 512
    window: str = ""
    """The main window's geometry, as the interface encodes it."""


class Loaded(msgspec.Struct, frozen=True, kw_only=True):
    """`put_aside` is where a bad file was kept, and `fault` what was wrong with it."""

    settings: Settings
    put_aside: Path | None = None
    fault: str = ""


class SettingsFile:
    def __init__(self, path: Path) -> None:
        self.path = path

    def load(self) -> Loaded:
        try:
            data = self.path.read_bytes()
        except FileNotFoundError:
            return Loaded(settings=Settings())
        except OSError as error:
            return Loaded(settings=Settings(), fault=f"{self.path}: {error.strerror}")
        try:
            return Loaded(settings=msgspec.json.decode(data, type=Settings))
        except UNREADABLE as error:
            return Loaded(settings=Settings(), put_aside=put_aside(self.path), fault=str(error))

    def save(self, settings: Settings) -> None:
        """Written whole or not at all. Raises OSError when the disk does not take it."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        draft = self.path.with_suffix(".new")
        draft.write_bytes(msgspec.json.format(msgspec.json.encode(settings)))
        draft.replace(self.path)


def put_aside(path: Path) -> Path | None:
    """Rename a file that cannot be read, so that it is neither lost nor in the way."""
    for number in range(1, _KEPT_BAD + 1):
        aside = path.with_name(f"{path.name}.bad{number}")
        if not aside.exists() or number == _KEPT_BAD:
            path.replace(aside)
            return aside
    return None


def default_path() -> Path:
    return Path(platformdirs.user_config_dir(APP_NAME)) / "settings.json"
