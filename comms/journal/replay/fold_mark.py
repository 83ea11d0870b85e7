"""Which fold made a picture: pictures kept between starts are worth nothing to another version of the rules."""

import hashlib
import pkgutil
import sys
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from types import CodeType

import comms.domain


@cache
def fold_mark() -> str:
    """The same as long as no module of the domain computes otherwise; also in a frozen program, which has no source."""
    digest = hashlib.sha256(sys.version.encode())
    for module in sorted(module.name for module in pkgutil.iter_modules(comms.domain.__path__)):
        for part in _parts(_code_of(f"comms.domain.{module}")):
            digest.update(part)
    return digest.hexdigest()[:32]


def _code_of(name: str) -> CodeType:
    spec = find_spec(name)
    assert spec is not None
    code = spec.loader.get_code(name)  # type: ignore[union-attr]  # every loader of code has it, the protocol has not
    assert isinstance(code, CodeType)
    return code


def _parts(code: CodeType) -> Iterator[bytes]:
    """What it does, without where it stands in its file."""
    yield code.co_name.encode()
    yield code.co_code
    yield repr((code.co_names, code.co_varnames, code.co_freevars)).encode()
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _parts(constant)
        elif isinstance(constant, frozenset):
            yield repr(sorted(map(repr, constant))).encode()  # their order differs from process to process
        else:
            yield repr(constant).encode()
