"""The map widget and its layers."""
