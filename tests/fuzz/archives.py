"""Files of several parts: XLSX sheets, exported replays, base maps, GeoPackages. An input whose first byte is not 0
takes the place of one part of a good file, so that what is inside is reached, too."""

import io
import sqlite3
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec

from comms.adapters.sheet import XLSX_TYPE, SheetError, read_sheet
from comms.domain.decoding import UNREADABLE
from comms.domain.ids import UnitId
from comms.domain.picture import Picture
from comms.journal.chain import Row, find_break
from comms.journal.mbtiles import MapFileError, MbTiles
from comms.journal.replay import archive_format as form
from comms.journal.replay.archive import Archive
from comms.journal.replay.source import SourceError
from comms.protocol.track_chunk import decode_chunks, encode_chunk
from comms.scenario.exchange import ExchangeError
from comms.scenario.msel import read_msel, xlsx_of
from console.duty.roster_file import Known, read_roster
from console.layers.files.peek import peek
from console.layers.files.reading import Request, read
from console.scenario.blank import blank
from tests.fuzz.papers import SOURCE, holds
from tests.fuzz.target import Take, Target
from tests.fuzz.wire import track_rows

_BASE = blank("fuzz")
Parts = dict[str, bytes]
_UNIT = UnitId("u1")
_ROW = Row(
    seq=1, at=495_000 * 3600.0, actor="gateway", kind="note.added", payload=b'{"kind":"note.added","text":"x"}',
    command_id=None, previous=bytes(32), hash=bytes(32),
)  # fmt: skip


def zipped(parts: Parts) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, data in parts.items():
            archive.writestr(zipfile.ZipInfo(name), data)
    return packed.getvalue()


def replaced(parts: Parts, data: bytes) -> Parts:
    """The part that the first byte names, by its number from 1, is what follows."""
    names = sorted(parts)
    return {**parts, names[(data[0] - 1) % len(names)]: data[1:]}


def _unzipped(data: bytes) -> Parts:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


# --- XLSX -----------------------------------------------------------------------------------------------------------


@contextmanager
def _xlsx(folder: Path) -> Iterator[Take]:
    parts = _unzipped(_workbook())
    layer = folder / "layer.xlsx"

    def take(data: bytes) -> None:
        book = data[1:] if data[:1] in (b"", b"\x00") else zipped(replaced(parts, data))
        try:
            for received in read_sheet(book, SOURCE, media_type=XLSX_TYPE):
                holds(received)
        except SheetError:
            pass
        try:
            read_msel(book, _BASE)
        except ExchangeError:
            pass
        layer.write_bytes(book)
        read(Request(path=str(layer)))
        peek(str(layer))
        read_roster(layer, Known({}, {}))

    yield take


def _workbook() -> bytes:
    from openpyxl import Workbook

    book, packed = Workbook(), io.BytesIO()
    rows = [["source_id", "kind", "text", "lat", "lon"], ["1", "积水", "t", 23.0, 113.7], ["2", None, True, "x", 1e300]]
    for row in rows:
        book.active.append(row)
    book.save(packed)
    return packed.getvalue()


def _xlsx_seeds() -> Iterable[bytes]:
    parts = _unzipped(_workbook())
    for number, name in enumerate(sorted(parts), start=1):
        if len(parts[name]) < 2500:
            yield bytes((number,)) + parts[name]
        yield bytes((number,)) + b"x"
    yield b"\x00" + zipped({"xl/workbook.xml": b"<workbook/>", "[Content_Types].xml": b"<Types/>"})
    yield b"\x00" + xlsx_of(_BASE)[:1500]


# --- exported replays -----------------------------------------------------------------------------------------------


def replay_parts() -> Parts:
    """A stretch of an event, an hour of a unit, a blob."""
    picture = msgspec.json.encode(Picture())
    blob = b"OggS"
    parts = {
        form.START: picture,
        form.events_name(1): form.encode_rows([_ROW]),
        form.VOICES: b"[]",
        form.TRACKS_BEFORE: form.encode_chunks([]),
        form.tracks_name(495_000): form.encode_chunks([(_UNIT, encode_chunk(track_rows(2)))]),
        f"blobs/{sha256(blob).hexdigest()}.ogg": blob,
        form.START_AGAIN: picture,
    }
    contents = _contents(parts)
    return {form.CONTENTS: contents, **parts, form.CONTENTS_AGAIN: contents}


def _contents(parts: Parts) -> bytes:
    members = tuple(
        form.Member(name=name, size=len(data), sha256=sha256(data).hexdigest()) for name, data in parts.items()
    )
    zero = bytes(32).hex()
    return msgspec.json.encode(
        form.Contents(
            journal=zero, made_at=1.0, from_at=495_000 * 3600.0, to_at=495_001 * 3600.0, start_seq=0, start_hash=zero,
            last_seq=1, last_hash=zero, members=members,
        )
    )  # fmt: skip


