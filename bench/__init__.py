"""Measures the hub against its goals and against floors of the same run: `python -m bench`."""
