"""`python -m comms.journal key|seal|unseal`: a backup or an archive file for a disk that nobody vouches for."""

import argparse
import sys
from pathlib import Path

from comms.journal.sealed_file import Cipher, SealError, make_key, seal, unseal

EXIT_CANNOT = 2


def add_sealing(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    making = commands.add_parser("key", help="make a key to seal with; keep it apart from what is sealed")
    making.add_argument("--out", type=Path, required=True)
    sealing = commands.add_parser("seal", help="encrypt a backup or an archive file")
    sealing.add_argument("--source", type=Path, required=True, help="one backup, or a file")
    sealing.add_argument("--key", type=Path, required=True)
    sealing.add_argument("--out", type=Path, required=True)
    sealing.add_argument("--cipher", type=Cipher, choices=list(Cipher), default=Cipher.SM4)
    opening = commands.add_parser("unseal", help="bring back what was sealed")
    opening.add_argument("--file", type=Path, required=True)
    opening.add_argument("--key", type=Path, required=True)
    opening.add_argument("--into", type=Path, required=True, help="a folder")
    for command in (making, sealing, opening):
        command.set_defaults(run=run_sealing)


def run_sealing(options: argparse.Namespace) -> int:
    try:
        match options.command:
            case "key":
                make_key(options.out)
                said = f"The key is {options.out}. Without it nothing that is sealed with it can be opened."
            case "seal":
                seal(options.source, options.out, key=options.key, cipher=options.cipher)
                said = f"{options.source} is sealed in {options.out} with {options.cipher}."
            case _:
                said = f"{unseal(options.file, options.into, key=options.key)} is as it was sealed."
    except (SealError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return EXIT_CANNOT
    sys.stdout.write(f"{said}\n")
    return 0
