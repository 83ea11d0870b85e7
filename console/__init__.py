"""The desk: what it knows and what the officer can do, without Qt."""
