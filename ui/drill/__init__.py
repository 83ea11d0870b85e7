"""Drills at the trainer's desk."""
