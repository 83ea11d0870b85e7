"""Places to visit by the command line: a sheet read into the register, and what hangs at the doors for a fleet."""

import json
import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from comms.domain.ids import GATEWAY, JurisdictionId, PatrolPlaceId
from comms.domain.patrol import LOWEST_LEVEL, PatrolPlace, number_of
from comms.domain.patrol_codes import SECRET_BYTES, scanned_code
from comms.domain.patrol_events import PatrolPlacesPublished
from comms.gateway.clock import SystemClock
from comms.gateway.options import Options
from comms.gateway.patrol_area import read_places
from comms.gateway.running import Storage, open_storage
from comms.gateway.town import TownError
from comms.journal import visits
from comms.protocol.area import decode_area
from comms.protocol.patrol_places import MEDIA_TYPE, PlaceRegister, decode_places, encode_places

HEADER = ("编号", "名称", "类别", "纬度", "经度", "地址", "等级")
"""The sheet's columns, in any order; the last two may be missing. Degrees are WGS-84."""
_NEEDED = 5


async def import_places(options: Options) -> None:
    """Those of the sheet take the place of those with the same number; the others stay."""
    assert options.file is not None
    rows = _rows(options.file)
    read, wrong = _read(rows)
    async with open_storage(options.data, clock=SystemClock()) as storage:
        before = await _register(storage)
        places = {place.id: place for place in (*before, *read)}
        blob_id = await storage.blobs.put(encode_places(PlaceRegister(places=tuple(places.values()))), MEDIA_TYPE)
        published = PatrolPlacesPublished(blob_id=blob_id, count=len(places))
        await storage.journal.record(GATEWAY, [published])
    sys.stdout.writelines(f"row {number} not read: {what}\n" for number, what in wrong)
    sys.stdout.write(f"{len(read)} places read, {len(wrong)} rows not read, {len(places)} in the register.\n")


async def _register(storage: Storage) -> Iterable[PatrolPlace]:
    blob_id = storage.journal.picture.patrols.places_blob_id
    blob = await storage.blobs.get(blob_id) if blob_id is not None else None
    return decode_places(blob.data).places if blob is not None else ()


def _rows(path: Path) -> list[tuple[Any, ...]]:
    import openpyxl

    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except FileNotFoundError:
        raise TownError(f"There is no file {path}.") from None
    except Exception as error:  # noqa: BLE001 - openpyxl raises whatever a broken archive makes it raise
        raise TownError(f"{path} is no XLSX workbook: {error}.") from None
    rows = [tuple(row) for row in book.worksheets[0].iter_rows(values_only=True)]
    book.close()
    return rows


def _read(rows: list[tuple[Any, ...]]) -> tuple[list[PatrolPlace], list[tuple[int, str]]]:
    """The places, and by row what cannot be read. Raises TownError without the header."""
    head = [str(cell or "").strip() for cell in rows[0]] if rows else []
    missing = [name for name in HEADER[:_NEEDED] if name not in head]
    if missing:
        raise TownError(f"The sheet lacks the columns {', '.join(missing)}.")
    found: list[PatrolPlace] = []
    wrong: list[tuple[int, str]] = []
    for number, row in enumerate(rows[1:], start=2):
        cells = {name: str(row[at] if row[at] is not None else "").strip() for at, name in enumerate(head)}
        place = _place(cells)
        if isinstance(place, PatrolPlace):
            found.append(place)
        else:
            wrong.append((number, place))
    return found, wrong


def _place(cells: dict[str, str]) -> PatrolPlace | str:
    lat, lon, level = (number_of(cells.get(name, "")) for name in ("纬度", "经度", "等级"))
    if not (cells["编号"] and cells["名称"] and cells["类别"]):
        return "编号、名称、类别不能为空"
    if lat is None or lon is None or abs(lat) > 90 or abs(lon) > 180 or lat == lon == 0:
        return "经纬度无效"
    return PatrolPlace(
        id=PatrolPlaceId(f"own:{cells['编号']}"),
        name=cells["名称"],
        category=cells["类别"],
        lat=lat,
        lon=lon,
        address=cells.get("地址", ""),
        level=min(max(int(level), 1), LOWEST_LEVEL) if level is not None else LOWEST_LEVEL,
    )


async def write_doors(options: Options) -> None:
    """What the codes of all places that plans visit say: for a fleet, whose workers have no doors to scan."""
    assert options.out is not None
    async with open_storage(options.data, clock=SystemClock()) as storage:
        secret = await storage.journal.change(lambda connection: visits.secret(connection, "visit", SECRET_BYTES))
        doors = dict(await _doors(storage, secret))
    _write(options.out, doors)
    sys.stdout.write(f"{len(doors)} codes written to {options.out}.\n")


def _write(path: Path, doors: dict[PatrolPlaceId, str]) -> None:
    """Readable by its owner alone: who has a code need not go to the door."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(descriptor, "w", encoding="utf-8") as file:
        json.dump(doors, file, ensure_ascii=False)


async def _doors(storage: Storage, secret: bytes) -> Iterator[tuple[PatrolPlaceId, str]]:
    picture = storage.journal.picture
    map_blob, own_blob = picture.map_blob_id, picture.patrols.places_blob_id
    area = await storage.blobs.get(map_blob) if map_blob is not None else None
    own = await storage.blobs.get(own_blob) if own_blob is not None else None
    table = read_places(
        decode_area(area.data) if area is not None else None,
        own.data if own is not None else None,
        min(picture.jurisdictions, default=JurisdictionId("")),
    )
    rows = {int(row) for state in picture.patrols.plans.values() for row in table.rows_of(state.plan)}
    numbers = picture.patrols.code_numbers
    ids = (table.places[row].id for row in sorted(rows))
    return ((place_id, scanned_code(secret, place_id, numbers.get(place_id, 0))) for place_id in ids)
