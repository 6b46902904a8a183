"""A process asked to stop does so, whatever it was doing at that moment."""

import subprocess
import sys

CHILD = """
import os, signal, structlog
from workers.stopping import Stop

class Interrupted:  # the signal comes while the log's lock is held
    told = False

    def write(self, text):
        if not self.told:
            self.told = True
            os.kill(os.getpid(), signal.SIGTERM)

    def flush(self):
        pass

structlog.configure(logger_factory=structlog.PrintLoggerFactory(file=Interrupted()))
stop = Stop().listen()
structlog.get_logger().info("busy")
assert stop.wait(20)
"""


def test_a_signal_in_the_middle_of_a_line_of_the_log_is_heard():
    done = subprocess.run([sys.executable, "-c", CHILD], timeout=40, check=False, capture_output=True)

    assert done.returncode == 0, done.stderr
