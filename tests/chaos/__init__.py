"""The chaos test: whatever is killed, and whenever, nothing is lost and nothing is done twice.

A hub works on uploads while its processes are killed, frozen and told to end. Then it is left in
peace, and everything that was accepted must have come to its end, once. `make test` has a short
form, `make chaos` is the long one.
"""
