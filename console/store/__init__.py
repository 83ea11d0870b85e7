"""What the desk knows: the picture plus exact change notices."""
