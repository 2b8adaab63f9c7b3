import pytest

# Contract suites are imported, so pytest would not explain their failed asserts otherwise.
pytest.register_assert_rewrite(
    "tests.adapters.contract_files",
    "tests.adapters.contract_mail",
    "tests.adapters.contract_payments",
)
