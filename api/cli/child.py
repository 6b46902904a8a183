"""`ibasho` as the child of another process: it ends when that one does, however that one ends."""

import ctypes
import os
import signal
import sys

from api.cli.main import run

_PR_SET_PDEATHSIG = 1


def main() -> None:
    """Run the command after the first argument, which is the parent's process id."""
    parent = int(sys.argv.pop(1))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() == parent:  # it may have died before we asked to be told
        run()


if __name__ == "__main__":
    main()
