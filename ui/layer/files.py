"""Layers from files on this desk: read aside, at import and at each start, kept whatever becomes of them."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, Signal

from comms.domain.datum import Datum
from console.gate import Gate
from console.layers.features import Features
from console.layers.files.kind import Kind
from console.layers.files.peek import Peek, peek
from console.layers.files.reading import Request, read
from console.layers.files.report import Reading, Report
from console.layers.files.writing import Writing, write
from console.layers.layer import FileSource, Layer, LayerId
from console.layers.own import features_for, request_of
from console.layers.shelf import FileShelf
from ui.background import Background
from ui.errand import Errand
from ui.map.layer_data import Shown

if TYPE_CHECKING:
    from ui.layer.desk import LayerDesk

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be written where. `features` is called on the worker: of a city it takes a moment."""

    features: Callable[[], Features]
    path: Path
    kind: Kind
    datum: Datum
    table: str


class LayerFiles(QObject):
    """`changed` says that a layer from a file is in another state than before; `troubled` that kept ones could not be
    read at the start, with their names; `notKept` that the disk did not take the list of them, and why."""

    changed = Signal()
    troubled = Signal(list)
    notKept = Signal(str)

    def __init__(self, desk: "LayerDesk", gate: Gate) -> None:
        super().__init__(desk)
        self._desk = desk
        self._gate = gate
        self._shelf: FileShelf | None = None
        self._background = Background(gate, self)
        self._errands: list[Errand] = []
        self._reading: dict[LayerId, Errand] = {}
        self._reports: dict[LayerId, Report] = {}

    def keep_on(self, shelf: FileShelf) -> None:
        """What was kept there is in the catalogue at once, and on the map as soon as it is read."""
        self._shelf = shelf
        for layer in shelf.layers:
            self._desk.hold(layer)
        self._read_again(shelf.layers)

    def stop(self) -> None:
        """Give up what is under way."""
        for errand in self._errands:
            errand.is_wanted = False
        self._background.stop()

    # --- how they are ---------------------------------------------------------------------------------------

    def layer_ids(self) -> tuple[LayerId, ...]:
        return tuple(layer.id for layer in self._desk.book.layers if isinstance(layer.source, FileSource))

    def report(self, layer_id: LayerId) -> Report | None:
        """Of the last reading; None while there was none."""
        return self._reports.get(layer_id)

    def errand(self, layer_id: LayerId) -> Errand | None:
        """While it is being read."""
        return self._reading.get(layer_id)

    # --- reading and writing --------------------------------------------------------------------------------

    def look_into(self, path: str, table: str, encoding: str, done: Callable[[Peek], None]) -> None:
        self._background.start(lambda: peek(path, table, encoding), done)

    def read(self, request: Request, done: Callable[[Reading], None], failed: Callable[[], None]) -> Errand:
        """`failed` when it broke for a reason that is no file's."""
        return self._start(lambda errand: read(request, errand), done, failed)

    def write(self, wish: Wish, done: Callable[[Writing], None], failed: Callable[[], None]) -> Errand:
        def work(errand: Errand) -> Writing:
            features = wish.features()
            return write(features, wish.path, wish.kind, datum=wish.datum, table=wish.table, progress=errand)

        return self._start(work, done, failed)

    def _start(
        self, work: Callable[[Errand], T], done: Callable[[T], None], failed: Callable[[], None]
    ) -> Errand:  # fmt: skip
        errand = Errand(self._gate.bystander())
        self._errands.append(errand)

        def finish(result: T) -> None:
            self._errands.remove(errand)
            done(result)

        def give_up() -> None:
            self._errands.remove(errand)
            failed()

        self._background.start(lambda: work(errand), finish, failed=give_up)
        return errand

    def aside(self, work: Callable[[], str], done: Callable[[str], None]) -> None:
        """Something short for the disk."""
        self._background.start(work, done)

    # --- the book -------------------------------------------------------------------------------------------

    def add(self, layer: Layer, features: Features, report: Report) -> None:
        self._reports[layer.id] = report
        self._desk.add(Shown(layer, features))
        self._keep()

    def remove(self, layer_id: LayerId) -> None:
        """From the catalogue; the file stays."""
        self._reports.pop(layer_id, None)
        errand = self._reading.pop(layer_id, None)
        if errand is not None and errand not in self._reading.values():
            errand.is_wanted = False
        self._desk.remove(layer_id)
        self._keep()

    def read_again(self, layer_id: LayerId) -> None:
        """The file may be back, or another one in its place."""
        layer = self._desk.book.layer(layer_id)
        if layer is not None and isinstance(layer.source, FileSource) and layer_id not in self._reading:
            self._read_again((layer,))

    def _read_again(self, layers: tuple[Layer, ...]) -> None:
        """Each file once, however many layers it became."""
        wanted: dict[Request, list[Layer]] = {}
        for layer in layers:
            if isinstance(layer.source, FileSource):
                wanted.setdefault(request_of(layer.source), []).append(layer)
        for request, of_file in wanted.items():
            self._read_one(request, tuple(layer.id for layer in of_file))
        self.changed.emit()

    def _read_one(self, request: Request, layer_ids: tuple[LayerId, ...]) -> None:
        def done(reading: Reading) -> None:
            self._take(reading, layer_ids)

        def failed() -> None:
            self._forget_errands(layer_ids)

        errand = self.read(request, done, failed)
        self._reading.update(dict.fromkeys(layer_ids, errand))

    def _take(self, reading: Reading, layer_ids: tuple[LayerId, ...]) -> None:
        """A layer removed meanwhile stays so; one whose features are gone keeps its place in the catalogue."""
        lost = []
        for layer_id in layer_ids:
            layer = self._desk.book.layer(layer_id)
            if layer is None or not isinstance(layer.source, FileSource):
                continue
            self._reports[layer_id] = reading.report
            features = features_for(layer.source, reading)
            if features is None:
                self._desk.hold(layer)
                lost.append(layer.name)
            else:
                self._desk.add(Shown(layer, features))
        self._forget_errands(layer_ids)
        if lost and not reading.report.is_cancelled:
            self.troubled.emit(lost)

    def _forget_errands(self, layer_ids: tuple[LayerId, ...]) -> None:
        for layer_id in layer_ids:
            self._reading.pop(layer_id, None)
        self.changed.emit()

    def _keep(self) -> None:
        self.changed.emit()
        if self._shelf is not None:
            try:
                self._shelf.keep(layer for layer in self._desk.book.layers if isinstance(layer.source, FileSource))
            except OSError as error:
                self.notKept.emit(str(error))
