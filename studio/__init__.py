"""What people touch: the command line; later the HTTP face and the designers' pages."""
