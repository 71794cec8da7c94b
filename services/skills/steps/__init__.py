"""One step a file; the registry finds them."""