@contextmanager
def _replay(folder: Path) -> Iterator[Take]:
    parts, path = replay_parts(), folder / "hour.wgreplay"

    def take(data: bytes) -> None:
        if data[:1] in (b"", b"\x00"):
            path.write_bytes(data[1:])
        else:
            made = replaced(parts, data)
            inner = {name: part for name, part in made.items() if not name.startswith("contents")}
            if made[form.CONTENTS] == parts[form.CONTENTS] and made[form.CONTENTS_AGAIN] == parts[form.CONTENTS_AGAIN]:
                made = {form.CONTENTS: _contents(inner), **inner}  # a list that vouches for the forged part
            path.write_bytes(zipped(made))
        try:
            archive = Archive(path)
        except SourceError:
            return
        with closing(archive):
            _look_through(archive)

    yield take


def _look_through(archive: Archive) -> None:
    """All that a replay asks of it; each may be refused."""
    questions: list[Any] = [
        archive.end,
        archive.check,
        archive.loose,
        lambda: find_break(archive.rows(archive.start.seq, 100), after_seq=archive.start.seq, head=archive.start.head),
        lambda: archive.hash_of(1),
        lambda: decode_chunks([data for _, data in archive.chunks(495_000)]),
        lambda: decode_chunks([data for _, data in archive.chunks_before(495_001)]),
        lambda: archive.chunks_of(_UNIT, 0, 1 << 40),
        *(lambda blob_id=blob_id: archive.blob(blob_id) for blob_id in list(archive._blobs)),
    ]
    for question in questions:
        try:
            question()
        except (SourceError, *UNREADABLE):
            continue


def _replay_seeds() -> Iterable[bytes]:
    parts = replay_parts()
    for number, name in enumerate(sorted(parts), start=1):
        if name != form.START_AGAIN:
            yield bytes((number,)) + parts[name][:3000]
    whole = zipped(parts)
    yield b"\x00" + whole[: len(whole) // 2]


# --- base maps ------------------------------------------------------------------------------------------------------


@contextmanager
def _mbtiles(folder: Path) -> Iterator[Take]:
    path = folder / "map.mbtiles"

    def take(data: bytes) -> None:
        path.write_bytes(data)
        try:
            tiles = MbTiles(path)
        except MapFileError:
            return
        with closing(tiles):
            for z, x, y in ((0, 0, 0), (tiles.zoom_to % 30, 1, 1)):
                tiles.tile(z=z, x=x, y=y)

    yield take


def _mbtiles_seeds() -> Iterable[bytes]:
    with closing(sqlite3.connect(":memory:")) as database:
        database.execute("PRAGMA page_size = 512")
        database.execute("CREATE TABLE metadata (name TEXT, value TEXT)")
        database.execute("CREATE TABLE tiles (zoom_level INT, tile_column INT, tile_row INT, tile_data BLOB)")
        database.executemany("INSERT INTO metadata VALUES (?, ?)", [("format", "png"), ("name", "m")])
        database.execute("INSERT INTO tiles VALUES (0, 0, 0, x'89504e47')")
        database.commit()
        yield database.serialize()
        database.execute("UPDATE tiles SET zoom_level = 'x'")
        database.commit()
        yield database.serialize()


# --- GeoPackages ----------------------------------------------------------------------------------------------------


@contextmanager
def _geopackage(folder: Path) -> Iterator[Take]:
    """What GDAL does not open is read page by page; the first byte says which of the two is tried."""
    from console.layers.files.salvage import Salvage
    from console.layers.files.sqlite_pages import PageSpoilt

    path = folder / "layer.gpkg"

    def take(data: bytes) -> None:
        path.write_bytes(data[1:])
        if data[:1] == b"\x01":
            read(Request(path=str(path)))
            peek(str(path))
            return
        from console.layers.files.gathering import Gatherer
        from console.layers.reference import read_reference

        reference = read_reference("wgs84")
        assert reference is not None
        try:
            salvage = Salvage(path)
            for table in salvage.tables():
                salvage.read(table, Gatherer(reference), lambda *_: True, 0)
        except PageSpoilt:
            pass

    yield take


def _geopackage_seeds() -> Iterable[bytes]:
    with closing(sqlite3.connect(":memory:")) as database:
        database.execute("PRAGMA page_size = 512")
        database.execute("PRAGMA application_id = 0x47504B47")
        database.execute("CREATE TABLE gpkg_spatial_ref_sys (srs_id INTEGER)")
        database.execute("CREATE TABLE gpkg_geometry_columns (table_name TEXT, column_name TEXT, srs_id INTEGER)")
        database.execute("INSERT INTO gpkg_geometry_columns VALUES ('p', 'geom', 4326)")
        database.execute("CREATE TABLE p (fid INTEGER PRIMARY KEY, geom BLOB, name TEXT)")
        point = "47500001e6100000" + "0101000000" + "cdcccccccc6c5c40" + "0000000000003740"
        database.executemany("INSERT INTO p VALUES (?, ?, ?)", [(n, bytes.fromhex(point), f"n{n}") for n in range(3)])
        database.commit()
        data = database.serialize()
    yield b"\x00" + data
    yield b"\x01" + data


TARGETS = (
    Target("xlsx", _xlsx, _xlsx_seeds, most_bytes=3000),
    Target("replay", _replay, _replay_seeds, most_bytes=4000),
    Target("mbtiles", _mbtiles, _mbtiles_seeds, most_bytes=4096),
    Target("geopackage", _geopackage, _geopackage_seeds, most_bytes=8000),
)
