"""An installation of its own for the tests of the officers' commands: `zhiwen …` through main([...]) on a temporary folder."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.cli import main
from casework.cases import Consent, Person
from casework.consultations.model import Booking, BookingDetails, FreeTimeQuery, Mode, Right
from casework.enquiries import Enquiry
from casework.forms import Forms
from desk.container import Container, set_container
from desk.settings import read_settings

NOW = "2026-11-23T09:30"
PERSON = Person("张丽", "+8613812345678", "zhangli@example.com")


@dataclass
class Office:
    """The container behind the commands, what they print, and how cases come about."""

    container: Container
    capture: pytest.CaptureFixture[str]

    def zhiwen(self, *words: str) -> str:
        """Run a command that must succeed; what it printed."""
        code, out, err = self.tried(*words)
        assert code == 0, err
        return out

    def tried(self, *words: str) -> tuple[int, str, str]:
        """Run a command; exit code, standard output, standard error."""
        self.capture.readouterr()
        code = main(words)
        printed = self.capture.readouterr()
        return code, printed.out, printed.err

    def booked(self, conversation: str = "web-1", person: Person = PERSON, position: int = 0, first: dt.date | None = None) -> Booking:
        """A booking on the n-th free time in Hohhot (on or after a day)."""
        service = self.container.consultations
        query = FreeTimeQuery(right=Right.TRADEMARK, region="hohhot", mode=Mode.PHONE, first=first)
        service.hold(conversation, service.free_times(query, position + 1)[position].id)
        service.record_consent(conversation, Consent("t", "示例", self.container.clock()))
        return service.confirm(conversation, "k", BookingDetails(person, "我的商标被人抢注了"))

    def asked(self, conversation: str = "web-1", person: Person | None = None) -> Enquiry:
        """A question left for the office."""
        clock = self.container.clock
        Forms(self.container.store, clock).record_consent(conversation, Consent("t", "示例", clock(), "enquiry"))
        return self.container.enquiry_service.submit(conversation, "q", "驼奶粉能注册商标吗", person)


MakeOffice = Callable[..., Office]


@pytest.fixture
def make_office(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[MakeOffice]:
    """Offices on the test's folder; another one with another clock (`now=`) works on the same data."""
    made: list[Container] = []

    def make(now: str = NOW, **environment: str) -> Office:
        settings = read_settings({"ZHIWEN_DATA_DIR": str(tmp_path / "data"), "ZHIWEN_NOW": now, **environment})
        container = Container(settings)
        made.append(container)
        set_container(container)
        return Office(container, capsys)

    yield make
    set_container(None)
    for container in made:
        if "database" in container.__dict__:
            container.database.close()


@pytest.fixture
def office(make_office: MakeOffice) -> Office:
    """An empty installation on a Monday morning."""
    return make_office()
