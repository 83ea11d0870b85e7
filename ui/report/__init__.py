"""Reports as documents: set in type, painted, written."""
