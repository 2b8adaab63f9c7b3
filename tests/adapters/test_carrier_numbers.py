from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.adapters.carriers.numbers import CARRIERS, check_number
from amends.engine.outside import CheckNumber, NumberCheck


def s10_check_digit(serial: str) -> int:
    """UPU standard S10, reckoned here so that the library is held against something else."""
    weighted = sum(
        int(digit) * weight for digit, weight in zip(serial, (8, 6, 4, 2, 3, 5, 9, 7), strict=True)
    )
    return {10: 0, 11: 5}.get(11 - weighted % 11, 11 - weighted % 11)


def test_fulfils_the_port() -> None:
    port: CheckNumber = check_number
    assert port("China Post", "RB473124829CN") == NumberCheck("valid", True, "RB473124829CN")


@pytest.mark.parametrize(
    ("carrier", "number"),
    [
        ("China Post", "RB473124829CN"),
        ("Hong Kong Post", "RB123456785HK"),
        ("Japan Post EMS", "EE123456785JP"),
        ("EMS", "EA123456785CN"),
        ("EMS", "EE123456785TW"),
        ("Russian Post", "RA123456785RU"),
        ("UPS", "1Z5R89390357567127"),
        ("UPS", "1Z999AA10123456784"),
        ("FedEx", "986578788855"),
        ("DHL", "3318810025"),
        ("USPS", "LZ473124829US"),
    ],
)
def test_a_real_number_is_valid_and_a_wrong_digit_makes_it_invalid(
    carrier: str, number: str
) -> None:
    assert check_number(carrier, number).status == "valid"
    at = max(i for i, letter in enumerate(number) if letter.isdigit())
    for digit in set(string.digits) - {number[at]}:
        wrong = number[:at] + digit + number[at + 1 :]
        assert check_number(carrier, wrong).status == "invalid", wrong


@given(
    serial=st.integers(0, 99_999_999).map("{:08}".format),
    service=st.sampled_from(["RA", "LX", "CP", "EE", "UA", "VV"]),
    country=st.sampled_from(["CN", "HK", "JP", "SG", "RU"]),
)
def test_of_ten_check_digits_one_is_right(serial: str, service: str, country: str) -> None:
    posts = {c.post: c.name for c in CARRIERS if c.post and not c.service}
    right = [
        digit
        for digit in range(10)
        if check_number(posts[country], f"{service}{serial}{digit}{country}").status == "valid"
    ]
    assert right == [s10_check_digit(serial)]


@pytest.mark.parametrize(
    ("carrier", "number"),
    [
        (" china  post ", "rb 473 124 829 cn"),
        ("CHINAPOST", "RB-473124829-CN"),
        ("中国邮政", "RB473124829CN\n"),
        ("ups", "1z 5r8 939 03 5756 712 7"),
    ],
)
def test_spelling_does_not_matter(carrier: str, number: str) -> None:
    assert check_number(carrier, number).status == "valid"


@pytest.mark.parametrize(
    ("carrier", "number", "expected"),
    [
        ("DHL", "RB473124829CN", ("unchecked", True, ("China Post",))),
        ("China Post", "RB123456785HK", ("invalid", True, ("Hong Kong Post",))),
        ("Japan Post EMS", "RB123456785JP", ("invalid", True, ("Japan Post",))),
        ("UPS", "RB473124829CN", ("invalid", True, ("China Post",))),
        ("Swift Parcels", "1Z5R89390357567127", ("unchecked", False, ("UPS",))),
    ],
)
def test_names_the_carriers_a_number_fits(
    carrier: str, number: str, expected: tuple[str, bool, tuple[str, ...]]
) -> None:
    check = check_number(carrier, number)
    assert (check.status, check.carrier_known, check.suggests) == expected


@pytest.mark.parametrize(
    ("carrier", "number", "status", "known"),
    [
        ("TNT", "123456789", "unchecked", True),
        ("SF Express", "SF1012345678901", "unchecked", True),
        ("China Post", "1107862134567", "unchecked", True),  # domestic: not S10
        ("China Post", "RB47312489CN", "invalid", True),  # a digit is missing
        ("China Post", "RB4731248299CN", "invalid", True),  # a digit too many
        ("DHL", "JJD000390001234567890", "unchecked", True),
        ("UPS", "1Z5R8939035756712A", "invalid", True),
        ("FedEx", "12345", "invalid", True),
        ("Swift Parcels", "12345", "unchecked", False),
        ("", "", "unchecked", False),
        ("UPS", "", "invalid", True),
        ("Nobody", "1" * 100_000, "unchecked", False),
        ("FedEx", "1" * 100_000, "invalid", True),
        ("China Post", "RB٤٧٣١٢٤٨٢٩CN", "unchecked", True),  # digits of another script
        ("China Post", "<script>\x00", "unchecked", True),
    ],
)
def test_what_is_not_known_is_unchecked_and_what_cannot_be_is_invalid(
    carrier: str, number: str, status: str, known: bool
) -> None:
    check = check_number(carrier, number)
    assert (check.status, check.carrier_known, check.suggests) == (status, known, ())


@pytest.mark.parametrize(
    "carrier",
    ["DHL", "TNT", "UPS", "FedEx", "Japan Post EMS", "SF Express", "China Post", "Hong Kong Post"],
)
def test_knows_every_carrier_the_shipped_packs_name(carrier: str) -> None:
    assert check_number(carrier, "x").carrier_known


@given(carrier=st.sampled_from([c.name for c in CARRIERS]), number=st.text(max_size=40))
def test_no_number_breaks_it(carrier: str, number: str) -> None:
    assert check_number(carrier, number).status in ("invalid", "unchecked", "valid")


@given(st.from_regex(r"1Z[A-Z0-9]{16}", fullmatch=True))
def test_no_ups_number_breaks_it(number: str) -> None:
    assert check_number("UPS", number).status in ("invalid", "valid")
