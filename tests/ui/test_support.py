"""The support page by keyboard and click: what is well, what to do, as text, and the bundle with nobody in it."""

import logging
import zipfile
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from comms.domain.audit_events import DataExported, DigestKind, DigestSwitched, ExportKind, StretchArchived
from comms.domain.events import Recorded
from comms.protocol.desk_commands import HealthRead
from comms.protocol.errors import Locale, RefusalCode
from console.log import close_log, open_log
from console.store.link import LinkPhase, LinkState, MediaReport
from console.support.judging import Grade, Topic
from tests.support.drivers import WindowDriver
from tests.support.scene import ME, NOW
from ui.sentences import tell
from ui.support.desk_watch import DeskWatch
from ui.support.sheet import SupportSheet

CTRL_ALT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
PHONE, TOKEN = "13800138000", "Zx9Tn2Rb7Yc5Wd1Ef8Gh4Jm6qLk3vV0a"


def opened(driver: WindowDriver) -> SupportSheet:
    driver.key(Qt.Key.Key_F1, Qt.KeyboardModifier.ControlModifier)
    driver.settle()
    driver.scene.desk.run()
    found = driver.window.findChild(SupportSheet)
    assert isinstance(found, SupportSheet)
    assert found.isVisible()
    return found


def grade(sheet: SupportSheet, topic: Topic) -> Grade:
    return next(finding.grade for finding in sheet.findings if finding.topic is topic)


def test_how_all_is_and_what_to_do(driver: WindowDriver) -> None:
    sheet = opened(driver)
    assert grade(sheet, Topic.STORAGE) is Grade.GOOD
    driver.scene.store.apply_local(MediaReport(is_up=True, microphone_fault="cannot_open"))
    driver.click(sheet.face.buttons["refresh"])
    driver.scene.desk.run()
    assert grade(sheet, Topic.SOUND) is Grade.ACT
    driver.click(sheet.face.buttons["copy"])
    said = QGuiApplication.clipboard().text()
    assert "[!!] 声音: 麦克风不可用" in said
    assert "请检查麦克风是否插好" in said
    assert "[+] 存储: 数据盘剩余 400.0 GB（80%）" in said
    driver.scene.text.switch(Locale.EN)
    assert "Storage: 400.0 GB (80%) left" in sheet.words()
    driver.key(Qt.Key.Key_Escape)
    assert not sheet.isVisible()


def test_what_the_gateway_does_not_tell(driver: WindowDriver) -> None:
    sheet = opened(driver)
    driver.scene.desk.refuse(HealthRead, RefusalCode.NOT_ALLOWED, "无权")
    driver.click(sheet.face.buttons["refresh"])
    driver.scene.desk.run()
    assert grade(sheet, Topic.BACKUP) is Grade.UNKNOWN
    driver.scene.store.apply_local(LinkState(phase=LinkPhase.WAITING))
    driver.click(sheet.face.buttons["refresh"])
    assert grade(sheet, Topic.GATEWAY) is Grade.ACT
    assert "断线 1 次" in sheet.words()


def test_a_screen_that_stood_still_is_counted_for_ten_minutes(driver: WindowDriver) -> None:
    now = [0.0]
    watch = DeskWatch(driver.scene.store, driver.window, now_s=lambda: now[0])
    watch._timer.stop()
    for at in (0.5, 1.0, 1.9, 2.4):  # once 0.4 s late
        now[0] = at
        watch.look()
    assert (watch.figures().stalls, round(watch.figures().stall_ms)) == (1, 400)
    now[0] = 1000.0
    assert watch.figures().stalls == 0


def test_a_bundle_of_the_desk_holds_nobody(driver: WindowDriver, tmp_path: Path) -> None:
    handler = open_log(tmp_path / "log")
    names = [state.unit.name for state in driver.scene.store.picture.units.values()]
    try:
        logging.getLogger("ui.test").info("%s rang %s, token=%s at 23.020712,113.751834", names[0], PHONE, TOKEN)
        sheet = opened(driver)
        out = tmp_path / "bundle.zip"
        sheet.save(str(out))
        assert not sheet.face.buttons["bundle"].isEnabled()
        driver.qtbot.waitUntil(lambda: sheet.errand is None)
    finally:
        close_log(handler)
    assert str(out) in sheet.face.told.text()
    with zipfile.ZipFile(out) as bundle:
        files = {name: bundle.read(name) for name in bundle.namelist()}
    assert set(files) == {
        "desk/about.json",
        "desk/state.json",
        "desk/settings.json",
        "desk/environment.json",
        "desk/desk.log",
        "gateway/health.json",
    }
    for name, content in {**files, "the file itself": out.read_bytes()}.items():
        for secret in (*names, PHONE, TOKEN, "23.0207", "113.7518"):
            assert secret.encode() not in content, (name, secret)
    assert b"rang" in files["desk/desk.log"]
    assert str(NOW).split(".")[0].encode() in files["gateway/health.json"]


def test_a_bundle_that_is_given_up_or_cannot_be_written(driver: WindowDriver, tmp_path: Path) -> None:
    sheet = opened(driver)
    sheet.save(str(tmp_path / "no" / "bundle.zip"))
    driver.qtbot.waitUntil(lambda: sheet.errand is None)
    assert "没有写成" in sheet.face.told.text()
    driver.window.background.start(lambda: None, lambda _: None)
    sheet.save(str(tmp_path / "bundle.zip"))
    sheet.give_up()
    driver.qtbot.waitUntil(lambda: sheet.errand is None)
    assert "已取消" in sheet.face.told.text() or (tmp_path / "bundle.zip").exists()
    assert not list(tmp_path.glob("*.part"))


@pytest.mark.parametrize("locale", list(Locale))
def test_the_log_tells_of_exports_and_archives(driver: WindowDriver, locale: Locale) -> None:
    driver.scene.text.switch(locale)
    events = (
        DataExported(what=ExportKind.HUB, is_masked=True, rows=3),
        DataExported(what=ExportKind.AUDIT, is_masked=False, rows=3, reason="REASON", by="root"),
        DigestSwitched(before=DigestKind.SHA256, after=DigestKind.SM3),
        StretchArchived(first_seq=1, last_seq=9, last_hash="", file="a.wgarchive"),
        StretchArchived(first_seq=1, last_seq=9, last_hash="", file="a.wgarchive", is_removed=True),
    )
    said = []
    for event in events:
        sentence = tell(Recorded(seq=1, at=NOW, actor=ME, event=event), driver.scene.store, driver.scene.text)
        assert sentence is not None
        said.append(sentence.read(driver.scene.text))
    assert "REASON" in said[1]
    assert "root" in said[1]
    assert "SM3" in said[2]
    assert len(set(said)) == len(events)
