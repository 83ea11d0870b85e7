"""The mark of a drill: every window of a desk that sits at a drill's gateway says so, in one place.

The main window knows; what lies over it, and each dialog it opens, asks upwards and puts the strip on itself."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QLabel, QWidget

from comms.domain.realm import DRILL_NAME, Realm, marked

MARK = DRILL_NAME.strip(DRILL_NAME[0] + DRILL_NAME[-1])
"""The same in each language: whoever glances at it reads one half."""
_OF_DRILL = "isOfDrill"
_STRIP = "drillStrip"
_CROWN = "drillCrown"


def set_drill(window: QWidget, is_drill: bool) -> None:
    """Of the main window: from now on all that belongs to it is of a drill, or is not."""
    window.setProperty(_OF_DRILL, is_drill)


def is_of_drill(widget: QWidget | None) -> bool:
    """Asked of its window, and of the window that one belongs to."""
    while widget is not None:
        if widget.property(_OF_DRILL):
            return True
        widget = widget.parentWidget()
    return False


def set_crown(window: QWidget, height_px: int) -> None:
    """The band across a window's top, which nothing lies over."""
    window.setProperty(_CROWN, height_px)


def crown_of(window: QWidget) -> int:
    """How much of its top is the band's, in logical pixels."""
    return int(window.property(_CROWN) or 0)


def marked_for(widget: QWidget, words: str) -> str:
    """A heading of a paper, or a file's name, as it is written at this desk."""
    if DRILL_NAME in words or not is_of_drill(widget):
        return words
    return marked(words, Realm.DRILL) or DRILL_NAME


def strip_of(widget: QWidget) -> "DrillStrip | None":
    """The mark it bears."""
    found = widget.findChild(DrillStrip, _STRIP, Qt.FindChildOption.FindDirectChildrenOnly)
    return found if found is not None and not found.isHidden() else None


def show_mark(widget: QWidget) -> bool:
    """Put the strip on a sheet or a dialog, or take it off. True when that changed: it needs another height."""
    strip, wanted = strip_of(widget), is_of_drill(widget)
    if wanted == (strip is not None):
        return False
    if strip is not None:
        strip.leave()
    else:
        known = widget.findChild(DrillStrip, _STRIP, Qt.FindChildOption.FindDirectChildrenOnly)
        (known or DrillStrip(widget)).come()
    return True


class DrillStrip(QLabel):
    """Along the top of its widget, whose contents begin below it. A dialog's title says it as well."""

    def __init__(self, marked_widget: QWidget) -> None:
        super().__init__(MARK, marked_widget)
        self._marked = marked_widget
        self.setObjectName(_STRIP)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._margins = marked_widget.contentsMargins()

    def come(self) -> None:
        marked_widget = self._marked
        self._margins = marked_widget.contentsMargins()
        marked_widget.installEventFilter(self)
        self.show()
        self.raise_()
        self._take_room()
        self._mark_title()

    def leave(self) -> None:
        marked_widget = self._marked
        marked_widget.removeEventFilter(self)
        marked_widget.setContentsMargins(self._margins)
        self.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        match event.type():
            case QEvent.Type.Resize:
                self._lie()
            case QEvent.Type.StyleChange | QEvent.Type.FontChange:
                self._take_room()
            case QEvent.Type.WindowTitleChange:
                self._mark_title()
            case _:
                pass
        return False

    def _take_room(self) -> None:
        """A frame's own margins come back with each new style."""
        self.ensurePolished()
        margins = self._margins
        top = margins.top() + self.sizeHint().height()
        self._marked.setContentsMargins(margins.left(), top, margins.right(), margins.bottom())
        self._lie()

    def _lie(self) -> None:
        margins = self._margins
        width = self._marked.width() - margins.left() - margins.right()
        self.setGeometry(margins.left(), margins.top(), width, self.sizeHint().height())

    def _mark_title(self) -> None:
        window = self._marked
        title = window.windowTitle()
        if window.isWindow() and marked(title, Realm.DRILL) != title:
            window.setWindowTitle(marked(title, Realm.DRILL))
