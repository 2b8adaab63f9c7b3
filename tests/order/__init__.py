"""Tests of the order."""

import pytest

# Asked through a helper, so pytest would not explain its failed asserts otherwise.
pytest.register_assert_rewrite("tests.order.asking")
