"""What an administrator is told when something does not work."""
