"""How the desk and its gateway are, judged and told; and the bundle for whoever helps."""
