"""Replaying tracks on the map: from the officer's wish through reading to every frame, and back to live."""

from collections.abc import Sequence

from PySide6.QtCore import QElapsedTimer, QObject, QTimer

from comms.domain.ids import UnitId
from comms.protocol.pushes import Refused
from console.actions.requester import Unsent
from console.store.tracks import Playing, Presence, Tracks
from ui.acting import Acting
from ui.controls import Controls
from ui.desk import Actions
from ui.map.map_widget import MapWidget
from ui.map.track_overlay import TrackOverlay
from ui.panels.track_bar import TrackBar
from ui.support.leaving import Leaving
from ui.text import Texts
from ui.theme import Look
from ui.track.export import TrackExport
from ui.track.words import stop_texts, summary, unit_names
from ui.widgets.replay_banner import ReplayBanner
from ui.words import utc_offset_s

FRAME_MS = 33
DAY_S = 86_400.0
STEP_S = 5.0
DIMMED = 0.28
"""How much of the live units shows while the past is on the map."""


class TrackDesk(QObject):
    def __init__(
        self,
        desk_map: MapWidget,
        controls: Controls,
        actions: Actions,
        acting: Acting,
        look: Look,
        text: Texts,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._map = desk_map
        self._controls = controls
        self._tracking = tracking = actions.tracking
        self._acting = acting
        self._text = text
        self._unit_ids: tuple[UnitId, ...] = ()
        self._playing: Playing | None = None
        self._names: list[str] = []
        self.overlay = TrackOverlay()
        self.bar = TrackBar(desk_map, look, text)
        self.bar.pressed.connect(self.do)
        self.bar.sought.connect(self._seek)
        self.bar.dayChosen.connect(self.show_day)
        self.banner = ReplayBanner(desk_map, look, text)
        self._clock = QTimer(self)
        self._clock.setInterval(FRAME_MS)
        self._clock.timeout.connect(self._tick)
        self._since_tick = QElapsedTimer()
        leaving = Leaving(actions.duty, acting, controls.orders.asking.emit, text, self)
        self.export = TrackExport(desk_map, tracking, acting, text, self, leaving=leaving)
        self.export.finished.connect(self._read)
        text.changed.connect(self._read)

    @property
    def playing(self) -> Playing | None:
        return self._playing

    # --- beginning ----------------------------------------------------------------------------------------

    def begin(self, unit_ids: Sequence[UnitId]) -> None:
        """Today's tracks, or those of the newest day there are any of."""
        if not unit_ids:
            self._acting.tell("warn", self._text("track.no_units"))
            return
        self._unit_ids = tuple(unit_ids)
        self.bar.appear()
        self.bar.timeline.setFocus()
        self.bar.say(self._text("track.loading", share=0))
        offset_s = utc_offset_s(self._controls.store.server_now())
        self._acting.start(self._tracking.days(self._unit_ids, offset_s=offset_s), self._take_days, failed=self.close)

    def _take_days(self, answer: object) -> None:
        if isinstance(answer, Refused | Unsent) or not isinstance(answer, tuple) or not self.bar.isVisible():
            self.close()
            return
        days = tuple((each.start_at, each.readings) for each in answer)
        if not days:
            self.bar.show_days((), 0.0)
            self.bar.say(self._text("track.empty"))
            return
        self.bar.show_days(days, days[-1][0])
        self.show_day(days[-1][0])

    def show_day(self, start_at: float) -> None:
        self._acting.start(
            self._tracking.load(self._unit_ids, from_at=start_at, to_at=start_at + DAY_S, progress=self._say_progress),
            self._take_tracks,
            failed=self.close,
        )

    def _say_progress(self, share: float) -> None:
        self.bar.say(self._text("track.loading", share=round(share * 100)))

    def _take_tracks(self, answer: Tracks | Refused | Unsent | None) -> None:
        if answer is None or not self.bar.isVisible():
            return
        if not isinstance(answer, Tracks):
            self.close()
            return
        if not len(answer.at):
            self.bar.say(self._text("track.empty"))
            return
        self._playing = Playing(answer)
        self._show()
        if self.overlay not in self._map.drawing.overlays.held:
            self._map.drawing.overlays.add(self.overlay)
        self._map.drawing.units.opacity = DIMMED
        bounds = self.overlay.bounds()
        if bounds is not None:
            south, west, north, east = bounds
            self._map.show_view(self._map.view.fitted(south=south, west=west, north=north, east=east, margin_px=150))
        self._refresh()

    def _show(self) -> None:
        assert self._playing is not None
        tracks = self._playing.tracks
        self._names = unit_names(self._controls.store.picture, tracks.unit_ids)
        self.overlay.show(self._playing, self._names, stop_texts(tracks, self._text))
        self.bar.show_playing(self._playing, summary(tracks, self._names, self._text))

    # --- what the officer does ------------------------------------------------------------------------------

    def do(self, name: str) -> None:
        """By the words of the bar and of commands."""
        match name:
            case "use_selection":
                self.begin(self._controls.selection.unit_ids)
            case "all":
                self.begin(tuple(self._controls.store.picture.units))
            case "close":
                self.close()
            case _ if self._playing is not None:
                self._play(self._playing, name)
            case _:
                pass

    def _play(self, playing: Playing, name: str) -> None:
        match name:
            case "play":
                playing.toggle()
                self._since_tick.restart()
                self._clock.start()
            case "slower" | "faster":
                playing.change_speed(1 if name == "faster" else -1)
            case "earlier" | "later":
                playing.seek(playing.at + (STEP_S if name == "later" else -STEP_S))
            case "loop":
                playing.is_looping = not playing.is_looping
            case "follow":
                self._follow(playing)
            case "export":
                self.bar.say(self._text("track.exporting"))
                self.export.ask(playing.tracks, self._names)
            case _:
                raise ValueError(name)
        self._refresh()

    def _follow(self, playing: Playing) -> None:
        """The first selected unit that is replayed, or the first of all; again: none."""
        ids = playing.tracks.unit_ids
        if self.overlay.followed is not None:
            self.overlay.followed = None
        else:
            chosen = next((unit_id for unit_id in self._controls.selection.unit_ids if unit_id in ids), ids[0])
            self.overlay.followed = ids.index(chosen)
            self._stay_with(playing)
        self.bar.button("follow").setChecked(self.overlay.followed is not None)

    def _stay_with(self, playing: Playing) -> None:
        row = self.overlay.followed
        if row is not None:
            heads = playing.tracks.heads(playing.at)
            if heads.presence[row] != Presence.NOT_YET:
                self._map.centre_on(float(heads.lat[row]), float(heads.lon[row]))

    def _seek(self, at: float) -> None:
        if self._playing is not None:
            self._playing.seek(at)
            self._stay_with(self._playing)
            self._refresh()

    def _tick(self) -> None:
        playing = self._playing
        if playing is None or not playing.is_playing:
            self._clock.stop()
        else:
            playing.advance(self._since_tick.restart() / 1000)
            self._stay_with(playing)
        self._refresh()

    def _refresh(self) -> None:
        playing = self._playing
        if playing is not None:
            self.bar.refresh()
            self.banner.show_moment(playing.at)
        self._map.schedule()

    def _read(self) -> None:
        """Say everything again."""
        if self._playing is not None:
            followed = self.overlay.followed
            self._show()
            self.overlay.followed = followed
            self._refresh()

    def close(self) -> None:
        """Back to live; what is still being read is given up."""
        self._tracking.cancel()
        self._clock.stop()
        self._playing = None
        self.overlay.show(None, (), {})
        if self.overlay in self._map.drawing.overlays.held:
            self._map.drawing.overlays.remove(self.overlay)
        self._map.drawing.units.opacity = 1.0
        self.banner.hide()
        self.bar.dismiss()
        self._map.schedule()
