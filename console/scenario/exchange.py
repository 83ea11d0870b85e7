"""Scenarios from and to other programs: CEXF (JSON) and MSEL sheets (XLSX, CSV). Beside the interface."""

from pathlib import Path

import msgspec

from comms.domain.scenario import Scenario
from comms.scenario import cexf, msel
from comms.scenario.exchange import ExchangeError, Loss
from comms.scenario.scenario_file import ScenarioFileError, read_scenario, write_scenario
from console.scenario.library import write_file

SHEETS = {".xlsx": msel.xlsx_of, ".csv": msel.csv_of}
CEXF = ".json"
SUFFIXES = (".xlsx", ".csv", CEXF)


class Exchanged(msgspec.Struct, frozen=True):
    """`wrong` says why nothing came of it, by locale; `losses` what could not be taken along."""

    path: Path
    scenario: Scenario | None = None
    losses: tuple[Loss, ...] = ()
    wrong: dict[str, str] | None = None


def export(scenario: Scenario, path: Path, locale: str) -> Exchanged:
    """The ending of the path says in which form."""
    if path.suffix.lower() == CEXF:
        data, losses = cexf.cexf_of(scenario, locale=locale)
    elif path.suffix.lower() in SHEETS:
        data, losses = SHEETS[path.suffix.lower()](scenario), msel.losses_of(scenario)
    else:
        data, losses = write_scenario(scenario), ()
    wrong = write_file(path, data)
    return Exchanged(path, scenario, losses, None if wrong is None else dict.fromkeys(("en", "zh_CN"), wrong))


def take_in(path: Path, base: Scenario) -> Exchanged:
    """`base` gives town, cast and seats to what has none."""
    try:
        data = path.read_bytes()
        suffix = path.suffix.lower()
        if suffix in (".yaml", ".yml"):
            return Exchanged(path, read_scenario(data, is_lenient=True))
        scenario, losses = (cexf.read_cexf if suffix == CEXF else msel.read_msel)(data, base)
    except ScenarioFileError as error:
        wrong = {locale: "\n".join(each.words(locale) for each in error.problems) for locale in ("en", "zh_CN")}
        return Exchanged(path, wrong=wrong)
    except ExchangeError as error:
        return Exchanged(path, wrong=error.sentences)
    except OSError as error:
        return Exchanged(path, wrong=dict.fromkeys(("en", "zh_CN"), error.strerror or str(error)))
    return Exchanged(path, scenario, losses)
