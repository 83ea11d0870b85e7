"""A journal as a desk: whatever is looked at, nothing is sent, and nobody takes the past for the present."""

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import msgspec
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from comms.domain import drill_events as dr
from comms.domain import events as ev
from comms.domain.desk_view import DeskView, DeskViewed
from comms.domain.ids import GATEWAY, UnitId
from comms.journal import chain
from comms.link.clock import WallClock
from comms.protocol.desk_commands import DeskViewTell
from comms.protocol.errors import Locale, RefusalCode
from comms.protocol.pushes import Refused
from console import take_overs as take_overs_module
from console.drill.host import HostedDrill, HostFault, HostWish, ScenarioLine
from console.drill.hosting import Hosting
from console.media.audio import PacedAudio
from console.replay.bookmarks import Bookmarks
from console.replay_app import run_replay
from console.settings import Settings
from console.take_overs import TakeOvers
from tests.support.day import DESK, START, write_journal
from tests.support.drivers import WindowDriver
from tests.support.qt_loop import run_on_qt
from tests.support.replay import DAY, Looking, export, looking, write_day
from tests.support.scene import unit_id
from ui.desk_observer import DeskObserver
from ui.desk_view import view_of
from ui.replay.mark import Badge
from ui.replay.starts import ReplayStarts
from ui.replay.time_line import TimeLine

AT = START + 600.0
Key, Shift = Qt.Key, Qt.KeyboardModifier.ShiftModifier
Play = Callable[[Looking], Coroutine[Any, Any, None]]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_day(tmp_path_factory.mktemp("day"))


def play(application: QApplication, path: Path, folder: Path, work: Play, **options: Any) -> None:
    async def run() -> None:
        async with looking(path, folder, **options) as made:
            await work(made)

    run_on_qt(application, run())


