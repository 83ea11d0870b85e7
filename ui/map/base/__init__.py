"""Base maps beneath the ground: tiles by address or from a file, kept, scaled, moved where their datum asks for it."""
