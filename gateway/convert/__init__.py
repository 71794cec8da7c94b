"""Protos to the JSON of the HTTP contract, field by field; each shape stands with its function."""
