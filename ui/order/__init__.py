"""Orders at the desk: what can be done about them, and the words of work orders."""
