"""What is said when a gateway may not open as many files as its site has terminals."""

import resource
import sys

from comms.gateway.descriptors import BESIDES, raise_limit, shortage


def test_enough_is_nothing_to_say() -> None:
    assert shortage(terminals=10_000, desks=20, limit=10_020 + BESIDES) is None
    assert shortage(terminals=10_000, desks=20, limit=sys.maxsize) is None


def test_too_few_is_said_with_what_to_do() -> None:
    told = shortage(terminals=10_000, desks=20, limit=4_096)
    assert told is not None
    assert "4096" in told
    assert "LimitNOFILE=20440" in told


def test_the_limit_is_what_the_system_allows() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(soft, 512), hard))
        assert raise_limit() == hard
        assert resource.getrlimit(resource.RLIMIT_NOFILE) == (hard, hard)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
