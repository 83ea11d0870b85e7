"""`python -m comms.drill export` and `import`: scenarios to and from MSEL sheets (XLSX, CSV) and CEXF (JSON)."""

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from comms.domain.scenario_check import faults_of
from comms.scenario import cexf, msel
from comms.scenario.exchange import ExchangeError, Loss
from comms.scenario.scenario_file import ScenarioFileError, read_scenario, write_scenario

LOCALES = ("zh_CN", "en")
SHEETS = {".xlsx": msel.xlsx_of, ".csv": msel.csv_of}
CEXF_SUFFIX = ".json"
EXIT_WRONG = 2


def add_commands(commands: "argparse._SubParsersAction[Any]") -> None:
    """Each sets `run`, which takes the options and returns the exit code."""
    out = commands.add_parser("export", help="write a scenario as MSEL (.xlsx, .csv) or CEXF (.json)")
    out.add_argument("scenario", type=Path)
    out.set_defaults(run=_export)
    back = commands.add_parser("import", help="read a MSEL (.xlsx, .csv) or CEXF (.json) into a scenario file")
    back.add_argument("sheet", type=Path, help="the file to read")
    back.add_argument("--base", type=Path, required=True, help="the scenario that gives town, cast and seats")
    back.set_defaults(run=_import)
    for each in (out, back):
        each.add_argument("--out", type=Path, required=True, help="the file to write")
        each.add_argument("--locale", choices=LOCALES, default="zh_CN")


def _export(options: argparse.Namespace) -> int:
    suffix = options.out.suffix.lower()
    if suffix not in (*SHEETS, CEXF_SUFFIX):
        return _wrong(f"{options.out} ends in none of {', '.join((*SHEETS, CEXF_SUFFIX))}; name another file.")
    try:
        scenario = read_scenario(options.scenario.read_bytes(), is_lenient=True)
        if suffix == CEXF_SUFFIX:
            data, losses = cexf.cexf_of(scenario, locale=options.locale)
        else:
            data, losses = SHEETS[suffix](scenario), msel.losses_of(scenario)
        options.out.write_bytes(data)
    except ScenarioFileError as error:
        return _wrong("\n".join(problem.words(options.locale) for problem in error.problems))
    except OSError as error:
        return _wrong(str(error))
    return _done(options, losses)


def _import(options: argparse.Namespace) -> int:
    read = cexf.read_cexf if options.sheet.suffix.lower() == CEXF_SUFFIX else msel.read_msel
    try:
        base = read_scenario(options.base.read_bytes(), is_lenient=True)
        scenario, losses = read(options.sheet.read_bytes(), base)
        options.out.write_bytes(write_scenario(scenario))
    except ScenarioFileError as error:
        return _wrong("\n".join(problem.words(options.locale) for problem in error.problems))
    except ExchangeError as error:
        return _wrong(error.sentences[options.locale])
    except OSError as error:
        return _wrong(str(error))
    for fault in faults_of(scenario):
        sys.stdout.write(f"{fault.words(options.locale)}\n")
    return _done(options, losses)


def _done(options: argparse.Namespace, losses: Iterable[Loss]) -> int:
    for each in losses:
        sys.stdout.write(f"{each.words(options.locale)}\n")
    sys.stdout.write(f"{options.out}\n")
    return 0


def _wrong(why: str) -> int:
    sys.stderr.write(f"{why}\n")
    return EXIT_WRONG
