"""The ground plan of an invented town: one warped lattice that streets, blocks and grids all follow.

Every corner, bend and boundary is a point of the lattice, so neighbouring grids share their vertices exactly and
streets meet where they cross. Local metres, x east and y north, before they become WGS-84.
"""

import random
from dataclasses import dataclass
from math import cos, pi, radians, sin

Point = tuple[float, float]
"""(lat, lon) in degrees."""

BLOCK_M = 1000 / 6
"""Side of the smallest block, before warping."""
CELL_BLOCKS = 4
"""Blocks along the side of a cell, which is as a rule one grid."""
VILLAGE_CELLS = 3
VILLAGES_EAST, VILLAGES_NORTH = 4, 3
COLUMNS = VILLAGES_EAST * VILLAGE_CELLS * CELL_BLOCKS
ROWS = VILLAGES_NORTH * VILLAGE_CELLS * CELL_BLOCKS
_TILT_DEG = 6.0
_WARP_M = 520.0
_WAVES = 4
_JITTER_M = {0: 6.0, 1: 12.0, 2: 26.0}
"""Lanes are more crooked than main roads."""
_METRES_A_DEGREE = 111_195.0
_DIGITS = 7
"""Of degrees: 1 cm, what a position frame can carry."""


def rank_of_line(index: int) -> int:
    """0 for a road between villages, 1 for a street between grids, 2 for a lane."""
    if index % (CELL_BLOCKS * VILLAGE_CELLS) == 0:
        return 0
    return 1 if index % CELL_BLOCKS == 0 else 2


@dataclass(frozen=True, slots=True)
class Block:
    """A rectangle of the lattice: columns `west` to `east`, rows `south` to `north`."""

    west: int
    south: int
    east: int
    north: int

    def corners_and_bends(self) -> list[tuple[int, int]]:
        """Every lattice point on its edge, counter-clockwise from the south-west, not closed."""
        return [
            *((column, self.south) for column in range(self.west, self.east)),
            *((self.east, row) for row in range(self.south, self.north)),
            *((column, self.north) for column in range(self.east, self.west, -1)),
            *((self.west, row) for row in range(self.north, self.south, -1)),
        ]


@dataclass(frozen=True, slots=True)
class Lane:
    """A stretch of one lattice line; `is_eastward` along a row, else along a column."""

    is_eastward: bool
    line: int
    start: int
    end: int

    def points(self) -> list[tuple[int, int]]:
        span = range(self.start, self.end + 1)
        return [(at, self.line) if self.is_eastward else (self.line, at) for at in span]


