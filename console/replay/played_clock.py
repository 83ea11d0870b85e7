"""The clock of a replay: the moment that is shown."""


class PlayedClock:
    """Give `now` to the Store that is played into: deadlines and ages are then those of that moment."""

    def __init__(self, at: float = 0.0) -> None:
        self.at = at
        """Unix seconds."""

    def now(self) -> float:
        return self.at
