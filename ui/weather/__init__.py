"""Weather alerts at the desk."""
