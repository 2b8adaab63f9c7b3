"""What mails say: a letter's parts, how each notice becomes one, and how it looks."""
