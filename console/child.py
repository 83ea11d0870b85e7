"""Runs one of our programs as a child that cannot outlive the desk: `python -m console.child MODULE ARGUMENT…`.

The kernel ends the child when the thread that started it is gone, however the desk ended (prctl PR_SET_PDEATHSIG;
Linux). Elsewhere the program just runs, and the desk ends it on an orderly exit.
"""

import ctypes
import os
import runpy
import signal
import sys

_PR_SET_PDEATHSIG = 1


def die_with_parent(parent_id: int) -> None:
    """Raises SystemExit when the parent is gone already."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent_id:
        raise SystemExit(1)


def main() -> None:
    parent_id, module = int(sys.argv[1]), sys.argv[2]
    die_with_parent(parent_id)
    sys.argv = [module, *sys.argv[3:]]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
