"""The pace of keys."""

A_MOMENT = 0.08
"""Seconds without another key after which the last one of a burst is acted on, where acting takes a while."""
