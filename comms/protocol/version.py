"""The wire version. A peer that speaks another one is told so in its first answer."""

PROTOCOL_VERSION = 1

PRODUCT = "0.1.0"
"""Of the product, as its package has it."""
