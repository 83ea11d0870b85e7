"""Settings survive a restart and a bad file; the log is written where it should be."""

import logging
from pathlib import Path

import pytest

from comms.protocol.errors import Locale
from console.log import close_log, default_folder, open_log
from console.settings import APP_NAME, Settings, SettingsFile, default_path


def test_settings_are_read_as_they_were_written(tmp_path: Path) -> None:
    file = SettingsFile(tmp_path / "deep" / "settings.json")
    assert file.load().settings == Settings()
    chosen = Settings(url="wss://town/v1", officer_name="li", locale=Locale.EN, theme="light", volume=0.5)
    file.save(chosen)
    assert file.load().settings == chosen
    assert [path.name for path in file.path.parent.iterdir()] == ["settings.json"]


@pytest.mark.parametrize("content", [b"{", b'{"locale": "klingon"}', b"\xff\xfe", b"[]"])
def test_a_bad_file_is_put_aside_and_never_lost(tmp_path: Path, content: bytes) -> None:
    file = SettingsFile(tmp_path / "settings.json")
    file.path.write_bytes(content)
    loaded = file.load()
    assert loaded.settings == Settings()
    assert loaded.fault
    assert loaded.put_aside is not None
    assert loaded.put_aside.read_bytes() == content
    assert not file.path.exists()
    assert file.load().fault == ""


def test_several_bad_files_are_all_kept(tmp_path: Path) -> None:
    file = SettingsFile(tmp_path / "settings.json")
    for number in range(12):
        file.path.write_bytes(b"{" + str(number).encode())
        file.load()
    kept = sorted(path.name for path in tmp_path.iterdir())
    assert len(kept) == 9
    assert (tmp_path / "settings.json.bad1").read_bytes() == b"{0"
    assert (tmp_path / "settings.json.bad9").read_bytes() == b"{11"


def test_a_file_that_cannot_be_read_is_said_and_left(tmp_path: Path) -> None:
    folder = tmp_path / "settings.json"
    folder.mkdir()
    loaded = SettingsFile(folder).load()
    assert loaded.put_aside is None
    assert "settings.json" in loaded.fault
    assert folder.is_dir()


def test_default_places_are_the_systems_own() -> None:
    assert APP_NAME in str(default_path())
    assert APP_NAME in str(default_folder())


def test_the_log_is_a_file_and_ends_when_closed(tmp_path: Path) -> None:
    root_level = logging.getLogger().level
    handler = open_log(tmp_path / "log", is_verbose=True)
    logging.getLogger("console.test").info("值班开始")
    close_log(handler)
    logging.getLogger().setLevel(root_level)
    logging.getLogger("console.test").info("after")
    text = (tmp_path / "log" / "desk.log").read_text(encoding="utf-8")
    assert "值班开始" in text
    assert "after" not in text
