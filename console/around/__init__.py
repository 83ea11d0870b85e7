"""What lies around a place: everything an officer asks about a scene, from what the desk knows."""
