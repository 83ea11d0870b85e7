"""Each named fault: what the officer sees of it, what goes on, and what is guaranteed."""
