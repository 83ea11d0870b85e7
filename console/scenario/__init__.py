"""Scenarios under the trainer's hands: their fields, edits, history, files."""
