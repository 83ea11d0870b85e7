"""Layer files made by the tests themselves, good and damaged."""

import csv
import random
from pathlib import Path

import numpy as np
import shapely
from pyogrio.raw import write as write_raw

SOUTH_WEST = (22.90, 113.70)


def objects(values: list[object]) -> np.ndarray:
    made = np.empty(len(values), dtype=object)
    made[:] = values
    return made


def grid_square(number: int, across: int = 100) -> shapely.Polygon:
    """Squares of some 100 m side by side."""
    lat, lon = SOUTH_WEST
    row, column = divmod(number, across)
    south, west = lat + row * 0.001, lon + column * 0.001
    return shapely.box(west, south, west + 0.001, south + 0.001)


def write_shapefile(path: Path, count: int, *, encoding: str = "GBK", cpg: bool = True, crs: str = "EPSG:4490") -> None:
    """Polygons with a Chinese name and a number each."""
    shapes = objects([shapely.to_wkb(grid_square(number)) for number in range(count)])
    names = objects([f"石排镇第{number}网格" for number in range(count)])
    heads = np.arange(count, dtype=np.int64)
    write_raw(str(path), shapes, [names, heads], ["名称", "人数"], geometry_type="Polygon", crs=crs, encoding=encoding)
    if not cpg:
        path.with_suffix(".cpg").unlink(missing_ok=True)


def write_geopackage(path: Path, count: int, *, table: str = "点位") -> None:
    points = objects([shapely.to_wkb(shapely.Point(113.7 + number * 1e-5, 22.9)) for number in range(count)])
    names = objects([f"点位{number}" * 6 for number in range(count)])
    write_raw(str(path), points, [names], ["名称"], layer=table, geometry_type="Point", crs="EPSG:4326")


def page_size(data: bytes | bytearray) -> int:
    return int.from_bytes(data[16:18], "big")


def spoil_page(path: Path, number: int, seed: int = 7) -> None:
    """Overwrite one database page (from 0) with noise."""
    data = bytearray(path.read_bytes())
    size = page_size(data)
    data[number * size : (number + 1) * size] = random.Random(seed).randbytes(size)
    path.write_bytes(data)


def cut(path: Path, share: float) -> None:
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])


BAD_CELLS: tuple[tuple[str, str, str], ...] = (
    ("", "", "no_coordinates"),
    ("不详", "113.7", "not_a_number"),
    ("113.7", "22.9", "swapped"),
    ("222.9", "1113.7", "out_of_range"),
    ("0", "0", "null_island"),
    ("nan", "113.7", "not_a_number"),
)


def write_csv(path: Path, count: int, *, encoding: str = "utf-8") -> dict[int, str]:
    """One row in twenty is bad; gives the expected reason by line number."""
    expected: dict[int, str] = {}
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["编号", "名称", "纬度", "经度", "人数"])
        for number in range(count):
            lat, lon = f"{22.9 + number * 1e-5:.6f}", f"{113.7 + number * 1e-5:.6f}"
            if number % 20 == 10:
                lat, lon, expected[number + 2] = BAD_CELLS[number // 20 % len(BAD_CELLS)]
            writer.writerow([f"{number:06d}", f"出租屋{number}号", lat, lon, number % 7])
    return expected
