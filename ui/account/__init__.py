"""The officer's own account at the desk, who is signed in, and the locked desk."""
