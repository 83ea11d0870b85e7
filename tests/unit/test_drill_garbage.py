"""The search for garbage is held off, and goes on."""

import gc

from comms.drill.garbage import hold_search


def test_it_is_held_off_by_the_first_who_asks_until_he_is_done() -> None:
    first = hold_search()
    try:
        assert not gc.isenabled()
        hold_search()()
        assert not gc.isenabled(), "who came second leaves it to the first"
    finally:
        first()
    assert gc.isenabled()
    first()
    assert gc.isenabled()
