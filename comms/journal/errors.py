"""What can go wrong with the store, told apart by what an officer or administrator has to do."""


class JournalError(Exception):
    """The store cannot take it now (disk full, locked, read-only): nothing was done and nobody was told."""


class JournalDamagedError(Exception):
    """The file is no whole journal. The message is one plain sentence: which file, and what to do."""


class JournalNewerError(JournalDamagedError):
    """It was written by a newer gateway: it is not damaged, but this one cannot read it."""


class SafeModeError(JournalError):
    """The gateway runs without its journal and records nothing: what has to be recorded is not done."""


class JournalInUseError(Exception):
    """Another gateway works on this data directory."""


class OtherRealmError(JournalInUseError):
    """The data directory is a drill's and not a live gateway's, or the other way round."""


class RepeatedCommandError(ValueError):
    """The same command of the same actor was recorded before; ask `find_command` first."""


class UnknownNounError(ValueError):
    """An event names a unit, call, order or video that is not in the picture."""
