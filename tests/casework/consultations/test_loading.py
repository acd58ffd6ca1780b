"""The data files: shipped ones are good, wrong ones are refused with file, line and remedy."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from casework.consultations import Language, Mode, Right, load_directory
from casework.consultations.loading import DATA
from casework.errors import DataFileError
from casework.regions import all_regions


def test_all_twelve_regions_have_a_station_with_experts_for_every_right() -> None:
    directory = load_directory()
    for region in all_regions():
        stations = directory.stations_in(region.id)
        assert stations, region.id
        for right in Right:
            assert any(directory.experts_at(station, right, Language.CHINESE, mode) for station in stations for mode in Mode), (
                region.id,
                right,
            )


def test_mongolian_speaking_experts_can_be_booked_by_phone_everywhere() -> None:
    directory = load_directory()
    speakers = [e for e in directory.experts.values() if Language.MONGOLIAN in e.languages]
    assert len(speakers) >= 3
    assert all(directory.experts_at(s, Right.TRADEMARK, Language.MONGOLIAN, Mode.PHONE) for s in directory.stations.values())


def test_everything_shipped_is_marked_as_a_sample() -> None:
    directory = load_directory()
    rows = len(directory.stations) + len(directory.experts) + len(directory.services)
    assert len(directory.sample_rows()) == rows


def test_what_to_bring_exists_in_both_languages() -> None:
    directory = load_directory()
    for right in Right:
        assert len(directory.what_to_bring(right, "zh")) == len(directory.what_to_bring(right, "en")) >= 3


@pytest.mark.parametrize(
    ("file", "old", "new", "line", "problem"),
    [
        ("stations.yml", "region: hohhot", "region: beijing", 6, "is no region"),
        ("stations.yml", "modes: [on_site, phone, video]", "modes: [fax]", 8, "'fax' is not known"),
        ("stations.yml", 'weekdays: ["09:00-17:30"]', 'weekdays: ["17:30-09:00"]', 10, "are no hours"),
        ("stations.yml", "makeup_day: monday", "makeup_day: lunes", 13, "is no weekday"),
        ("stations.yml", "  breaks:", "  braeks:", 12, "Did you mean 'breaks'"),
        ("experts.yml", "stations: [hohhot]", "stations: [nowhere]", 6, "there is no station"),
        ("experts.yml", "to: 2026-12-09", "to: 2026-12-01", 10, "leave ends before it begins"),
        ("experts.yml", "to: 2026-12-09", "to: 9. Dezember", 10, "is no day"),
        ("services.yml", "duration_minutes: 45", "duration_minutes: 50", 7, "a multiple of 15"),
        ("services.yml", "\n  confirmation: instant", "\n  confirmation: maybe", 14, "is not known"),
        ("services.yml", "- id: case-review", "- id: consultation", 18, "stands twice"),
        ("services.yml", "\n  capacity: 1\n", "\n", 4, "'capacity' is missing"),
        ("bring.yml", "patent:", "patents:", 8, "unknown key"),
        ("experts.yml", "rights: [", "rights: [[", 7, "not readable as YAML"),
    ],
)
def test_a_mistake_is_named_with_file_line_and_remedy(tmp_path: Path, file: str, old: str, new: str, line: int, problem: str) -> None:
    folder = Path(shutil.copytree(DATA, tmp_path / "data"))
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(DataFileError, match=problem) as caught:
        load_directory(folder)
    assert caught.value.path == folder / file
    assert abs(caught.value.line - line) <= 1, caught.value
    assert caught.value.remedy


def test_a_region_without_a_station_is_refused(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(DATA, tmp_path / "data"))
    text = (folder / "stations.yml").read_text(encoding="utf-8")
    (folder / "stations.yml").write_text(text.replace("region: alxa", "region: wuhai"), encoding="utf-8")
    with pytest.raises(DataFileError, match="no station in alxa"):
        load_directory(folder)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataFileError, match="the file is missing"):
        load_directory(tmp_path)
