"""The order sheet: what, where, whom, until when. Not modal; keeps every word until the gateway has the order."""

from functools import partial

import msgspec
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from comms.domain.ids import BlobId, IncidentId, OrderId
from comms.domain.order import OrderPriority, OrderTarget, Place, UnitsTarget
from comms.protocol.pushes import Done, Refused
from console.actions.dispatch import Dispatch, Draft
from console.actions.requester import Outcome, Unsent
from console.store.store import Store
from ui.acting import Acting
from ui.order.controls import NEAREST_COUNT, Beginning
from ui.panels.composer_form import ComposerForm
from ui.panels.composer_items import ComposerItems
from ui.panels.photo_tray import PhotoTray
from ui.panels.target_menus import TargetMenus
from ui.panels.targets import place_words, target_words
from ui.selection import Selection
from ui.text import Texts
from ui.theme import Look
from ui.widgets.overlay import Corner, Sheet
from ui.widgets.photos import MEDIA_TYPE, Photo
from ui.widgets.triggered import Triggered


async def issue(dispatch: Dispatch, draft: Draft, photos: tuple[Photo, ...]) -> Outcome:
    """Photos first; the order only with all of them."""
    blob_ids: list[BlobId] = []
    for photo in photos:
        stored = await dispatch.attach(MEDIA_TYPE, photo.data)
        if isinstance(stored, Unsent):
            return Unsent()  # the photo may be kept, the order is not
        if not isinstance(stored, Done) or stored.subject is None:
            return stored
        blob_ids.append(BlobId(stored.subject))
    return await dispatch.issue(msgspec.structs.replace(draft, attachments=tuple(blob_ids)))


