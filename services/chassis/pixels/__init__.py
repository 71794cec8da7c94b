"""Decoding pictures from strangers, in processes that may die without harm.

Import the submodules: a decoder process loads this package too and has no use for the pool.
"""
