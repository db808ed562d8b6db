"""The local history of runs, an SQLite file."""
