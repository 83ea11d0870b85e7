"""A drill that was played record by record, as the data directory that its gateway would have left."""

from pathlib import Path

from comms.journal import tables
from comms.journal.chain import GENESIS, to_row
from comms.journal.database import FILE_NAME
from comms.scenario.yaml_text import write_yaml
from tests.support.drill import Play, raw


def write_record(folder: Path, drill: Play) -> Path:
    folder.mkdir(parents=True)
    engine = tables.open_engine(folder / FILE_NAME)
    with engine.begin() as connection:
        tables.create_schema(connection)
        previous = GENESIS
        for recorded in drill.records:
            row = to_row(recorded, previous=previous)
            previous = row.hash
            connection.execute(tables.events.insert().values(**{name: getattr(row, name) for name in row.__slots__}))
    engine.dispose()
    return folder


def write_scenario(folder: Path) -> Path:
    """The small scenario, where a review looks for it."""
    path = folder / "small.yaml"
    path.write_text(write_yaml(raw()), encoding="utf-8")
    return path
