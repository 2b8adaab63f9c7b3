"""Replies by mail: reading a message, and saying it in the order's thread."""
