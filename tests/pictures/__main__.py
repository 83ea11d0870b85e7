"""`make pictures`: the real desk's map over real data at city, town and street zoom, dark and light, for looking at.

Written to build/pictures/real/. Skips everything where the real data is not at hand."""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

from PySide6.QtWidgets import QApplication

from tests.pictures.real_data import data_folder
from tests.pictures.subjects import SUBJECTS
from ui.theme import THEMES, prepare

FOLDER = Path("build/pictures/real")


def photograph(name: str, data: Path, folder: Path) -> None:
    subject = SUBJECTS[name]
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as aside:
        sitting = subject.sit(data, Path(aside))
        for theme in THEMES.values():
            sitting.dress(theme)
            for view, (lat, lon, zoom) in subject.views.items():
                sitting.map.centre_on(lat, lon, zoom)
                sitting.photograph(folder / f"{name}-{view}-{theme.name}.png")
        sitting.leave()
    sys.stdout.write(f"{name}: {2 * len(subject.views)} pictures, {time.perf_counter() - started:.0f} s\n")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.pictures", description=__doc__)
    parser.add_argument("names", nargs="*", help=", ".join(SUBJECTS))
    wanted = parser.parse_args().names or list(SUBJECTS)
    data = data_folder()
    if data is None:
        sys.stdout.write("the real data is not here\n")
        return 0
    with tempfile.TemporaryDirectory() as cache:
        os.environ["XDG_CACHE_HOME"] = cache
        application = QApplication.instance() or QApplication([])
        assert isinstance(application, QApplication)
        prepare(application)
        for name in wanted:
            photograph(name, data, FOLDER)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
