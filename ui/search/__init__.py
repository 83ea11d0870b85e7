"""Finding anything by typing: names made ready, and the answers."""
