"""The terminal program, on Textual."""

import os

# How many milliseconds Textual waits whether an Esc begins a longer sequence; it reads this as it is imported. Its own
# 100 would be all the time that a cancel may take.
os.environ.setdefault("ESCDELAY", "25")
