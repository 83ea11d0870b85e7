"""What the desk needs for the duty beside the picture: roster files and papers to print."""
