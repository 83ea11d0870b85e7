"""What crosses the wire, version 1."""
