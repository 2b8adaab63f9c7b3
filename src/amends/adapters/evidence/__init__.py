"""Looking into uploads: recognised by content, cleaned, in a child process with limits.

Only ``inspection`` runs in the server's process; all else here runs in the child.
"""
