"""`nekohub`, which is `python -m services`."""

import gc
import sys

EXIT_INTERRUPTED = 130
"""What a shell says of a command that Ctrl-C has ended."""


def main() -> None:
    """Runs the command line; ends with 130 after a Ctrl-C that the command itself does not take."""
    # What modules make stays: to look through it for garbage would take a third of a short command.
    gc.disable()
    try:
        # Here, for it may come while modules load.
        from services import cli

        cli.main()
    except KeyboardInterrupt:
        sys.exit(EXIT_INTERRUPTED)


if __name__ == "__main__":
    main()
