"""`python -m comms.drill`: run or serve a drill, score one, check scenario files, write their schema."""

import argparse
import sys

from comms.drill import incident_command, list_command, run_command, score_command, takeover_command, wait_command
from comms.drill.opened import OpenedRecord


def main(arguments: list[str] | None = None, ahead: OpenedRecord | None = None) -> int:
    """`ahead` is a record that may be the one that is taken over; whoever opened it closes it."""
    parser = argparse.ArgumentParser(prog="python -m comms.drill", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    run_command.add_commands(commands)
    score_command.add_commands(commands)
    takeover_command.add_commands(commands)
    incident_command.add_commands(commands)
    list_command.add_commands(commands)
    wait_command.add_command(commands, main)
    options = parser.parse_args(arguments)
    options.ahead = ahead
    return int(options.run(options))


if __name__ == "__main__":
    sys.exit(main())
