"""``python -m amends``."""

from amends.bootstrap import main

main()
