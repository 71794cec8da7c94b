"""The fuzz test: whatever is asked, the answer is one that a client can understand.

A hub is sent requests that no honest client would send, over every route of the table: raw bytes,
made from a seed. Each must be answered, without a fault of the hub's, in the envelope if it is
refused, and without a word about what is inside. The suite has a short form, and
`python -m tests.fuzz` is the long one.
"""
