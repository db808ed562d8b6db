"""A profile of hypothesis that gives the same run everywhere."""

from hypothesis import settings

settings.register_profile("opinionscope", deadline=None, derandomize=True, print_blob=False)
settings.load_profile("opinionscope")