class Plan:
    """The lattice in degrees, around a centre."""

    def __init__(self, *, centre: Point, roll: random.Random) -> None:
        self._centre = centre
        waves = [
            (roll.uniform(0.3, 1.3), roll.uniform(-1.3, 1.3), roll.uniform(0, 2 * pi), roll.uniform(0, 2 * pi))
            for _ in range(_WAVES)
        ]
        self._points = [
            [self._place(column, row, waves, roll) for column in range(COLUMNS + 1)] for row in range(ROWS + 1)
        ]

    def _place(
        self, column: int, row: int, waves: list[tuple[float, float, float, float]], roll: random.Random
    ) -> Point:
        east = (column - COLUMNS / 2) * BLOCK_M
        north = (row - ROWS / 2) * BLOCK_M
        jitter_m = _JITTER_M[min(rank_of_line(column), rank_of_line(row))]
        east += roll.uniform(-jitter_m, jitter_m)
        north += roll.uniform(-jitter_m, jitter_m)
        for along_east, along_north, phase_east, phase_north in waves:
            turn = 2 * pi * (along_east * column / COLUMNS + along_north * row / ROWS)
            east += _WARP_M / _WAVES * sin(turn + phase_east)
            north += _WARP_M / _WAVES * sin(turn + phase_north)
        tilt = radians(_TILT_DEG)
        return self._degrees(east * cos(tilt) - north * sin(tilt), east * sin(tilt) + north * cos(tilt))

    def _degrees(self, east_m: float, north_m: float) -> Point:
        lat, lon = self._centre
        return (
            round(lat + north_m / _METRES_A_DEGREE, _DIGITS),
            round(lon + east_m / (_METRES_A_DEGREE * cos(radians(lat))), _DIGITS),
        )

    def at(self, column: int, row: int) -> Point:
        return self._points[row][column]

    def ring(self, block: Block) -> tuple[Point, ...]:
        return tuple(self.at(column, row) for column, row in block.corners_and_bends())

    def line(self, lane: Lane) -> tuple[Point, ...]:
        return tuple(self.at(column, row) for column, row in lane.points())

    def inside(self, column: int, row: int, *, east: float, north: float) -> Point:
        """A point of the smallest block with this south-west corner; `east` and `north` in 0 to 1."""
        south_west, south_east = self.at(column, row), self.at(column + 1, row)
        north_west, north_east = self.at(column, row + 1), self.at(column + 1, row + 1)
        lat, lon = (
            (south_west[axis] * (1 - east) + south_east[axis] * east) * (1 - north)
            + (north_west[axis] * (1 - east) + north_east[axis] * east) * north
            for axis in (0, 1)
        )
        return round(lat, _DIGITS), round(lon, _DIGITS)

    def bounds(self) -> tuple[float, float, float, float]:
        """(south, west, north, east) of the whole lattice."""
        lats = [point[0] for row in self._points for point in row]
        lons = [point[1] for row in self._points for point in row]
        return min(lats), min(lons), max(lats), max(lons)


def grid_blocks(village_east: int, village_north: int, roll: random.Random) -> list[Block]:
    """A village's cells, some joined and some halved, so that grids are not all alike. South-west first."""
    side = VILLAGE_CELLS * CELL_BLOCKS
    west, south = village_east * side, village_north * side
    cells = {
        (column, row): Block(
            west + column * CELL_BLOCKS,
            south + row * CELL_BLOCKS,
            west + (column + 1) * CELL_BLOCKS,
            south + (row + 1) * CELL_BLOCKS,
        )
        for row in range(VILLAGE_CELLS)
        for column in range(VILLAGE_CELLS)
    }
    if roll.random() < 0.5:
        row = roll.randrange(VILLAGE_CELLS)
        left, right = cells.pop((0, row)), cells.pop((1, row))
        cells[(0, row)] = Block(left.west, left.south, right.east, right.north)
    halved = roll.sample(sorted(key for key in cells if key[0] == VILLAGE_CELLS - 1), k=roll.randrange(3))
    blocks: list[Block] = []
    for key in sorted(cells, key=lambda key: (key[1], key[0])):
        blocks += _halves(cells[key]) if key in halved else [cells[key]]
    return blocks


def _halves(block: Block) -> list[Block]:
    middle = (block.south + block.north) // 2
    return [
        Block(block.west, block.south, block.east, middle),
        Block(block.west, middle, block.east, block.north),
    ]


def lanes_within(block: Block, roll: random.Random) -> list[Lane]:
    """Lanes from edge to edge, so that every one of them joins the streets around: an old village has all of them,
    an industrial area few."""
    columns, rows = range(block.west + 1, block.east), range(block.south + 1, block.north)
    share = roll.choice((1.0, 1.0, 0.7, 0.4))
    kept_columns = [column for column in columns if rank_of_line(column) == 1 or roll.random() < share]
    kept_rows = [row for row in rows if rank_of_line(row) == 1 or roll.random() < share]
    return [
        *(Lane(False, column, block.south, block.north) for column in kept_columns if rank_of_line(column) == 2),
        *(Lane(True, row, block.west, block.east) for row in kept_rows if rank_of_line(row) == 2),
    ]


def halving_lane(block: Block) -> Lane | None:
    """The street along the south edge of a half cell that no street of the town's lattice runs along."""
    return Lane(True, block.south, block.west, block.east) if rank_of_line(block.south) == 2 else None
