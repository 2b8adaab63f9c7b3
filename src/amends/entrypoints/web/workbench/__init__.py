"""Where a dispute is judged: all of it on one page, a draft, and what would come of it."""
