"""Marks that desks share: drawn, moved, named."""
