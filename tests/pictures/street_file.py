"""Streets from an OSMnx graph: edges of one name are one street, both directions once."""

import gzip
from ast import literal_eval
from collections import defaultdict
from pathlib import Path
from xml.etree import ElementTree

import shapely

from comms.protocol.area import Street

_SPACE = "{http://graphml.graphdrawing.org/xmlns}"
_MAIN, _MIDDLE = ("motorway", "trunk", "primary"), ("secondary", "tertiary")


def streets_of(path: Path) -> tuple[Street, ...]:
    graph = ElementTree.fromstring(gzip.decompress(path.read_bytes()))
    words = {key.get("id"): key.get("attr.name") for key in graph.iter(f"{_SPACE}key")}

    def data(element: ElementTree.Element) -> dict[str | None, str]:
        return {words[each.get("key")]: each.text or "" for each in element.iter(f"{_SPACE}data")}

    nodes = {node.get("id"): data(node) for node in graph.iter(f"{_SPACE}node")}
    lines: dict[tuple[str, int], dict[frozenset[str | None], shapely.LineString]] = defaultdict(dict)
    for edge in graph.iter(f"{_SPACE}edge"):
        told, ends = data(edge), (edge.get("source"), edge.get("target"))
        places = [(float(nodes[end]["x"]), float(nodes[end]["y"])) for end in ends]
        line = shapely.from_wkt(told["geometry"]) if "geometry" in told else shapely.LineString(places)
        kind = _first(told.get("highway", ""))
        rank = 0 if kind.startswith(_MAIN) else 1 if kind.startswith(_MIDDLE) else 2
        lines[_first(told.get("name", "")), rank].setdefault(frozenset(ends), line)
    return tuple(
        Street(name=name, rank=rank, line=tuple((lat, lon) for lon, lat in part.coords))
        for (name, rank), edges in lines.items()
        for part in shapely.get_parts(shapely.line_merge(shapely.multilinestrings(list(edges.values()))))
    )


def _first(text: str) -> str:
    """Where a street has several names or kinds, the first."""
    return str(literal_eval(text)[0]) if text.startswith("[") else text
