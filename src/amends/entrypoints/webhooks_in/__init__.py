"""What providers report of their own accord, turned into commands."""
