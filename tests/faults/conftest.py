"""Real processes, quickly."""

from collections.abc import Iterator

import pytest

from tests.support.nursery import Nursery


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    """Where a gateway in a process of its own comes from."""
    it = Nursery()
    yield it
    it.close()
