"""Packed files made into files and folders without trust: nothing leaves the folder, nothing grows without end."""
