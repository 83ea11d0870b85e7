"""Long runs of real processes: kills at random moments, and hours of a shift in little time."""
