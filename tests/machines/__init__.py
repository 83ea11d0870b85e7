"""Floor, call, order and case machines at random, a million steps and more: `make machines STEPS=1000000`."""