def press(made: Looking, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """As it enters the window. (QTest would let other coroutines run within this one.)"""
    handle = made.app.window.windowHandle()
    assert handle is not None
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        QApplication.sendEvent(handle, QKeyEvent(kind, key, modifiers))


def mouse(line: TimeLine, kind: QEvent.Type, x: float) -> None:
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    place = QPointF(x, 10.0)
    QApplication.sendEvent(line, QMouseEvent(kind, place, line.mapToGlobal(place), left, left, none))


def test_the_desk_of_a_moment_is_shown_and_marked(data: Path, tmp_path: Path, qapp: QApplication, qtbot: QtBot) -> None:
    async def work(made: Looking) -> None:
        app = made.app
        assert app.player.at == AT
        assert app.store.picture.seq == app.replay.index.seq_at(AT)
        assert "回放 REPLAY" in app.window.windowTitle()
        assert data.name in app.window.windowTitle()
        badge = app.window.parts.top_bar.findChild(Badge)
        assert badge is not None
        assert badge.isVisible()
        assert app.desk.bar.clock.text() != ""
        assert app.window.parts.units.isVisible()
        app.window.shows.show("replay_bookmarks")
        ribbon = app.desk.bookmarks.findChild(Badge)
        assert ribbon is not None
        assert ribbon.text() == "回放"
        app.window.shows.show("language")
        assert ribbon.text() == "REPLAY"
        app.window.shows.close_one()
        assert not app.desk.bookmarks.isVisible()

    play(qapp, data, tmp_path, work, at=AT)


def test_a_drill_is_a_replayed_drill(tmp_path: Path, qapp: QApplication, qtbot: QtBot) -> None:
    began = dr.DrillBegan(drill_id="d", scenario_id="s", digest="", seed=1, starts_at=START + 60.0, title="小火")
    write_journal(tmp_path / "d", [*DAY[:60], ev.Recorded(seq=61, at=DAY[59].at, actor=GATEWAY, event=began)])

    async def work(made: Looking) -> None:
        made.app.desk.seek(made.app.player.extent[1])
        await made.until(lambda: made.app.store.picture.drill.state is not None)
        assert "演练回放" in made.app.window.windowTitle()
        assert made.app.desk.bar.second.text().startswith("演练")

    play(qapp, tmp_path / "d", tmp_path, work)


def test_nothing_leaves_a_replay(data: Path, tmp_path: Path, qapp: QApplication, qtbot: QtBot) -> None:
    async def work(made: Looking) -> None:
        app = made.app
        group = app.store.cards[0]
        assert group is not None
        app.window.push_to_talk.press("card", group.id)
        app.window.push_to_talk.release("card")
        refusals = [words for words in made.said if "回放中不能操作" in words]
        assert refusals
        answers: list[object] = []
        app.window.acting.start(app.window.workplace.actions.duty.note("改写过去"), answers.append)
        await made.until(lambda: bool(answers))
        assert isinstance(answers[0], Refused)
        assert "回放中不能操作" in answers[0].text
        seq = app.store.picture.seq
        app.window.acting.start(app.window.workplace.actions.duty.read_log(limit=20), answers.append)
        await made.until(lambda: len(answers) == 2)
        assert app.store.log.events[0].seq == seq - 220 + 1 if seq > 220 else True
        assert app.store.picture.seq == seq

    play(qapp, data, tmp_path, work, at=AT)


def test_it_is_worked_by_keys(data: Path, tmp_path: Path, qapp: QApplication, qtbot: QtBot) -> None:
    async def work(made: Looking) -> None:
        app, player, bar = made.app, made.app.player, made.app.desk.bar
        press(made, Key.Key_Right)
        await made.until(lambda: player.at == AT + 5)
        press(made, Key.Key_Left, Shift)
        await made.until(lambda: player.at == AT - 55)
        for key, speed in ((Key.Key_Period, 2.0), (Key.Key_Comma, 1.0), (Key.Key_Comma, 0.5), (Key.Key_Period, 1.0)):
            press(made, key)
            assert player.speed == speed
        press(made, Key.Key_BracketLeft)
        press(made, Key.Key_Right)
        await made.until(lambda: player.at == AT - 50)
        press(made, Key.Key_BracketRight)
        assert player.loop == (AT - 55, AT - 50)
        press(made, Key.Key_Space)
        await made.until(lambda: player.is_playing)
        await made.pass_time(1.0)
        assert AT - 55 <= player.at < AT - 53
        press(made, Key.Key_Space)
        await made.until(lambda: not player.is_playing)
        press(made, Key.Key_Backslash)
        assert app.player.loop is None
        bar.kinds.setCurrentIndex(bar.kinds.findData("order"))
        press(made, Key.Key_PageDown)
        orders = [one.at for one in DAY if chain.kind_of(one) in bar.kind]
        await made.until(lambda: player.at == next(at for at in orders if at > AT - 55))
        press(made, Key.Key_End)
        await made.until(lambda: player.at == player.extent[1])
        press(made, Key.Key_Home)
        await made.until(lambda: player.at == player.extent[0])
        app.window.activateWindow()
        app.window.parts.units.search_field.setFocus()
        await made.until(app.window.parts.units.search_field.hasFocus)
        press(made, Key.Key_Comma)
        press(made, Key.Key_Home, Qt.KeyboardModifier.NoModifier)
        assert player.speed == 1.0

    play(qapp, data, tmp_path, work, at=AT)


def test_the_mouse_goes_anywhere_and_the_last_wish_wins(
    data: Path, tmp_path: Path, qapp: QApplication, qtbot: QtBot
) -> None:
    async def work(made: Looking) -> None:
        app, line = made.app, made.app.desk.bar.time_line
        held: list[bool] = []
        await made.until(lambda: app.desk.stretch.extent == app.player.extent)
        mouse(line, QEvent.Type.MouseButtonPress, 100.0)
        held.append(app.ear.is_held)
        for x in (200.0, 300.0, line.width() // 2):
            mouse(line, QEvent.Type.MouseMove, x)
        mouse(line, QEvent.Type.MouseButtonRelease, line.width() // 2)
        wanted = app.desk.stretch.at_of(line.width() // 2, line.width())
        await made.until(lambda: app.player.at == wanted)
        assert [*held, app.ear.is_held] == [True, False]
        app.desk.stretch.zoom(8.0, around=wanted)
        assert app.desk.stretch.seconds == pytest.approx((app.player.extent[1] - app.player.extent[0]) / 8)
        assert app.desk.stretch.at_of(line.width() // 2, line.width()) == pytest.approx(wanted)
        app.desk.seek(app.player.extent[1] + 500.0)
        await made.until(lambda: app.player.at == app.player.extent[1])

    play(qapp, data, tmp_path, work, at=AT)


def test_bookmarks_are_written_kept_and_gone_to(data: Path, tmp_path: Path, qapp: QApplication, qtbot: QtBot) -> None:
    async def work(made: Looking) -> None:
        app, sheet = made.app, made.app.desk.bookmarks
        press(made, Key.Key_B)
        sheet.note.setPlainText("late ")
        sheet.confirm()
        assert not sheet.isVisible()
        app.desk.act("end")
        await made.until(lambda: app.player.at == app.player.extent[1])
        app.desk.act("bookmarks")
        sheet.view.clicked.emit(sheet.model.index(0))
        await made.until(lambda: app.player.at == AT)
        kept = Bookmarks(tmp_path / "notes", app.replay.identity).all
        assert [(one.at, one.text) for one in kept] == [(AT, "late")]
        sheet.remove.click()
        assert Bookmarks(tmp_path / "notes", app.replay.identity).all == ()

    play(qapp, data, tmp_path, work, at=AT)


def test_the_map_stays_with_a_unit(data: Path, tmp_path: Path, qapp: QApplication, qtbot: QtBot) -> None:
    async def work(made: Looking) -> None:
        app = made.app
        unit_id = next(iter(app.store.picture.units))
        app.window.selection.set_units((unit_id,))
        app.desk.act("follow")
        assert app.window.parts.map.followed == unit_id
        assert app.desk.bar.button("follow").isChecked()
        app.desk.seek(AT + 3000.0)
        await made.until(lambda: app.player.at == AT + 3000.0)
        row = app.store.positions.row_of(unit_id)
        view = app.window.parts.map.view
        assert view.lat == pytest.approx(app.store.positions.lat[row], abs=1e-4)
        app.desk.act("follow")
        assert app.window.parts.map.followed is None

    play(qapp, data, tmp_path, work, at=AT)


def test_a_moment_is_handed_over_to_whoever_takes_it(
    data: Path, tmp_path: Path, qapp: QApplication, qtbot: QtBot
) -> None:
    async def work(made: Looking) -> None:
        button = made.app.desk.bar.button("take_over")
        assert button.isVisible()
        made.app.desk.takeOverWanted.disconnect()
        made.app.desk.refresh()
        assert not button.isVisible(), "there is nobody who would do it"
        taken: list[float] = []
        made.app.desk.takeOverWanted.connect(taken.append)
        made.app.desk.refresh()
        assert button.isVisible()
        button.click()
        assert taken == [AT]

    play(qapp, data, tmp_path, work, at=AT)


def test_what_becomes_of_a_take_over_is_said(
    driver: WindowDriver, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[tuple[str, str, str]] = []
    driver.window.acting.said.connect(lambda *words: said.append(words))
    answers: list[HostedDrill | HostFault | None] = []
    asked: list[tuple[Path, float]] = []
    stood: list[float] = []
    monkeypatch.setattr(take_overs_module, "READY_AFTER_MS", 0)
    monkeypatch.setattr(take_overs_module, "FOLLOWED_MS", 0)

    class Hosts(Hosting):
        async def take_over(self, record: Path, at: float, *, cache: Path, seed: int) -> HostedDrill | HostFault | None:
            asked.append((record, at))
            return answers.pop(0)

        async def keep_ready(self) -> None:
            stood.append(0.0)

        async def stand_at(self, record: Path, at: float, *, cache: Path) -> None:
            stood.append(at)

    async def across(work: Callable[..., Any], /, *arguments: Any) -> Any:
        return await work(*arguments)

    wish = HostWish(scenario=ScenarioLine(path=""), seed=7, folder=tmp_path, password="p-4711")
    answers += [HostedDrill(number=1, wish=wish, url="ws://here/v1"), HostFault("the disk is full"), None]
    hosts = Hosts(None, across, now=lambda: AT)
    moments = iter((AT + 1.0, AT + 2.0, AT + 3.0))
    take_overs = TakeOvers(
        driver.window,
        hosts,
        record=tmp_path / "r",
        cache=tmp_path,
        at=lambda: next(moments),
        text=driver.scene.text,
    )
    take_overs.get_ready()
    qtbot.waitUntil(lambda: stood == [0.0, AT + 1.0])
    take_overs.moved()
    take_overs.moved()
    qtbot.waitUntil(lambda: stood[2:] == [AT + 2.0])
    for count, tone in enumerate(("ok", "danger", "danger"), start=1):
        take_overs.begin(AT)
        wanted = 2 * count
        qtbot.waitUntil(lambda: len(said) == wanted)  # noqa: B023 (asked at once)
        assert said[-1][0] == tone
    assert asked == [(tmp_path / "r", AT)] * 3
    qtbot.waitUntil(lambda: stood[3:] == [0.0, AT + 3.0])  # for the next one, once the first was there
    assert "ws://here/v1" in said[1][1]
    assert "p-4711" in said[1][1]
    assert said[3][2] == "the disk is full"


def test_a_desk_tells_what_it_has_before_it_and_a_replay_shows_it(
    driver: WindowDriver, tmp_path: Path, qapp: QApplication, qtbot: QtBot
) -> None:
    scene, window = driver.scene, driver.window
    observer = DeskObserver(window, store=scene.store, duty=scene.actions.duty, spawn=scene.desk.spawn)
    window.shows.show("hub")
    window.selection.set_units((unit_id(2),))
    window.parts.map.centre_on(23.01, 113.72, 15.0)
    observer.look()
    observer.look()
    (told,) = [one for one in scene.desk.asked if isinstance(one, DeskViewTell)]
    assert (told.tab, told.unit_ids, round(told.lat, 3), round(told.lon, 3)) == ("hub", (unit_id(2),), 23.01, 113.72)
    scene.desk.refuse(DeskViewTell, RefusalCode.STOPPING, "")
    window.shows.show("orders")
    observer.look()
    observer.look()
    assert sum(isinstance(one, DeskViewTell) for one in scene.desk.asked) == 3, "what was not taken is told again"
    view = DeskView(tab="hub", sheet="plan", lat=23.02, lon=113.71, metres_per_px=4.0, unit_ids=(UnitId("u00002"),))
    viewed = ev.Recorded(seq=61, at=DAY[59].at + 1, actor=DESK, event=DeskViewed(view=view))
    closed = msgspec.structs.replace(view, sheet="", tab="orders", unit_ids=())
    later = ev.Recorded(seq=62, at=DAY[59].at + 2, actor=DESK, event=DeskViewed(view=closed))
    write_journal(tmp_path / "d", [*DAY[:60], viewed, later])

    async def work(made: Looking) -> None:
        app, bar = made.app, made.app.desk.bar
        app.desk.seek(viewed.at)
        await made.until(lambda: bar.viewers.count() == 2)
        bar.viewers.setCurrentIndex(1)
        bar.viewers.activated.emit(1)
        there = view_of(app.window)
        assert there.metres_per_px == pytest.approx(4.0, rel=0.1)  # a map rests at quarters of a zoom level
        assert (there.tab, there.sheet, there.unit_ids) == ("hub", "plan", (UnitId("u00002"),))
        assert (there.lat, there.lon) == pytest.approx((23.02, 113.71), abs=1e-4)
        app.desk.seek(later.at)
        await made.until(lambda: app.player.at == later.at)
        there = view_of(app.window)
        assert (there.tab, there.sheet, there.unit_ids) == ("orders", "", ())

    driver.window.close()
    play(qapp, tmp_path / "d", tmp_path, work)


def test_what_mattered_is_marked_and_says_what_it_was(
    data: Path, tmp_path: Path, qapp: QApplication, qtbot: QtBot
) -> None:
    async def work(made: Looking) -> None:
        line = made.app.desk.bar.time_line
        await made.until(lambda: made.app.desk.stretch.extent == made.app.player.extent and bool(line.marks))
        made.app.desk.stretch.zoom(400.0, around=next(one.at for one in DAY if isinstance(one.event, ev.OrderIssued)))
        order = next(one for one in DAY if isinstance(one.event, ev.OrderIssued))
        line.pointed.emit(order.at)
        await made.until(lambda: "占道经营" in line.toolTip())
        line.pointed.emit(made.app.player.extent[0] - 100.0)
        assert "占道经营" not in line.toolTip()

    play(qapp, data, tmp_path, work, at=AT)


# --- what is not as it was ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def exported(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("file") / "incident.wgreplay"
    return export(data, path, from_at=START, to_at=START + 5000.0)


def test_an_exported_file_needs_nothing_but_the_desk(
    exported: Path, tmp_path: Path, qapp: QApplication, qtbot: QtBot
) -> None:
    async def work(made: Looking) -> None:
        assert made.app.store.positions.is_placed.any()
        assert made.app.replay.flaws == ()
        assert not made.app.desk.bar.button("flaws").isVisible()

    play(qapp, exported, tmp_path, work, at=AT)


def test_of_a_file_that_is_cut_off_what_is_missing_is_said(
    exported: Path, tmp_path: Path, qapp: QApplication, qtbot: QtBot
) -> None:
    whole = exported.read_bytes()
    cut = tmp_path / "cut.wgreplay"
    cut.write_bytes(whole[: whole.index(b"tracks/495001.bin")])

    async def work(made: Looking) -> None:
        sheet = made.app.desk.flaws.sheet
        await made.until(lambda: "缺少轨迹" in sheet.words)
        assert "文件不完整：共 " in sheet.words
        assert " 的录音" in sheet.words
        assert made.app.desk.bar.button("flaws").isVisible()
        assert made.app.store.picture.seq == made.app.replay.index.seq_at(AT)
        made.app.window.shows.show("language")
        assert "The file is not complete" in made.app.desk.flaws.sheet.words

    play(qapp, cut, tmp_path, work, at=AT)


def test_of_a_journal_that_was_altered_the_place_is_said_and_the_rest_is_shown(
    data: Path, tmp_path: Path, qapp: QApplication, qtbot: QtBot
) -> None:
    altered = write_day(tmp_path / "altered", [*DAY[:300], *DAY[301:350]])

    async def work(made: Looking) -> None:
        await made.until(
            lambda: "日志链在第 302 条断开：前面少了记录。到第 300 条为止" in made.app.desk.flaws.sheet.words
        )
        made.app.desk.act("end")
        await made.until(lambda: made.app.store.picture.seq == 300)

    play(qapp, altered, tmp_path, work)


@pytest.mark.parametrize("locale", list(Locale))
def test_what_is_no_replay_is_said_in_a_sentence(
    locale: Locale, tmp_path: Path, qapp: QApplication, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "letter.wgreplay"
    path.write_bytes(b"dear all")
    clock = WallClock()

    async def run() -> int | None:
        return await run_replay(
            path,
            None,
            clock=clock,
            make_audio=lambda: PacedAudio(clock=clock.monotonic),
            settings=Settings(locale=locale),
            settings_path=tmp_path / "settings.json",
        )

    assert run_on_qt(qapp, run()) is None
    assert str(path) in capsys.readouterr().err


def test_a_recording_opens_in_a_process_of_its_own_whose_sentence_is_said_here(
    driver: WindowDriver, qtbot: QtBot, tmp_path: Path
) -> None:
    said: list[tuple[str, str, str]] = []
    driver.window.acting.said.connect(lambda *words: said.append(words))
    starts = driver.window.shows.work_sheets.sheet("replay_open")
    assert isinstance(starts, ReplayStarts)
    starts.start(str(tmp_path / "nothing.wgreplay"))
    qtbot.waitUntil(lambda: len(said) == 2)
    assert "另一个窗口" in said[0][1]
    assert said[1][0] == "danger"
    assert "无法回放" in said[1][1]
    assert "nothing.wgreplay" in said[1][1]
