"""`python -m console --review`: the review (复盘) of drills in a process of its own, so that the desk that is on duty
goes on whatever is read here."""

import argparse
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache, partial
from importlib import resources
from pathlib import Path
from types import TracebackType

import msgspec
from PySide6.QtWidgets import QApplication

from comms.domain.drill_events import DrillBegan
from comms.domain.events import Recorded
from comms.domain.scenario import Scenario
from comms.domain.score import NoDrillError
from comms.drill.score_command import load_scenario, nearest_in
from comms.journal.errors import JournalDamagedError
from comms.journal.reading import made_at, read_events
from comms.protocol.errors import Locale
from comms.scenario.scenario_file import ScenarioFileError
from console.aar import certificate_bytes, frames_of, report_bytes, town_area, training
from console.collecting import collecting_here
from console.drill.review import review_of
from console.drill.run import CannotReadError, Run, Step
from console.drill.training import TrainingRecord
from console.settings import SettingsFile
from ui.bulletin.draw import Charts, Drawing
from ui.review.window import ReviewWindow
from ui.text import Texts
from ui.theme import DARK, THEMES, Look, prepare

_STEP_EVENTS = 500
SWITCH_S = 0.0002
"""As the desk has it: a thread that wants the interpreter gets it after so long."""


class Reader:
    """See `console.drill.run.RunReader`."""

    def __init__(self, scenario_folders: Iterable[Path]) -> None:
        self._folders = tuple(scenario_folders)
        self._known = cache(_scenarios_in)

    def read(self, data: Path, scenario_path: Path | None, step: Step) -> Run:
        try:
            records = list(_counted(read_events(data), step))
            path, scenario = self._scenario(data, records, scenario_path)
            nearest = nearest_in(data, records)
            step(len(records))
            review = review_of(scenario, _counted(records, step), nearest=nearest)
        except FileNotFoundError:
            raise CannotReadError("review.cannot.no_journal", path=str(data)) from None
        except JournalDamagedError as error:
            raise CannotReadError("review.cannot.damaged", why=str(error)) from None
        except NoDrillError:
            raise CannotReadError("review.cannot.no_drill", path=str(data)) from None
        except OSError as error:
            raise CannotReadError("review.cannot.read", why=error.strerror or str(error)) from None
        return Run(data=data, scenario_path=path, review=review, held_at=made_at(data))

    def _scenario(self, data: Path, records: list[Recorded], given: Path | None) -> tuple[Path, Scenario]:
        if given is not None:
            try:
                return given, load_scenario(given)
            except ScenarioFileError as error:
                raise CannotReadError("review.cannot.scenario", path=str(given), why=str(error)) from None
        began = next((one.event for one in reversed(records) if isinstance(one.event, DrillBegan)), None)
        if began is None:
            raise NoDrillError
        known = [found for folder in (data, data.parent, *self._folders) for found in self._known(folder)]
        same = [found for found in known if found[1].digest == began.digest]
        alike = [found for found in known if found[1].id == began.scenario_id]
        if not same and not alike:
            raise CannotReadError("review.cannot.which_scenario", scenario=began.scenario_id)
        return (same or alike)[0]

    def report(self, suffix: str, runs: list[Run], locale: Locale, step: Step) -> bytes:
        run = runs[-1]
        records = list(_counted(read_events(run.data), step))
        area = town_area(run.review.scenario, run.scenario_path.parent)
        tracks = nearest_in(run.data, records)
        step(len(records))
        reviews = [each.review for each in runs]
        return report_bytes(
            suffix,
            reviews,
            locale,
            frames=lambda: frames_of(run.review, tracks, area),
            stand_back=lambda: step(len(records)),
            held_at=run.held_at,
            charts=_drawn_apart,
        )

    def certificates(self, records: list[TrainingRecord], locale: Locale, step: Step) -> bytes:
        return certificate_bytes(records, locale, stand_back=lambda: step(0))

    def training(self, run: Run) -> tuple[TrainingRecord, ...]:
        return training(run.review, held_at=run.held_at)


def _drawn_apart(wish: Drawing) -> Charts:
    """What draws holds the interpreter for a third of a second: so it is a program of its own."""
    program = [sys.executable, "-m", "console.child", str(os.getpid()), "ui.bulletin.draw"]
    done = subprocess.run(program, input=msgspec.json.encode(wish), capture_output=True, check=True)
    return msgspec.json.decode(done.stdout, type=Charts)


def _counted(records: Iterable[Recorded], step: Step) -> Iterator[Recorded]:
    for number, recorded in enumerate(records):
        if number % _STEP_EVENTS == 0:
            step(number)
        yield recorded


def _scenarios_in(folder: Path) -> list[tuple[Path, Scenario]]:
    """What cannot be read is none: the record may be scored by another."""
    found = []
    for path in sorted(folder.glob("*.y*ml")):
        try:
            found.append((path, load_scenario(path)))
        except (OSError, ScenarioFileError):
            continue
    return found


def review_window(options: argparse.Namespace) -> ReviewWindow:
    """To be shown by the caller; what the options name is being read already."""
    settings = SettingsFile(options.settings).load().settings
    own = Path(str(resources.files("resources").joinpath("scenarios")))
    window = ReviewWindow(
        Reader((own,)),
        look=Look(THEMES.get(settings.theme, DARK)),
        text=Texts(settings.locale),
        kept=options.settings.with_name("review.json"),
        today=lambda: date.today().isoformat(),
    )
    if options.review != Path():
        window.open_path(options.review, options.scenario)
    else:
        window.open_last_folder()
    return window


def show_review(options: argparse.Namespace) -> int:
    """Until the window is closed."""
    sys.setswitchinterval(SWITCH_S)
    application = QApplication(sys.argv[:1])
    prepare(application)
    window = review_window(options)
    window.show()
    sys.excepthook = partial(_on_exception, window)  # the last border: what goes wrong is said, and the window stays
    try:
        with collecting_here():
            return application.exec()
    finally:
        sys.excepthook = sys.__excepthook__
        window.stop()


def _on_exception(
    window: ReviewWindow, kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    sys.__excepthook__(kind, error, trace)
    if issubclass(kind, Exception):
        window.say_fault(f"{kind.__name__}: {error}")
