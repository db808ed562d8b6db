"""`python -m opinionscope`."""

from opinionscope.cli import main

main()
