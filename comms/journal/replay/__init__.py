"""A journal opened to be looked at again: any moment of it, positions, who spoke when. Nothing of it is changed."""
