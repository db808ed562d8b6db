"""Getting the benchmark's repository from its public host: download, checks, unpacking; nothing is imported here.

pooch is not used: it begins every interrupted download anew, limits neither the size of a download nor what an archive
unpacks to, follows redirects to any server, and sends through requests, which the guard does not watch. With a
downloader and a processor of our own, which give these guarantees, nothing but its cache would be left of it.
"""
