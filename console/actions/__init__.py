"""What the officer can do."""
