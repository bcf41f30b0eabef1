"""Where both sides of the wall find what the host has put into the forkserver's folder."""

# The modules that submissions can import.
SUPPORT_FOLDER = "given/support"
# The data files that each has in its folder.
FILES_FOLDER = "given/files"
