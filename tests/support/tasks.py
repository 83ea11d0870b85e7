"""What a test began must end with it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

GRACE_S = 5.0
"""Tasks that were cancelled as the last act of a test may need this long on a busy machine."""


@asynccontextmanager
async def no_task_left() -> AsyncIterator[None]:
    """Fails when a task that was begun inside goes on behind it."""
    before = asyncio.all_tasks()
    yield
    own = asyncio.current_task()
    left = [task for task in asyncio.all_tasks() - before if task is not own and not task.done()]
    if left:
        await asyncio.wait(left, timeout=GRACE_S)
        still = [repr(task) for task in left if not task.done()]
        if still:
            pytest.fail("tasks left behind:\n" + "\n".join(still))
