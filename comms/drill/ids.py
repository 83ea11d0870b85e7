"""Ids of a drill: the same run gives the same ones in the same order, and no two drills share any by chance."""

import random


class SeededIds:
    """`kind` keeps those who ask apart: one of them asking more often changes nothing for the others."""

    def __init__(self, run: str, kind: str) -> None:
        self._dice = random.Random(f"{run}/{kind}")  # not for secrecy: a run must be repeatable
        self._kind = kind

    def __call__(self) -> str:
        return f"{self._kind}-{self._dice.getrandbits(64):016x}"
