"""About a place: who is near, what is around, an incident there."""
