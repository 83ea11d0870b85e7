"""The duty's sheet: roster, handover and log of one post, worked by keyboard alone."""

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QComboBox, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from comms.domain.duty import DutyPost
from comms.domain.ids import PostId
from comms.domain.picture import Picture
from console.store.notices import Changed, Notice, Reset
from ui.duty.controls import DutyControls
from ui.duty.export import DutyExport
from ui.duty.handover_page import HandoverPage
from ui.duty.log_page import LogPage
from ui.duty.roster_page import RosterPage
from ui.support.leaving import leaving_of
from ui.watch import follow
from ui.widgets.choices import Choices
from ui.widgets.labels import label
from ui.widgets.overlay import Corner, Sheet
from ui.widgets.row import row_of
from ui.workplace import Workplace

_SOON_MS = 300
"""The handover page is made anew so often at most: it goes through all that is open."""
PAGES = ("roster", "handover", "log")
_OWN = frozenset({"post", "shift", "swap", "handover", "officer"})
_ON_THE_SHEET = _OWN | {
    "incident", "case", "order", "alarm", "unit", "fault", "call", "talkgroup", "video", "work_order",
}  # fmt: skip


class DutySheet(Sheet):
    def __init__(self, place: Workplace) -> None:
        super().__init__(place.host, Corner.CENTRE)
        self._place, self._store, self._text, self._look = place, place.store, place.text, place.look
        self.controls = DutyControls(
            store=place.store, rota=place.actions.rota, acting=place.acting, text=place.text, parent=self
        )
        self.export = DutyExport(
            place.host,
            place.background,
            place.acting,
            place.text,
            stand_back=place.store.gate.bystander(),
            leaving=leaving_of(place, self),
            picture=self._picture,
            parent=self,
        )
        self._title = label(tone="title", parent=self)
        self.pages = Choices(PAGES, "duty_page", place.text, self)
        self.post_box = QComboBox(self)
        self.close_button = QPushButton(self)
        self.close_button.setProperty("tone", "flat")
        self.fault = label(tone="danger", wraps=True, parent=self)
        self.roster = RosterPage(place, self.controls, self.fault, self)
        self.handover = HandoverPage(place, self.controls, self.export, self)
        self.log = LogPage(place, self.controls, self.export, self)
        self.stack = QStackedWidget(self)
        for page in (self.roster, self.handover, self.log):
            self.stack.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.addLayout(row_of(self._title, self.pages, None, self.post_box, self.close_button))
        column.addWidget(self.stack, 1)
        column.addWidget(self.fault)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_SOON_MS)
        self._soon.timeout.connect(self.handover.show_post)
        self._connect()
        self._read()

    def _picture(self) -> Picture:
        return self._store.picture

    def _connect(self) -> None:
        self.pages.changed.connect(self.turn_to)
        self.post_box.currentIndexChanged.connect(self._take_post)
        self.close_button.clicked.connect(self.dismiss)
        self.controls.refused.connect(self.fault.setText)
        self.controls.done.connect(self.fault.clear)
        self.export.advanced.connect(self.handover.offer)
        self._text.changed.connect(self._read)
        follow(self, self._store, self._notice)

    def wanted_width(self) -> int:
        return self._look.px(1080)

    def wanted_height(self) -> int:
        return self._look.px(640)

    # --- opening --------------------------------------------------------------------------------------------

    def open(self) -> None:
        self.open_at(self.pages.chosen)

    def open_at(self, name: str) -> None:
        self.fault.clear()
        if self.post_box.count() == 0:
            self.roster.begin()
        self._list_posts()
        self.appear()
        self.turn_to(name)
        first: dict[str, QWidget] = {"roster": self.roster.view, "handover": self.handover.view, "log": self.log.view}
        first[name].setFocus()

    def turn_to(self, name: str) -> None:
        self.pages.choose(name)
        self.stack.setCurrentIndex(PAGES.index(name))
        self._take_post()

    @property
    def post(self) -> DutyPost | None:
        return self._store.picture.duty.posts.get(PostId(str(self.post_box.currentData() or "")))

    # --- showing --------------------------------------------------------------------------------------------

    def _list_posts(self) -> None:
        """The one chosen stays; at first the one where this officer is on duty or on the roster."""
        kept, book, now = self.post_box.currentData(), self._store.picture.duty, self._store.server_now()
        posts = self.controls.posts()
        self.post_box.blockSignals(True)
        self.post_box.clear()
        for post in posts:
            self.post_box.addItem(post.name, post.id)
        mine = [post.id for post in posts if self.controls.me in book.on_duty(post.id)]
        mine += [post.id for post in posts if self._is_planned(post.id, now)]
        chosen = kept if kept is not None else (mine[0] if mine else None)
        self.post_box.setCurrentIndex(max(0, self.post_box.findData(chosen)) if posts else -1)
        self.post_box.blockSignals(False)

    def _is_planned(self, post_id: PostId, now: float) -> bool:
        """This officer is on the roster of now."""
        state = self._store.picture.duty.now(post_id, now)
        return state is not None and self.controls.me in state.shift.officers

    def _take_post(self, *_: object) -> None:
        post = self.post
        match self.pages.chosen:
            case "roster":
                self.roster.take_post(post)
            case "handover":
                self.handover.take_post(post)
            case _:
                self.log.show_post(post.id if post is not None else None)

    def _notice(self, notice: Notice) -> None:
        if not self.isVisible():
            return
        is_reset = isinstance(notice, Reset)
        noun = notice.noun if isinstance(notice, Changed) else ""
        if is_reset or noun == "post":
            self._list_posts()
            self._take_post()
        elif noun in _OWN and self.pages.chosen == "roster":
            self.roster.show_post()
        elif noun in _ON_THE_SHEET and self.pages.chosen == "handover" and not self._soon.isActive():
            self._soon.start()

    def _read(self) -> None:
        text = self._text
        self._title.setText(text("duty.title"))
        self.close_button.setText(text("duty.button.close"))
        self.post_box.setAccessibleName(text("duty.post"))
        self.pages.retranslate()
        pages: tuple[RosterPage | HandoverPage | LogPage, ...] = (self.roster, self.handover, self.log)
        for name, page in zip(PAGES, pages, strict=True):
            page.setAccessibleName(text(f"duty_page.{name}"))
            page.retranslate()


class Opened:
    """The sheet, opened at a page."""

    def __init__(self, place: Workplace, page: str) -> None:
        found = [child for child in place.host.children() if isinstance(child, DutySheet)]
        self.sheet = found[0] if found else DutySheet(place)
        self._page = page

    def open(self) -> None:
        self.sheet.open_at(self._page)

    def isVisible(self) -> bool:
        return self.sheet.isVisible()

    def dismiss(self) -> None:
        self.sheet.dismiss()
