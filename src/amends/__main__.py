"""``amends``, and ``python -m amends``."""

import gc

# What is imported stays. Looking for garbage among it again and again takes a tenth of a start.
gc.disable()
from amends.bootstrap import main  # noqa: E402

gc.freeze()
gc.enable()

if __name__ == "__main__":
    main()
