"""A desk's map of the whole city in a process of its own: prints the peak of its resident memory in MB.

The city comes as it would from the gateway, encoded; it is made by another process, whose memory is not the desk's.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from PySide6.QtWidgets import QApplication

AREA, PICTURE, POSITIONS = "area.json", "picture.json", "positions.bin"


def peak_mb() -> float:
    """Highest resident memory of this process so far."""
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) / 1024


def _make(folder: Path) -> None:
    from comms.domain.ids import CommandId
    from comms.protocol import codec
    from comms.protocol.area import encode_area
    from comms.protocol.frames import encode_positions
    from comms.protocol.pushes import PictureSnapshot
    from tests.bench.city import city_area, city_desk, columns_of

    store = city_desk(None).store
    (folder / AREA).write_bytes(encode_area(city_area()))
    (folder / PICTURE).write_text(codec.encode(PictureSnapshot(id=CommandId("c"), picture=store.picture)))
    (folder / POSITIONS).write_bytes(encode_positions(columns_of(store.positions)))


def _show(folder: Path) -> None:
    from comms.protocol import codec
    from comms.protocol.area import decode_area
    from tests.bench.map_bench import Bench, pan, zoom
    from tests.ui.map_town import Desk

    application = QApplication([])
    desk = Desk()
    desk.store.apply_push(codec.decode_push((folder / PICTURE).read_text()))
    desk.store.apply_positions((folder / POSITIONS).read_bytes())
    desk.store.apply_local(decode_area((folder / AREA).read_bytes()))
    bench = Bench(desk)
    bench.settle()
    for level in (None, 13.5, 16.5):
        home = bench.widget.view if level is None else bench.widget.view.zoomed(level, 800, 450)
        bench.frames(pan(home))
        bench.frames(zoom(home))
    sys.stdout.write(f"{peak_mb()}\n")
    bench.close()
    application.processEvents()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--make"]:
        _make(Path(sys.argv[2]))
    else:
        with tempfile.TemporaryDirectory() as made:
            subprocess.run([sys.executable, "-m", "tests.bench.map_memory", "--make", made], check=True)
            _show(Path(made))
