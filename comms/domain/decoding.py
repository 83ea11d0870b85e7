"""What decoding raises for bytes that are no value of the kind that is wanted."""

import msgspec

UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""msgspec has an error of its own for most that can be wrong, and lets Python's out for bytes that are no text and for
lists that lie too deep in each other: a file with one spoilt byte raises any of the three."""
