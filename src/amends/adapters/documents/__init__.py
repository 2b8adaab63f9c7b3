"""Documents set on pages with Typst, in a child process."""
