"""The wire version. A peer that speaks another one is told so in its first answer."""

PROTOCOL_VERSION = 1
