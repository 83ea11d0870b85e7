"""The layers of the map: catalogue, files, views."""
