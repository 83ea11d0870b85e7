"""The duty at the desk: roster, handover, log of a shift."""
