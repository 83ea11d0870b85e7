"""YAML as people write it, with the line of everything: read into plain values, and written so that it reads well.

YAML 1.2's words only: `on`, `no` and `22:30` are text and not truth values or numbers of minutes. No anchors, which
would let a short file unfold to a huge one, and no key twice."""

import re
from typing import Any

import yaml

MOST_BYTES = 2_000_000
MOST_DEPTH = 40
_OTHER_BREAKS = frozenset("\r\x85\u2028\u2029")
_FLOW_WIDTH = 96
"""What is shorter than this stands on one line in braces."""


class YamlTextError(ValueError):
    """`line` counts from 1."""

    def __init__(self, what: str, line: int) -> None:
        super().__init__(what)
        self.what, self.line = what, line


Path = tuple[str | int, ...]


class Lines:
    """Where each value stands: by its path from the root, keys and places in lists."""

    def __init__(self) -> None:
        self._lines: dict[Path, int] = {}

    def put(self, path: Path, line: int) -> None:
        self._lines[path] = line

    def of(self, path: Path) -> int:
        """The line of the value, or of what it would be part of."""
        while path and path not in self._lines:
            path = path[:-1]
        return self._lines.get(path, 1)


class _Loader(yaml.SafeLoader):  # type: ignore[misc]  # the library has no types
    """Its own words for truth, nothing and numbers."""


class _Dumper(yaml.SafeDumper):  # type: ignore[misc]  # the library has no types
    """Short parts in braces on one line, indented lists."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def represent_sequence(self, tag: str, sequence: Any, flow_style: bool | None = None) -> yaml.SequenceNode:
        return super().represent_sequence(tag, sequence, flow_style=_is_short(sequence))

    def represent_mapping(self, tag: str, mapping: Any, flow_style: bool | None = None) -> yaml.MappingNode:
        return super().represent_mapping(tag, mapping, flow_style=_is_short(mapping))

    def represent_str(self, data: str) -> yaml.ScalarNode:
        """Line breaks other than that of the file would be read back as one space."""
        style = '"' if _OTHER_BREAKS & set(data) else None
        return self.represent_scalar("tag:yaml.org,2002:str", data, style=style)


_Dumper.add_representer(str, _Dumper.represent_str)
_Loader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("bool", r"^(?:true|false)$", "tf"),
    ("null", r"^(?:null|~|)$", ["n", "~", ""]),
    ("int", r"^[-+]?(?:0|[1-9][0-9]*)$", "-+0123456789"),
    ("float", r"^[-+]?(?:(?:[0-9]+\.[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?|[0-9]+[eE][-+]?[0-9]+)$", "-+.0123456789"),
):
    for _side in (_Loader, _Dumper):
        _side.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), list(_first))


def read_yaml(data: bytes) -> tuple[Any, Lines]:
    """Raises YamlTextError."""
    if len(data) > MOST_BYTES:
        raise YamlTextError(f"the file is larger than {MOST_BYTES // 1_000_000} MB", 1)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise YamlTextError("the file is not UTF-8", data[: error.start].count(b"\n") + 1) from None
    try:
        loader = _Loader(text)
        root = loader.get_single_node()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise YamlTextError(f"{error.problem or error.context}", mark.line + 1 if mark is not None else 1) from None
    except (yaml.YAMLError, RecursionError) as error:
        raise YamlTextError(str(error).partition("\n")[0], 1) from None
    lines = Lines()
    if root is None:
        return None, lines
    seen: set[int] = set()
    return _value(loader, root, (), lines, seen), lines


def _value(loader: _Loader, node: yaml.Node, path: Path, lines: Lines, seen: set[int]) -> Any:
    line = node.start_mark.line + 1
    lines.put(path, line)
    if id(node) in seen:
        raise YamlTextError("an anchor is used again; write it out", line)
    seen.add(id(node))
    if len(path) > MOST_DEPTH:
        raise YamlTextError("lists and maps lie too deep in each other", line)
    if isinstance(node, yaml.MappingNode):
        return _map(loader, node, path, lines, seen)
    if isinstance(node, yaml.SequenceNode):
        return [_value(loader, each, (*path, at), lines, seen) for at, each in enumerate(node.value)]
    try:
        return loader.construct_object(node)
    except (yaml.YAMLError, ValueError) as error:
        raise YamlTextError(f"{node.value!r} cannot be read: {str(error).partition(chr(10))[0]}", line) from None


def _map(loader: _Loader, node: yaml.MappingNode, path: Path, lines: Lines, seen: set[int]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = key_node.value if isinstance(key_node, yaml.ScalarNode) else None
        if key is None:
            raise YamlTextError("a key is a list or a map", key_node.start_mark.line + 1)
        if key in found:
            raise YamlTextError(f"{key} is said twice", key_node.start_mark.line + 1)
        found[key] = _value(loader, value_node, (*path, key), lines, seen)
        lines.put((*path, key), key_node.start_mark.line + 1)
    return found


def _is_short(part: Any) -> bool:
    width = sum(2 if ord(letter) > 0x2E80 else 1 for letter in repr(part))
    return width <= _FLOW_WIDTH


def write_yaml(value: dict[str, Any]) -> str:
    """Keys in the order they come in; an empty line before each of the first level that is not short."""
    parts: list[str] = []
    for key, part in value.items():
        text = yaml.dump({key: part}, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=110)
        is_list = isinstance(part, list) and not _is_short(part)
        parts.append(("\n" if is_list and parts else "") + _opened(text, key, part))
    return "".join(parts)


def _opened(text: str, key: str, part: Any) -> str:
    """A short file has its first level in braces too, which nobody would write."""
    if not text.startswith("{"):
        return text
    inner = yaml.dump(part, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=110).removesuffix("...\n")
    return f"{key}: {inner}"
