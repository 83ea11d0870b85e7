"""Quarantine at the desk: work orders that could not be taken, corrected and released, or discarded with a reason."""
