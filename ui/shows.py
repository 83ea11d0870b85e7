"""Bringing parts of the window to the front: what commands, alerts and finished actions ask to be shown."""

from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit

from comms.domain.ids import BlobId, TalkgroupId
from comms.protocol.errors import Locale
from console.settings import Settings
from ui.acting import Acting
from ui.base_desk import BaseDesk
from ui.desk import Actions, Devices
from ui.dialogs.base_map import BaseMapDialog
from ui.dialogs.photo import PhotoDialog
from ui.dialogs.settings import SettingsDialog
from ui.dialogs.shortcuts import ShortcutsDialog
from ui.map_print import MapPrint
from ui.text import Texts
from ui.theme import DARK, LIGHT, THEMES, Look
from ui.work_sheets import Floating, WorkSheets

if TYPE_CHECKING:
    from ui.main_window import MainWindow


class Shows(QObject):
    """Knows the window's parts; `show` takes the names that commands use."""

    def __init__(
        self, window: "MainWindow", *, devices: Devices, actions: Actions, acting: Acting, look: Look, text: Texts
    ) -> None:
        super().__init__(window)
        self._window = window
        self._devices = devices
        self._actions = actions
        self._acting = acting
        self._look = look
        self._text = text
        self.base = BaseDesk(window.parts.map, acting=acting, look=look, text=text, parent=self)
        self.base.take(window.settings)
        window.settingsChanged.connect(self.base.take)
        self.work_sheets = WorkSheets(window.workplace)
        self.print = MapPrint(window, self, acting=acting, look=look, text=text)

    def show(self, part: str) -> None:
        window, parts = self._window, self._window.parts
        match part:
            case "palette":
                parts.sheets.palette.open()
            case "units" | "orders" | "alarms" | "hub":
                self._show_tab(part)
            case "find_unit":
                window.tabs.setCurrentWidget(parts.units)
                parts.units.search_field.setFocus()
                parts.units.search_field.selectAll()
            case "note":
                parts.log.note_field.setFocus()
            case "whole_area":
                parts.map.fit_area()
            case "talkgroups":
                parts.talkgroups.bring_chosen()
            case "near" | "around" | "report" | "rules" | "hub_near" | "hub_around":
                window.places.ask(part)
            case "close_one":
                self.close_one()
            case _:
                self._show_choice(part)

    def _show_tab(self, part: str) -> None:
        window, parts = self._window, self._window.parts
        match part:
            case "units":
                window.tabs.setCurrentWidget(parts.units)
            case "orders":
                window.tabs.setCurrentWidget(parts.orders)
            case "hub":
                window.tabs.setCurrentWidget(parts.hub)
                parts.hub.come_forward()
            case _:
                window.tabs.setCurrentWidget(parts.alarms)
                parts.alarms.view.setFocus()

    def _show_choice(self, part: str) -> None:
        window = self._window
        match part:
            case "layers" | "marks":
                panel = window.parts.layers if part == "layers" else window.parts.marks
                window.tabs.setCurrentWidget(panel)
                panel.search_field.setFocus()
                panel.search_field.selectAll()
            case "layer_import" | "layer_export":
                window.layer_sheets.show(part.removeprefix("layer_"))
            case _ if part.startswith(("director_", "track_", "trail_")):
                self._do_beside_map(part)
            case "theme" | "language":
                self._switch(part)
            case "minimap":
                window.minimap_desk.switch()
            case "hub_wide":
                window.widen_lists()
            case "map_print":
                self.print.ask()
            case "lock":
                window.lock.lock()
            case "sign_out":
                window.signOutWanted.emit()
            case _:
                self._show_dialog(part)

    def _do_beside_map(self, part: str) -> None:
        window = self._window
        desk, _, what = part.partition("_")
        match desk:
            case "director":
                window.drill_desk.do(part)
            case "track":
                window.track_desk.do(what)
            case _:
                window.trail_desk.do(what)

    def _show_dialog(self, part: str) -> None:
        window = self._window
        match part:
            case "settings":
                dialog = SettingsDialog(
                    window.settings, devices=self._devices, look=self._look, text=self._text, parent=window
                )
                dialog.changed.connect(self.take_settings)
                dialog.show()
            case "base_map":
                chooser = BaseMapDialog(window.settings, look=self._look, text=self._text, parent=window)
                chooser.changed.connect(window.keep_settings)
                chooser.show()
            case "shortcuts":
                ShortcutsDialog(look=self._look, text=self._text, parent=window).show()
            case _:
                self.work_sheets.open(part)

    def _switch(self, part: str) -> None:
        """To the other theme, or the other language."""
        settings = self._window.settings
        if part == "theme":
            other = LIGHT if self._look.theme is DARK else DARK
            self.take_settings(msgspec.structs.replace(settings, theme=other.name))
        else:
            other_locale = Locale.EN if self._text.locale is Locale.ZH_CN else Locale.ZH_CN
            self.take_settings(msgspec.structs.replace(settings, locale=other_locale))

    def close_one(self) -> None:
        """Esc: one thing at a time, the last to come first."""
        parts = self._window.parts
        if self._window.map_desk.give_up():
            return
        window = self._window
        sheets = (*window.layer_sheets.sheets, *window.places.sheets, *self.work_sheets.sheets, parts.composer)
        floating: tuple[Floating, ...] = (*parts.sheets.made, parts.large_video, *sheets, window.track_desk.bar)
        for overlay in floating:
            if overlay.isVisible():
                overlay.dismiss()
                return
        focus = self._window.focusWidget()
        if isinstance(focus, QLineEdit | QPlainTextEdit):
            parts.map.setFocus()
            return
        self._window.controls.marks.choose(None)
        parts.map.escape()
        self._window.selection.set_units(())

    def take_settings(self, settings: Settings) -> None:
        self._look.set_theme(THEMES.get(settings.theme, DARK))
        self._window.keep_settings(settings)

    def choose_device(self, kind: str, name: str) -> None:
        settings = self._window.settings
        if kind == "microphone":
            settings = msgspec.structs.replace(settings, microphone=name)
        else:
            settings = msgspec.structs.replace(settings, speaker=name)
        self._window.keep_settings(settings)

    def say_not_heard(self, talkgroup_id: str) -> None:
        state = self._window.controls.store.picture.talkgroups.get(TalkgroupId(talkgroup_id))
        name = state.talkgroup.name if state is not None else talkgroup_id
        self._acting.tell("warn", self._text("toast.not_heard", name=name))

    def show_issued(self, _order_id: str, _incident_id: str) -> None:
        self.show("orders")

    def show_photos(self, blob_ids: tuple[BlobId, ...]) -> None:
        PhotoDialog(
            blob_ids,
            duty=self._actions.duty,
            acting=self._acting,
            look=self._look,
            text=self._text,
            parent=self._window,
        ).show()

    def read_older(self) -> None:
        self._acting.start(self._actions.duty.read_log())
