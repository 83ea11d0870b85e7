"""What `python -m console --review` is told. The review itself is loaded when it is asked for: no desk waits for it."""

import argparse
from pathlib import Path


def add_review_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--review",
        type=Path,
        nargs="?",
        const=Path(),
        metavar="DATA",
        help="review a drill by its data directory, or a folder of such directories",
    )
    parser.add_argument("--scenario", type=Path, help="the scenario that --review scores by; else it is looked for")


def run_review(options: argparse.Namespace) -> int:
    """Until its window is closed."""
    from console.reviewing import show_review

    return show_review(options)
