"""The only SQL: the append-only record of every event, and the accounts beside it."""
