"""`python -m comms.drill`: run or serve a drill, score one, check scenario files, write their schema."""

import argparse
import sys

from comms.drill import incident_command, list_command, run_command, score_command, takeover_command, wait_command


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m comms.drill", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    run_command.add_commands(commands)
    score_command.add_commands(commands)
    takeover_command.add_commands(commands)
    incident_command.add_commands(commands)
    list_command.add_commands(commands)
    wait_command.add_command(commands, main)
    options = parser.parse_args(arguments)
    return int(options.run(options))


if __name__ == "__main__":
    sys.exit(main())
