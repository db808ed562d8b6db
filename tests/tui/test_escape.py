"""How soon an Esc is known to be one."""

import subprocess
import sys


def test_textual_waits_for_no_more_than_a_fraction_of_the_time_a_cancel_may_take():
    code = "import opinionscope.tui.start; from textual import constants; print(constants.ESCAPE_DELAY)"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert float(shown.stdout) <= 0.05
