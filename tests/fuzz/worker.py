"""One reader under fire, in a process of its own: `python -m tests.fuzz.worker stun FOLDER 1000000 1 inf`.

With atheris, whose fuzzer sees which branches an input reaches, else with mutations of the corpus."""

import logging
import signal
import sys
from pathlib import Path

from tests.fuzz.mutate import inputs as mutated
from tests.fuzz.target import Take, Target
from tests.fuzz.watch import Watch

LIMIT_S = 5
"""Of the processor: no input may take longer, or a peer could hold the gateway up with it."""
STUCK_S = 900
"""Of real time, for what is stuck where no signal is heard; a machine may have been asleep for less."""
CORPUS = Path(__file__).parent.parent / "data" / "fuzz"


class HungError(Exception):
    """An input took longer than LIMIT_S."""


def kept_inputs(name: str) -> list[bytes]:
    """The corpus of one reader, in the order of names."""
    return [path.read_bytes() for path in sorted((CORPUS / name).glob("*"))]


def main(name: str, folder: Path, inputs: int, seed: int, seconds: float, *, is_plain: bool = False) -> None:
    """Plain: over what an earlier run found worth keeping, without the fuzzer and what it keeps of each comparison."""
    try:
        if is_plain:
            raise ImportError
        import atheris
    except ImportError:
        _run_plainly(_target(name), folder, inputs, seed, seconds)
        return
    with atheris.instrument_imports(include=["comms", "console"]):
        target = _target(name)
    signal.signal(signal.SIGPROF, _hung)
    with target.make(_scratch(folder)) as take:
        _run_atheris(target, folder, Watch(folder, limited(take), inputs, seconds), seed)


def _target(name: str) -> Target:
    from tests.fuzz.targets import TARGETS

    return TARGETS[name]


def _scratch(folder: Path) -> Path:
    scratch = folder / "scratch"
    scratch.mkdir(exist_ok=True)
    return scratch


def _run_atheris(target: Target, folder: Path, watch: Watch, seed: int) -> None:
    import atheris

    own = folder / "corpus"
    own.mkdir(exist_ok=True)
    kept = CORPUS / target.name
    if not kept.is_dir():
        kept = folder / "seeds"
        kept.mkdir(exist_ok=True)
        for number, data in enumerate(target.seeds()):
            (kept / f"{number:03d}").write_bytes(data)
    words = ["fuzz", str(own), str(kept), f"-max_len={target.most_bytes}", f"-timeout={STUCK_S}", f"-seed={seed}",
             "-rss_limit_mb=4096", f"-artifact_prefix={folder}/", "-print_final_stats=0", "-verbosity=0"]  # fmt: skip
    atheris.Setup(words, watch)
    atheris.Fuzz()


def _run_plainly(target: Target, folder: Path, inputs: int, seed: int, seconds: float) -> None:
    signal.signal(signal.SIGPROF, _hung)
    with target.make(_scratch(folder)) as take:
        watch = Watch(folder, limited(take), inputs, seconds)
        kept = [path.read_bytes() for path in sorted((folder / "corpus").glob("*"))]
        kept += kept_inputs(target.name) or list(target.seeds())
        for data in mutated(kept, seed=seed, most_bytes=target.most_bytes):
            watch(data)


def limited(take: Take) -> Take:
    def within_limit(data: bytes) -> None:
        signal.setitimer(signal.ITIMER_PROF, LIMIT_S)
        take(data)
        signal.setitimer(signal.ITIMER_PROF, 0)

    return within_limit


def _hung(*_: object) -> None:
    raise HungError(f"over {LIMIT_S} s")


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    main(
        sys.argv[1],
        Path(sys.argv[2]),
        int(sys.argv[3]),
        int(sys.argv[4]),
        float(sys.argv[5]),
        is_plain=sys.argv[6:] == ["plain"],
    )
