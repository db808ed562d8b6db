"""Getting the benchmark's repository from its public host: download, checks, unpacking; nothing is imported here."""
