"""A disk that fills is told of before it is full, once, and is over when there is room again."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from comms.domain.events import FaultNoted, NoteAdded, Recorded
from comms.domain.ids import GATEWAY
from comms.gateway.disk_watch import DISK_LOW, DiskUsage, DiskWatch, little_bytes
from tests.support.gateway import running_gateway

GB = 1_000_000_000


@pytest.mark.parametrize(
    ("total", "expected"),
    [
        (10 * GB, GB),
        (500 * GB, 15 * GB),
        (4_000 * GB, 20 * GB),
    ],
)
def test_little_is_a_share_of_the_disk_within_bounds(total: int, expected: int) -> None:
    assert little_bytes(SimpleNamespace(total=total, free=total)) == expected


async def test_everybody_is_told_once_and_when_it_is_over(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as site:
        assert site.gateway is not None
        journal = site.gateway.journal
        told: list[FaultNoted] = []

        def take(recorded: list[Recorded]) -> None:
            told.extend(item.event for item in recorded if isinstance(item.event, FaultNoted))

        journal.on.recorded.append(take)
        free = iter((500 * GB, 19 * GB, 18 * GB, 21 * GB, 23 * GB, 23 * GB))

        def usage(_data: Path) -> DiskUsage:
            return SimpleNamespace(total=1_000 * GB, free=next(free))

        watch = DiskWatch(tmp_path, journal, site.gateway.clock, usage_of=usage)
        for _ in range(6):
            watch.look()
        watch.close()
        await journal.record(GATEWAY, [NoteAdded(text="after it")])
        assert told == [FaultNoted(code=DISK_LOW, detail="19.0 GB"), FaultNoted(code=DISK_LOW, is_over=True)]


async def test_a_disk_that_cannot_be_asked_is_asked_again(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as site:
        assert site.gateway is not None
        asked: list[Path] = []

        def usage(data: Path) -> DiskUsage:
            asked.append(data)
            raise OSError("gone")

        watch = DiskWatch(tmp_path, site.gateway.journal, site.gateway.clock, usage_of=usage)
        watch.start()
        watch.look()
        watch.close()
        assert asked == [tmp_path, tmp_path]
