"""``python -m amends``."""

from amends.bootstrap import main

if __name__ == "__main__":
    main()
