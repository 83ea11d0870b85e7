"""A flood of real civic work orders at a real gateway, for a desk to watch.

`python -m tests.bench.hub_flood FOLDER COUNT` starts the gateway, prints its port, waits for a file `go` in the folder,
sends at 200 a second through the HTTP port, writes when each was sent (`sent.json`: seconds of the monotonic clock by
incident), and ends once there is a file `seen`: in failure when one was lost or doubled.
"""

import asyncio
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

from tests.bench.hub_site import compare, hub_site, orders
from tests.bench.stalls import CHILD_NICENESS

LOOK_S = 0.05


async def flood(folder: Path, count: int) -> None:
    rows = orders(count)
    async with hub_site(folder) as site:
        sys.stdout.write(f'{{"listening": {{"port": {site.gateway.port}}}}}\n')
        sys.stdout.flush()
        await _until((folder / "go").exists)
        await site.feed.run(rows)
        written = folder / "sent.part"
        written.write_text(json.dumps({"sent_s": site.feed.sent_s, "outcomes": site.feed.outcomes}))
        written.rename(folder / "sent.json")
        await _until((folder / "seen").exists)
    compare(folder / "data", rows)


async def _until(claim: Callable[[], bool]) -> None:
    while not claim():
        await asyncio.sleep(LOOK_S)


if __name__ == "__main__":
    os.nice(CHILD_NICENESS)
    asyncio.run(flood(Path(sys.argv[1]), int(sys.argv[2])))
