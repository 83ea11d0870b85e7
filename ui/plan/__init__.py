"""Plans at the desk: choosing one, starting it, and the board of one that runs."""
