"""Icons, sounds, texts, themes and the web terminal, read through importlib.resources."""
