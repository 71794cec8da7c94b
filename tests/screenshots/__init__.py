"""The pictures in README: a hub is filled with what people have, and looked at."""
