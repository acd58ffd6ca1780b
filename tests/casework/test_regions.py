"""The 12 regions and what people call them."""

from __future__ import annotations

from collections import Counter

import pytest

from casework.regions import all_regions, find_regions, region_of


def test_there_are_twelve_and_no_name_means_two() -> None:
    names = Counter(name.casefold() for region in all_regions() for name in set(region.names))
    assert len(all_regions()) == 12
    assert [name for name, count in names.items() if count > 1] == []


def test_every_name_finds_its_region() -> None:
    for region in all_regions():
        for name in region.names:
            assert find_regions(f"在{name}这边") == (region,), name


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("呼市", ["hohhot"]),
        ("我在海拉尔", ["hulunbuir"]),
        ("满洲里市", ["hulunbuir"]),
        ("东胜区", ["ordos"]),
        ("杭锦后旗", ["bayannur"]),
        ("杭锦旗", ["ordos"]),
        ("乌兰浩特", ["hinggan"]),
        ("乌兰察布", ["ulanqab"]),
        ("科右前旗", ["hinggan"]),
        ("科左中旗", ["tongliao"]),
        ("I live in Ordos.", ["ordos"]),
        ("ORDOS", ["ordos"]),
        ("包头或者呼市", ["baotou", "hohhot"]),
        ("长沙", []),
        ("", []),
        ("borders", []),
    ],
)
def test_regions_are_found_in_text(text: str, ids: list[str]) -> None:
    assert [region.id for region in find_regions(text)] == ids


def test_an_unknown_id_is_named() -> None:
    with pytest.raises(KeyError, match="beijing"):
        region_of("beijing")
