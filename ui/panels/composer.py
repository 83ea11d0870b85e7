"""The order sheet: what, where, whom, until when. Not modal; keeps every word until the gateway has the order."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from comms.domain.ids import BlobId, JurisdictionId, OrderId
from comms.domain.jurisdiction import Level
from comms.domain.order import JurisdictionTarget, OrderPriority, OrderTarget, Place, TalkgroupTarget, UnitsTarget
from comms.protocol.pushes import Done, Refused
from console.actions.dispatch import Dispatch, Draft
from console.actions.requester import Outcome, Unsent
from console.store.store import Store
from ui.acting import Acting
from ui.controls import NEAREST_COUNT, Beginning
from ui.panels.targets import target_words
from ui.selection import Selection
from ui.text import Texts
from ui.theme import Look
from ui.widgets.choices import Choices
from ui.widgets.icons import icon
from ui.widgets.labels import ElidedLabel, label
from ui.widgets.overlay import Corner, Overlay
from ui.widgets.photos import MEDIA_TYPE, Photo, read_photo

DEADLINES_MIN = (0, 10, 30, 60, 120)
"""0 is none."""
MOST_PHOTOS = 10


class Composer(Overlay):
    """`circleWanted` asks the map for its circle tool; `issued` carries the new order's id."""

    circleWanted = Signal()
    issued = Signal(str)

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
        super().__init__(host, Corner.RIGHT, "sheet")
        self._store = store
        self._dispatch = dispatch
        self._selection = selection
        self._acting = acting
        self._look = look
        self._text = text
        self._target: OrderTarget | None = None
        self._place: Place | None = None
        self._photos: list[Photo] = []
        self._is_sending = False
        self._make_fields()
        self._make_buttons()
        self._arrange()
        selection.unitsChanged.connect(self._read_buttons)
        selection.placeChanged.connect(self._read_buttons)
        text.changed.connect(self._read)
        look.changed.connect(self._restyle)
        self._restyle()
        self._read()

    # --- parts ----------------------------------------------------------------------------------------

    def _make_fields(self) -> None:
        self._head = label(tone="title", parent=self)
        self.title_field = QLineEdit(self)
        self.title_field.setMaxLength(200)
        self.title_field.textChanged.connect(self._read_buttons)
        self.text_field = QPlainTextEdit(self)
        self.text_field.setTabChangesFocus(True)
        self.priority = Choices(tuple(one.value for one in OrderPriority), "priority", self._text, self)
        self.deadline = Choices(tuple(str(minutes) for minutes in DEADLINES_MIN), "deadline", self._text, self)
        self._captions: dict[str, QLabel] = {
            key: label(tone="dim", parent=self)
            for key in ("title", "text", "priority", "target", "place", "deadline", "photos")
        }
        self._target_label = ElidedLabel(parent=self)
        self._place_label = ElidedLabel(parent=self)
        self._photos_label = ElidedLabel(tone="dim", parent=self)
        self._refusal = label(wraps=True, parent=self)
        self._refusal.setObjectName("refusal")
        self._refusal.hide()

    def _button(self, name: str, press: Callable[[], None], tone: str = "") -> QPushButton:
        button = QPushButton(self)
        button.setObjectName(f"composer_{name}")
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        if tone:
            button.setProperty("tone", tone)
        button.clicked.connect(press)
        return button

    def _make_buttons(self) -> None:
        self._close = self._button("close", self.put_away, "flat")
        self._use_units = self._button("units", self._take_units)
        self._use_group = self._button("group", self._offer_groups)
        self._use_grid = self._button("grid", self._offer_grids)
        self._use_circle = self._button("circle", self.circleWanted.emit)
        self._use_nearest = self._button("nearest", self._take_nearest)
        self._use_place = self._button("place", self._take_place)
        self._no_place = self._button("no_place", self._drop_place, "flat")
        self._add_photo = self._button("add_photo", self._choose_photos)
        self._no_photos = self._button("no_photos", self._drop_photos, "flat")
        self._discard = self._button("discard", self._throw_away, "flat")
        self._send = self._button("send", self.send, "primary")

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 10)
        column.setSpacing(4)
        column.addLayout(_row(self._head, None, self._close))
        column.addWidget(self._captions["title"])
        column.addWidget(self.title_field)
        column.addWidget(self._captions["text"])
        column.addWidget(self.text_field, 1)
        column.addWidget(self._captions["priority"])
        column.addWidget(self.priority)
        column.addLayout(_row(self._captions["target"], self._target_label))
        column.addLayout(_row(self._use_units, self._use_group, self._use_grid))
        column.addLayout(_row(self._use_nearest, self._use_circle))
        column.addLayout(_row(self._captions["place"], self._place_label, self._no_place, self._use_place))
        column.addWidget(self._captions["deadline"])
        column.addWidget(self.deadline)
        column.addLayout(_row(self._captions["photos"], self._photos_label, self._no_photos, self._add_photo))
        column.addWidget(self._refusal)
        column.addLayout(_row(self._discard, None, self._send))

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
        return self._refusal.text() if not self._refusal.isHidden() else ""

    def begin(self, beginning: Beginning) -> None:
        """Open, with what was typed before; only what the beginning names is replaced."""
        if beginning.target is not None:
            self._target = beginning.target
        if beginning.place is not None:
            self._place = beginning.place
        self._read()
        self.appear()
        self.title_field.setFocus()

    def put_away(self) -> None:
        """Close; everything typed is still there when it opens again."""
        self.hide()

    def set_target(self, target: OrderTarget) -> None:
        self._target = target
        self._read()

    def _restyle(self) -> None:
        theme = self._look.theme
        for button, picture in (
            (self._close, "close"),
            (self._use_units, "person"),
            (self._use_group, "group"),
            (self._use_grid, "grid"),
            (self._use_circle, "circle"),
            (self._use_nearest, "nearest"),
            (self._use_place, "pin"),
            (self._no_place, "close"),
            (self._add_photo, "photo"),
            (self._no_photos, "close"),
        ):
            button.setIcon(icon(picture, theme.text_dim, theme.line_strong))
        self.place()

    def _read(self) -> None:
        text = self._text
        self._head.setText(text("composer.head"))
        for key, caption in self._captions.items():
            caption.setText(text(f"composer.{key}"))
        self.title_field.setPlaceholderText(text("composer.title_hint"))
        self.text_field.setPlaceholderText(text("composer.text_hint"))
        self._target_label.setText(target_words(self._target, self._store, self._dispatch, text))
        self._place_label.setText(self._place_words())
        count = len(self._photos)
        self._photos_label.setText(text("composer.photo_count", count=count) if count else text("composer.no_photos"))
        self.priority.retranslate()
        self.deadline.retranslate()
        self._read_buttons()

    def _place_words(self) -> str:
        place = self._place
        if place is None:
            return self._text("composer.no_place")
        return place.text or self._text("composer.coordinates", lat=f"{place.lat:.5f}", lon=f"{place.lon:.5f}")

    def _read_buttons(self) -> None:
        text, is_free = self._text, not self._is_sending
        self._use_units.setText(text("composer.use_units", count=len(self._selection.unit_ids)))
        self._use_group.setText(text("composer.use_group"))
        self._use_grid.setText(text("composer.use_grid"))
        self._use_circle.setText(text("composer.use_circle"))
        self._use_nearest.setText(text("composer.use_nearest", count=NEAREST_COUNT))
        self._use_place.setText(text("composer.use_place"))
        self._add_photo.setText(text("composer.add_photo"))
        self._discard.setText(text("composer.discard"))
        self._send.setText(text("composer.send" if is_free else "composer.sending"))
        self._use_units.setEnabled(bool(self._selection.unit_ids))
        self._use_nearest.setEnabled(self._place is not None or self._selection.place is not None)
        self._use_place.setEnabled(self._selection.place is not None)
        self._no_place.setVisible(self._place is not None)
        self._no_photos.setVisible(bool(self._photos))
        self._close.setToolTip(text("composer.close_tip"))
        for button in (self._close, self._no_place, self._no_photos):
            button.setAccessibleName(text("composer.remove"))
        self._send.setToolTip(text("composer.send_tip"))
        self._send.setEnabled(is_free and bool(self.title_field.text().strip()) and self._target is not None)

    # --- target and place -----------------------------------------------------------------------------

    def _take_units(self) -> None:
        if self._selection.unit_ids:
            self.set_target(UnitsTarget(self._selection.unit_ids))

    def _take_place(self) -> None:
        self._place = self._selection.place
        self._read()

    def _drop_place(self) -> None:
        self._place = None
        self._read()

    def _take_nearest(self) -> None:
        place = self._place or self._selection.place
        if place is not None:
            nearest = self._dispatch.nearest(lat=place.lat, lon=place.lon, count=NEAREST_COUNT)
            if nearest:
                self.set_target(UnitsTarget(nearest))
            else:
                self._acting.tell("warn", self._text("toast.nobody_near"))

    def _offer_groups(self) -> None:
        session = self._store.session
        groups = session.talkgroups if session is not None else ()
        self._offer(self._use_group, [(group.name, TalkgroupTarget(group.id)) for group in groups])

    def _offer_grids(self) -> None:
        nodes = self._store.picture.jurisdictions.values()
        wanted = [node for node in nodes if node.level in (Level.VILLAGE, Level.GRID)]
        self._offer(self._use_grid, [(node.name, JurisdictionTarget(JurisdictionId(node.id))) for node in wanted])

    def _offer(self, below: QPushButton, choices: list[tuple[str, OrderTarget]]) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for name, target in choices:
            action = QAction(name, menu)
            action.setData(target)
            menu.addAction(action)
        menu.triggered.connect(self._take_offered)
        menu.popup(below.mapToGlobal(below.rect().bottomLeft()))

    def _take_offered(self, action: QAction) -> None:
        self.set_target(action.data())

    # --- photos ---------------------------------------------------------------------------------------

    def _choose_photos(self) -> None:
        dialog = QFileDialog(self, self._text("composer.add_photo"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setNameFilter(self._text("composer.photo_filter"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.filesSelected.connect(self.add_photos)
        dialog.open()

    def add_photos(self, paths: list[str]) -> None:
        for path in paths:
            photo = read_photo(Path(path))
            if photo is None:
                self._acting.tell("warn", self._text("toast.no_photo", name=Path(path).name))
            elif len(self._photos) < MOST_PHOTOS:
                self._photos.append(photo)
        self._read()

    def _drop_photos(self) -> None:
        self._photos.clear()
        self._read()

    # --- sending --------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.InsertLineSeparator) or (
            event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            and event.modifiers() & Qt.KeyboardModifier.ControlModifier
        ):
            self.send()
            return
        super().keyPressEvent(event)

    def send(self) -> None:
        title = self.title_field.text().strip()
        if self._is_sending or not title or self._target is None:
            return
        minutes = int(self.deadline.chosen)
        draft = Draft(
            title=title,
            target=self._target,
            text=self.text_field.toPlainText().strip(),
            priority=OrderPriority(self.priority.chosen),
            place=self._place,
            deadline_at=self._store.server_now() + 60 * minutes if minutes else None,
        )
        self._is_sending = True
        self._refusal.hide()
        self._read_buttons()
        self._acting.start(self._issue(draft, tuple(self._photos)), self._answered, failed=self._failed)

    async def _issue(self, draft: Draft, photos: tuple[Photo, ...]) -> Outcome:
        """Photos first; the order only with all of them."""
        blob_ids: list[BlobId] = []
        for photo in photos:
            stored = await self._dispatch.attach(MEDIA_TYPE, photo.data)
            if isinstance(stored, Unsent):
                return Unsent()  # the photo may be kept, the order is not
            if not isinstance(stored, Done) or stored.subject is None:
                return stored
            blob_ids.append(BlobId(stored.subject))
        return await self._dispatch.issue(_with_photos(draft, tuple(blob_ids)))

    def _answered(self, answer: Outcome) -> None:
        self._is_sending = False
        match answer:
            case Done(subject=subject):
                self._empty()
                self.hide()
                if subject is not None:
                    self._selection.set_order(OrderId(subject))
                    self.issued.emit(subject)
                self._acting.tell("ok", self._text("toast.issued"))
            case Refused(code=code, text=sentence):
                self._refusal.setText(sentence or self._text.refusal(code))
                self._refusal.show()
            case Unsent(is_kept=True):
                self._empty()
                self.hide()
            case Unsent():
                self._refusal.setText(self._text("toast.unsent"))
                self._refusal.show()
        self._read_buttons()

    def _failed(self) -> None:
        self._is_sending = False
        self._read_buttons()

    def _throw_away(self) -> None:
        self._empty()
        self.hide()

    def _empty(self) -> None:
        self.title_field.clear()
        self.text_field.clear()
        self.priority.choose(OrderPriority.NORMAL.value)
        self.deadline.choose(str(DEADLINES_MIN[0]))
        self._target, self._place = None, None
        self._photos.clear()
        self._refusal.hide()
        self._read()


def _with_photos(draft: Draft, blob_ids: tuple[BlobId, ...]) -> Draft:
    return Draft(
        title=draft.title,
        target=draft.target,
        text=draft.text,
        priority=draft.priority,
        place=draft.place,
        deadline_at=draft.deadline_at,
        attachments=blob_ids,
    )


def _row(*parts: QWidget | None) -> QHBoxLayout:
    """Widgets side by side; None is what stretches."""
    row = QHBoxLayout()
    row.setSpacing(4)
    for part in parts:
        if part is None:
            row.addStretch(1)
        else:
            row.addWidget(part, 1 if isinstance(part, ElidedLabel) else 0)
    return row
