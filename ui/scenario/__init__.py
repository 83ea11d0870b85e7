"""The scenario editor (情景编辑): a window of its own beside the live desk."""
