"""Outside systems: their formats read into values of the domain, and the HTTP port they speak to."""
