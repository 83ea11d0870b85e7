"""The pages of the review, side by side."""

from PySide6.QtWidgets import QTabWidget, QWidget

from ui.review.compare_page import ComparePage
from ui.review.improve_page import ImprovePage
from ui.review.page import ReviewPage
from ui.review.people_page import PeoplePage
from ui.review.place import ReviewPlace
from ui.review.rate_page import RatePage
from ui.review.score_page import ScorePage
from ui.review.timeline_page import TimeLinePage
from ui.review.training_page import TrainingPage


class Pages(QTabWidget):
    """Alt and the number behind a name shows a page."""

    def __init__(self, place: ReviewPlace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._place = place
        self.setObjectName("review_tabs")
        self.score = ScorePage(place, self)
        self.people = PeoplePage(place, self)
        self.time_line = TimeLinePage(place, self)
        self.rate = RatePage(place, self)
        self.improve = ImprovePage(place, self)
        self.compare = ComparePage(place, self)
        self.training = TrainingPage(place, self)
        self.by_name: dict[str, ReviewPage] = {
            "score": self.score,
            "people": self.people,
            "time_line": self.time_line,
            "rate": self.rate,
            "improve": self.improve,
            "compare": self.compare,
            "training": self.training,
        }
        for page in self.by_name.values():
            self.addTab(page, "")

    def show_run(self) -> None:
        text = self._place.text
        for at, (name, page) in enumerate(self.by_name.items()):
            self.setTabText(at, f"{text(f'review.page.{name}')}  {at + 1}")
            self.setTabToolTip(at, f"Alt+{at + 1}")
            page.show_run()

    def show_page(self, name: str) -> None:
        self.setCurrentWidget(self.by_name[name])
