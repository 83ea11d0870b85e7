"""Figures of cases at the desk: read, compared, drawn, opened down to their cases, and told in a bulletin."""
