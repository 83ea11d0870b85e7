"""What the officer sees. Qt only here."""
