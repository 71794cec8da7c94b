"""The services of NekoHub Skills, and what starts them."""
