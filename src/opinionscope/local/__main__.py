"""``python -m opinionscope.local``: the process that answers for a model."""

from opinionscope.local.process import main

if __name__ == "__main__":
    main()
