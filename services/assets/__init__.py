"""Assets, what was made from them, and their bytes."""
