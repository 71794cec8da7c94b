"""`python -m services` is `nekohub`."""

from services.cli import main

main()
