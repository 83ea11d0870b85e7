"""Replay at the desk: puts the bar at the window's foot, and lets the officer move through what was."""

from collections.abc import Callable

from PySide6.QtCore import SIGNAL, QObject, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from console.replay.bookmarks import Bookmark, Bookmarks
from console.replay.ear import ReplayEar
from console.replay.player import Player
from console.replay.recordings import Recordings
from ui.main_window import MainWindow
from ui.replay.as_desk import AsTheDesk
from ui.replay.bar import ReplayBar
from ui.replay.event_marks import EventMarks
from ui.replay.flaws import FlawDesk
from ui.replay.keys import ReplayKeys
from ui.replay.lanes import Lanes
from ui.replay.loop import LoopHand
from ui.replay.mark import ReplayMarks
from ui.replay.overview import Overview
from ui.replay.sheets import BookmarkSheet
from ui.replay.stretch import Stretch
from ui.replay.wishes import Wishes
from ui.replay.words import Names, drill_words, moment_words, state_words
from ui.text import Texts
from ui.theme import Look


class ReplayDesk(QObject):
    """Over an ordinary window whose Store a Player feeds."""

    takeOverWanted = Signal(float)
    """From this moment on, Unix seconds. The button is there while somebody is connected."""

    def __init__(
        self,
        window: MainWindow,
        player: Player,
        bookmarks: Bookmarks,
        *,
        name: str,
        ear: ReplayEar,
        recordings: Recordings,
        now: Callable[[], float],
        look: Look,
        text: Texts,
    ) -> None:
        """`name` is of what is replayed; `ear` is what is heard; `now` tells the wall clock."""
        super().__init__(window)
        self.window, self.player, self._ear, self._look, self._text = window, player, ear, look, text
        names = Names(player.store)
        self.stretch = Stretch(self)
        self.bar = ReplayBar(self.stretch, look, text)
        self.lanes = Lanes(self.bar, self.stretch, peaks=recordings.peaks, names=names, look=look, text=text)
        flaws = FlawDesk(window, player, self.bar, name_of=names.party, look=look, text=text)
        marks = EventMarks(player, self.bar.time_line, self.stretch, window.acting, look, text, self)
        self.overview = Overview(
            player, self.bar, self.stretch, lanes=self.lanes, marks=marks, flaws=flaws, parent=self
        )
        self.bookmarks = BookmarkSheet(window.parts.map, bookmarks, now=now, look=look, text=text)
        self.flaws, self.loop, self._held = flaws, LoopHand(player), bookmarks
        self.wishes = Wishes(player, window.acting, self)
        self.seek, self.seek_by = self.wishes.seek, self.wishes.seek_by
        self.as_desk = AsTheDesk(window, player, self.bar, names)
        self.marks = ReplayMarks(window, player.store, look, text)
        self.marks.name_source(name)
        self._dock()
        self._connect()
        look.space(self.bar)

    # --- building -------------------------------------------------------------------------------------------

    def _dock(self) -> None:
        """Beneath everything else, so that nothing moves."""
        frame, both = self.window.takeCentralWidget(), QWidget()
        column = QVBoxLayout(both)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(1)
        column.addWidget(frame, 1)
        column.addWidget(self.bar)
        self.bar.column.addWidget(self.lanes)
        self.window.setCentralWidget(both)
        for sheet_name, sheet in (("replay_bookmarks", self.bookmarks), ("replay_flaws", self.flaws.sheet)):
            self.window.shows.work_sheets.adopt(sheet_name, sheet)
        self.window.push_to_talk.leave_keys()
        self.keys = ReplayKeys(self.window, act=self.act, seek=self.seek_by)
        self.bar.time_line.setFocus()

    def _connect(self) -> None:
        bar, line = self.bar, self.bar.time_line
        bar.pressed.connect(self.act)
        line.sought.connect(self.seek)
        line.dragging.connect(self._drag)
        self.wishes.changed.connect(line.show_wish)
        self.wishes.fulfilled.connect(self.refresh)
        self.lanes.sought.connect(self.seek)
        self.lanes.mutedChanged.connect(self._mute)
        self.bookmarks.going.connect(self._go_to_bookmark)
        self.bookmarks.changed.connect(self._show_bookmarks)
        self.bookmarks.failed.connect(self._say_not_kept)
        self.window.parts.map.followChanged.connect(self._show_followed)
        self.player.changed.append(self.refresh)
        self._text.changed.connect(self._read)
        bar.button("lanes").setChecked(True)
        self.as_desk.read()
        self._show_bookmarks()
        self.overview.look()

    def note_more(self) -> None:
        """More was gone through, or something was seen not to be as it was written."""
        self.overview.look_soon()
        self._say_state()

    def note_decoded(self) -> None:
        """A recording is ready: it is drawn now, and heard from the next step on, which knows the moment."""
        self.lanes.draw_anew()

    def begin(self, at: float | None) -> None:
        """Show the first moment, or this one; what is being read is said meanwhile."""
        self.window.acting.start(self.player.open(at), self._opened)
        self.window.acting.start(self.player.run())

    def _opened(self, _: object) -> None:
        self.refresh()
        self.window.parts.map.fit_area()
        self.window.acting.start(self.player.prepare())

    # --- what the officer does --------------------------------------------------------------------------------

    def act(self, name: str) -> None:
        player = self.player
        match name:
            case "play":
                self.window.acting.start(player.toggle())
            case "slower" | "faster":
                player.change_speed(1 if name == "faster" else -1)
            case "start" | "end":
                self.seek(player.extent[0 if name == "start" else 1])
            case "previous" | "next":
                self.window.acting.start(player.jump(self.bar.kind, is_back=name == "previous"), self._jumped)
            case "loop_from" | "loop_to" | "loop_clear":
                self.loop.press(name)
            case _:
                self._act_beside(name)

    def _act_beside(self, name: str) -> None:
        match name:
            case "bookmark":
                self.bookmarks.begin(*(self.player.loop or (self.player.at, None)))
            case "bookmarks":
                self.bookmarks.open()
            case "lanes":
                self.lanes.setVisible(self.bar.button("lanes").isChecked())
            case "flaws":
                self.flaws.sheet.open()
            case "follow":
                self.window.controls.following.emit()
                self._show_followed()
            case "take_over":
                self.player.pause()
                self.takeOverWanted.emit(self.player.at)
            case _:
                raise ValueError(name)

    def _mute(self) -> None:
        self._ear.muted = self.lanes.muted
        self._ear.follow()

    def _drag(self, is_dragging: bool) -> None:
        self._ear.is_held = is_dragging
        self._ear.follow()

    def _jumped(self, was_found: bool) -> None:
        if not was_found and self.wishes.at is None:  # else a newer wish came in between
            self.window.acting.tell("warn", self._text("replay.no_such_event"))

    def _go_to_bookmark(self, bookmark: Bookmark) -> None:
        self.loop.take((bookmark.at, bookmark.to_at) if bookmark.to_at is not None else None)
        self.seek(bookmark.at)

    # --- what is shown ----------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """After anything of the player changed."""
        player, bar = self.player, self.bar
        at = player.at
        drill = player.store.picture.drill.state
        bar.show_moment(at, moment_words(at), drill_words(drill, at, self._text))
        bar.show_playing(player.is_playing, player.speed)
        bar.time_line.show_loop(*self.loop.shown)
        if player.is_playing:
            self.stretch.keep_in_sight(at)
        bar.button("take_over").setVisible(self.receivers(SIGNAL("takeOverWanted(double)")) > 0)
        self._say_state()
        self.lanes.show_moment(at)
        self.as_desk.follow()
        self._ear.follow()

    def _say_state(self) -> None:
        self.bar.say(*state_words(self.player, self._text, is_wished=self.wishes.at is not None))

    def _show_bookmarks(self) -> None:
        self.bar.show_bookmarks(tuple(one.at for one in self._held.all))

    def _say_not_kept(self, why: str) -> None:
        self.window.acting.tell("warn", self._text("replay.not_kept"), why)

    def _show_followed(self) -> None:
        self.bar.button("follow").setChecked(self.window.parts.map.followed is not None)

    def _read(self) -> None:
        self.flaws.read()
        self.as_desk.read()
        self._show_bookmarks()
        self.refresh()