class Composer(Sheet):
    """`circleWanted` and `placeWanted` ask the map for a circle or a click; `issued` carries the new order's id
    and that of the incident it was given for, empty without one. `issuedForMore` carries those of the other
    incidents, with an empty order's id while nobody knows when it will be sent.

    `dismiss` puts it away: everything typed is still there when it opens again."""

    circleWanted = Signal()
    placeWanted = Signal()
    issued = Signal(str, str)
    issuedForMore = Signal(str, object)

    def __init__(
        self,
        host: QWidget,
        *,
        store: Store,
        dispatch: Dispatch,
        selection: Selection,
        acting: Acting,
        look: Look,
        text: Texts,
    ) -> None:
        super().__init__(host, Corner.RIGHT)
        self._store = store
        self._dispatch = dispatch
        self._selection = selection
        self._acting = acting
        self._look = look
        self._text = text
        self._target: OrderTarget | None = None
        self._place: Place | None = None
        self.tray = PhotoTray(acting, text, self)
        self._menus = TargetMenus(store, self)
        self._is_sending = False
        self.items = ComposerItems(store, self)
        self.form = ComposerForm(self.items.choice, look, text, self)
        self.items.serve(self.form)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.form)
        self._connect()
        self._read()

    def _connect(self) -> None:
        for name, press in (
            ("close", self.dismiss),
            ("units", self._take_units),
            ("group", Triggered(partial(self._menus.offer_groups, self.form.buttons["group"]))),
            ("grid", Triggered(partial(self._menus.offer_grids, self.form.buttons["grid"]))),
            ("circle", self.circleWanted.emit),
            ("nearest", self._take_nearest),
            ("place", self._take_place),
            ("pick", self.placeWanted.emit),
            ("no_place", Triggered(partial(self.set_place, None))),
            ("add_photo", self.tray.choose),
            ("no_photos", self.tray.empty),
            ("discard", self._throw_away),
            ("send", self.confirm),
        ):
            self.form.buttons[name].clicked.connect(press)
        self._menus.chosen.connect(self.set_target)
        self.tray.changed.connect(self._read)
        self.form.title.textChanged.connect(self._read_buttons)
        self.form.item.sendWanted.connect(self.confirm)
        self._selection.unitsChanged.connect(self._read_buttons)
        self._selection.placeChanged.connect(self._read_buttons)
        self._text.changed.connect(self._read)
        self._look.changed.connect(self.place)

    def wanted_width(self) -> int:
        return self._look.px(344)

    # --- showing --------------------------------------------------------------------------------------

    @property
    def target(self) -> OrderTarget | None:
        return self._target

    @property
    def order_place(self) -> Place | None:
        return self._place

    @property
    def refusal(self) -> str:
        """The sentence shown after a refusal, or nothing."""
        return "" if self.form.refusal.isHidden() else self.form.refusal.text()

    def begin(self, beginning: Beginning) -> None:
        """Open, with what was typed before; only what the beginning names is replaced."""
        self.items.begin()
        self._target = beginning.target or self._target
        self._place = beginning.place or self._place
        self.form.fill(beginning)
        self.items.suggest()
        self._read()
        self.appear()
        self.form.title.setFocus()

    def set_target(self, target: OrderTarget) -> None:
        self._target = target
        self._read()

    def _read(self) -> None:
        text, form = self._text, self.form
        form.retranslate()
        form.target.setText(target_words(self._target, self._store, self._dispatch, text))
        form.place.setText(place_words(self._place, text))
        count = len(self.tray.photos)
        form.photos.setText(text("composer.photo_count", count=count) if count else text("composer.no_photos"))
        self._read_buttons()

    def _read_buttons(self) -> None:
        text, buttons, is_free = self._text, self.form.buttons, not self._is_sending
        buttons["units"].setText(text("composer.use_units", count=len(self._selection.unit_ids)))
        buttons["units"].setEnabled(bool(self._selection.unit_ids))
        buttons["nearest"].setEnabled(self._place is not None or self._selection.place is not None)
        buttons["place"].setEnabled(self._selection.place is not None)
        buttons["no_place"].setVisible(self._place is not None)
        buttons["no_photos"].setVisible(bool(self.tray.photos))
        buttons["send"].setText(text("composer.send" if is_free else "composer.sending"))
        is_ready = bool(self.form.title.text().strip()) and self._target is not None
        buttons["send"].setEnabled(is_free and is_ready)
        buttons["discard"].setEnabled(is_free)

    # --- target and place -----------------------------------------------------------------------------

    def _take_units(self) -> None:
        self.set_target(UnitsTarget(self._selection.unit_ids))

    def set_place(self, place: Place | None) -> None:
        self._place = place
        self._read()

    def _take_place(self) -> None:
        self.set_place(self._selection.place)

    def _take_nearest(self) -> None:
        place = self._place or self._selection.place
        if place is not None:
            nearest = self._dispatch.nearest(lat=place.lat, lon=place.lon, count=NEAREST_COUNT)
            if nearest:
                self.set_target(UnitsTarget(nearest))
            else:
                self._acting.tell("warn", self._text("toast.nobody_near"))

    # --- sending --------------------------------------------------------------------------------------

    def _draft(self) -> Draft | None:
        """What would be sent now; None while something is missing."""
        title = self.form.title.text().strip()
        if not title or self._target is None:
            return None
        minutes = int(self.form.deadline.chosen)
        return Draft(
            title=title,
            target=self._target,
            text=self.form.details.toPlainText().strip(),
            priority=OrderPriority(self.form.priority.chosen),
            place=self._place,
            deadline_at=self._store.server_now() + 60 * minutes if minutes else None,
            incident_id=IncidentId(self.form.incident_id) if self.form.incident_id else None,
            item_id=self.items.item_id,
        )

    def confirm(self) -> None:
        draft = self._draft()
        if draft is None or self._is_sending:
            return
        self._is_sending = True
        self.form.hide_refusal()
        self._read_buttons()
        self._acting.start(issue(self._dispatch, draft, self.tray.photos), self._answered, failed=self._failed)

    def _answered(self, answer: Outcome) -> None:
        self._is_sending = False
        match answer:
            case Done(subject=subject):
                incident_id, also_ids = self.form.incident_id, self.form.also_ids
                self._throw_away()
                self._acting.tell("ok", self._text("toast.issued"))
                if subject is not None:
                    self._selection.set_order(OrderId(subject))
                    self.issued.emit(subject, incident_id)
                    self.issuedForMore.emit(subject, also_ids)
            case Refused(code=code, text=sentence):
                self.form.show_refusal(sentence or self._text.refusal(code), code)
            case Unsent(is_kept=True):
                self.issuedForMore.emit("", self.form.also_ids)
                self._throw_away()
            case Unsent():
                self.form.show_refusal(self._text("toast.unsent"))
        self._read_buttons()

    def _failed(self) -> None:
        self._is_sending = False
        self._read_buttons()

    def _throw_away(self) -> None:
        self._target, self._place = None, None
        self.form.empty()
        self.tray.empty()
        self.dismiss()
