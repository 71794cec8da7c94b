"""Taking metadata out of pictures without touching their pixels: one module a container.

Each has `stripped(data)`, which gives the pieces of the file that are kept, in their order. What is
kept is named; all else goes. It raises PictureUnreadable for what it cannot follow.
"""
