"""Packed files made into files and folders without trusting them: nothing leaves the folder, nothing grows without end."""
