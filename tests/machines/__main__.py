"""`python -m tests.machines --steps 1000000 --seed 1`: every machine at random; steps a second, and the shortest way to
whatever breaks. Ends with 1 when something does."""

import argparse
import sys

from tests.machines.courses import COURSES
from tests.machines.walk import walk


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="names, with commas")
    options = parser.parse_args()
    faults = 0
    for name, course in COURSES.items():
        if options.only and name not in options.only.split(","):
            continue
        walked = walk(course, options.steps, seed=options.seed)
        rate = walked.steps / max(walked.seconds, 1e-9)
        told = "no violation" if walked.violation is None else f"VIOLATION\n{walked.violation}"
        print(f"{name:<12} {walked.steps:>9} steps  seed {options.seed}  {rate:>8.0f}/s  {told}", flush=True)
        faults += walked.violation is not None
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
