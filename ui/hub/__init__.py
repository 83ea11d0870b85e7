"""Work in the event hub: merging, several incidents at once, acknowledging."""
