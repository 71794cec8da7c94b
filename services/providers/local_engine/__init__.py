"""The built-in engine: measures a picture and drafts texts from what it measured."""
