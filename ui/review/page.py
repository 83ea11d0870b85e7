"""A page of the review."""

from PySide6.QtWidgets import QWidget

from ui.review.place import ReviewPlace


class ReviewPage(QWidget):
    def __init__(self, place: ReviewPlace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._place = place

    def show_run(self, *_: object) -> None:
        """The drill, the language or what was said of it is another. What a signal brings along says nothing."""
        raise NotImplementedError
