"""A desk's map of the whole city in a process of its own: prints the peak of its resident memory in MB."""

import sys
from pathlib import Path

from PySide6.QtWidgets import QApplication


def peak_mb() -> float:
    """Highest resident memory of this process so far."""
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) / 1024


if __name__ == "__main__":
    from tests.bench.city import city_area, city_desk
    from tests.bench.map_bench import Bench, pan, zoom

    application = QApplication([])
    bench = Bench(city_desk(city_area()))
    bench.settle()
    for level in (None, 13.5, 16.5):
        home = bench.widget.view if level is None else bench.widget.view.zoomed(level, 800, 450)
        bench.frames(pan(home))
        bench.frames(zoom(home))
    sys.stdout.write(f"{peak_mb()}\n")
    bench.close()
