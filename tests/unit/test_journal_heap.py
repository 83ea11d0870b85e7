"""What a large piece of work leaves in the heap goes back to the system."""

import re
import sys
from pathlib import Path

import pytest

from comms.journal.heap import give_back

PIECES, PIECE_BYTES, EVERY = 4_000, 12_000, 100
"""48 MB in pieces that the C library's own heap holds, and of which a few stay in between."""


def _own_mb() -> float:
    found = re.search(r"RssAnon:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found is not None
    return int(found[1]) / 1000


@pytest.mark.skipif(sys.platform != "linux", reason="another heap")
def test_what_lies_free_between_what_stays_is_given_back() -> None:
    pieces = [bytes([number % 251]) * PIECE_BYTES for number in range(PIECES)]
    staying = pieces[::EVERY]
    del pieces
    before_mb = _own_mb()
    give_back()
    assert _own_mb() < before_mb - 20
    assert len(staying) == PIECES // EVERY
