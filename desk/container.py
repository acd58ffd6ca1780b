"""The composition root: builds the real services once, each when it is first needed."""

from __future__ import annotations

import datetime as dt
import threading
from functools import cached_property
from pathlib import Path

from casework.cases import CaseKind
from casework.consultations import ConsultationService, Directory, load_directory
from casework.consultations.calendar_file import calendar_file
from casework.consultations.office import ConsultationOffice
from casework.enquiries import EnquiryService
from casework.errors import CaseNotFoundError
from casework.forms import Forms
from casework.notify.dispatcher import Dispatcher
from casework.notify.model import Channel, Claimed, Transport
from casework.notify.transports import EmailTransport, Letter, LogTransport
from casework.office import CaseOffice
from casework.oversight.figures import Standing
from casework.oversight.gaps import FeedbackBook, GapBook
from casework.oversight.switches import TOPIC, LiveControl, LiveView
from casework.oversight.turns import TurnBook
from casework.pledge import PledgeService, load_pledge_directory
from casework.pledge.summary import summary_pdf
from desk.abroad import PersonalDataAbroad
from desk.case_steps import CaseSteps, consultation_steps, enquiry_steps, intake_steps
from desk.clock import Clock, clock_from
from desk.consultation_desk import ConsultationDesk, calendar_words
from desk.enquiry_desk import EnquiryDesk
from desk.enquiry_form import EnquiryForm
from desk.letters import OutboxLoop, letter, smtp_settings
from desk.live import LiveRelease
from desk.lookup_desk import LookupDesk
from desk.pledge_desk import PledgeDesk
from desk.pledge_words import summary_facts
from desk.quiz_desk import QuizDesk
from desk.settings import Settings, read_settings
from desk.wishes import wish_about_mine, wish_of
from knowledge.answerer import Answerer
from knowledge.encoder import Encoder, open_encoder
from knowledge.lexicon import Lexicon, load_lexicon
from outreach.quiz import load_bank
from storage import Database, Deliveries, Keyring, Leases, SqlStore, StorageError, check_key, has_sealed_rows, migrate, open_database, open_keyring

_SUMMARY = "intake-summary:"


class Container:
    """Holds the settings and the services built from them."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._lock = threading.RLock()
        self.channel_transports: dict[Channel, Transport] = {}  # of channels above this floor; set before `outbox` is used

    @cached_property
    def clock(self) -> Clock:
        return clock_from(self.settings.now)

    @cached_property
    def database(self) -> Database:
        """The one database, migrated. Raises a storage error when it is unreachable."""
        self.settings.data_dir.mkdir(parents=True, exist_ok=True)
        migrate(self.settings.database_url)
        return open_database(self.settings.database_url)

    @cached_property
    def keyring(self) -> Keyring:
        """The installation's key: from the settings, or from a file made on first start (mode 0600)."""
        self.settings.data_dir.mkdir(parents=True, exist_ok=True)
        keyring = open_keyring(
            self.settings.data_dir / "secret.key",
            self.settings.secret_key,
            self.settings.old_secret_keys,
            may_create=lambda: not has_sealed_rows(self.database),
        )
        check_key(self.database, keyring)
        return keyring

    @cached_property
    def store(self) -> SqlStore:
        """Units of work on the one database."""
        return SqlStore(self.database, self.keyring)

    @cached_property
    def deliveries(self) -> Deliveries:
        """What channels delivered, each handled once."""
        return Deliveries(self.database, self.keyring, clock_from(None))  # a set clock starts anew with each process

    @cached_property
    def leases(self) -> Leases:
        """Work that exactly one process does."""
        return Leases(self.database, clock_from(None))

    @cached_property
    def live_view(self) -> LiveView:
        """Live release and off switches as the database says, at most two seconds old."""
        return LiveView(self.store)

    @cached_property
    def live_control(self) -> LiveControl:
        return LiveControl(self.store, self.clock)

    @cached_property
    def gaps(self) -> GapBook:
        return GapBook(self.store, self.clock)

    @cached_property
    def feedback(self) -> FeedbackBook:
        return FeedbackBook(self.store, self.clock)

    @cached_property
    def turn_book(self) -> TurnBook:
        """Counts of turns by day: outcome, language, card, speed."""
        return TurnBook(self.store, self.clock)

    def standing(self) -> Standing:
        """What stands in the database now: holds, gaps, open feedback, the outbox."""
        with self.store(read_only=True) as unit:
            return unit.figures.standing(self.clock())

    def case_count(self) -> int:
        """How many cases there are. Raises a storage error when key and database do not belong together."""
        check_key(self.database, self.keyring)
        with self.store(read_only=True) as unit:
            return unit.figures.case_count()

    @cached_property
    def lexicon(self) -> Lexicon:
        return load_lexicon()

    @cached_property
    def encoder(self) -> Encoder:
        return open_encoder(self.settings.embedding_model, self.lexicon)

    @property
    def releases_dir(self) -> Path:
        return self.settings.data_dir / "releases"

    @cached_property
    def live(self) -> LiveRelease:
        """The live generation; follows the database row that names it."""
        with self._lock:
            return LiveRelease(self.releases_dir, self.encoder, self.lexicon, self.keyring.derive("release"), self.live_view.release)

    @cached_property
    def answerer(self) -> Answerer:
        return Answerer(self.live)

    @cached_property
    def enquiries(self) -> EnquiryDesk:
        return EnquiryDesk(self.answerer, lambda: self.clock().date(), self.topics_off, self.gaps.record)

    @cached_property
    def quiz(self) -> QuizDesk:
        """The quiz in the chat."""
        return QuizDesk(load_bank(), self.enquiries.title_of)

    def topics_off(self) -> tuple[str, ...]:
        """Areas and cards that an officer switched off."""
        rows = self.live_view.snapshot().values
        return tuple(key.removeprefix(TOPIC) for key, row in rows.items() if key.startswith(TOPIC) and row.value.get("off"))


    @cached_property
    def directory(self) -> Directory:
        """Stations, experts, services from the officer's files."""
        return load_directory()

    @cached_property
    def consultations(self) -> ConsultationService:
        return ConsultationService(self.store, self.directory, self.clock)

    def wish(self, text: str, conversation: str) -> str | None:
        """The intent that a text states plainly outside every form: a new case, or one that this conversation made."""
        stated = wish_of(text)
        if stated is None and wish_about_mine(text) and self.consultations.references_of(conversation):
            return wish_about_mine(text)
        return stated

    @property
    def mails(self) -> bool:
        """Whether messages leave by e-mail."""
        return bool(self.settings.smtp_url and self.settings.mail_from)

    @cached_property
    def booking(self) -> ConsultationDesk:
        return ConsultationDesk(self.consultations, self.directory, self.clock, self.operator, mails=self.mails)

    @cached_property
    def lookup(self) -> LookupDesk:
        return LookupDesk(self.consultations, self.booking, self.enquiry_form, self.pledge, self.clock)

    @cached_property
    def enquiry_service(self) -> EnquiryService:
        """Questions left for the office, and their replies."""
        return EnquiryService(self.store, self.clock)

    @cached_property
    def enquiry_form(self) -> EnquiryForm:
        return EnquiryForm(self.enquiry_service, Forms(self.store, self.clock), self.clock, self.operator, mails=self.mails)

    @cached_property
    def case_office(self) -> CaseOffice:
        """What officers see of cases of every kind."""
        return CaseOffice(self.store, self.clock)

    @cached_property
    def case_steps(self) -> CaseSteps:
        """What officers do with them."""
        return CaseSteps(
            {
                CaseKind.CONSULTATION: consultation_steps(ConsultationOffice(self.store, self.directory, self.clock)),
                CaseKind.ENQUIRY: enquiry_steps(self.enquiry_service),
                CaseKind.INTAKE: intake_steps(self.pledges),
            }
        )

    def sample_rows(self) -> tuple[str, ...]:
        """Rows of the officer's files still marked as samples; production refuses to start with any."""
        return (*self.directory.sample_rows(), *load_pledge_directory().sample_rows())

    def letter(self, claimed: Claimed) -> Letter:
        """A message of the outbox in words."""
        return letter(claimed, self.directory, demo=self.settings.demo)

    @cached_property
    def abroad(self) -> PersonalDataAbroad:
        """Where personal data may be typed in Telegram."""
        lifetime = dt.timedelta(hours=self.settings.session_hours)
        return PersonalDataAbroad(Forms(self.store, self.clock), self.clock, self.operator, self.settings.telegram_personal_data, lifetime)

    @cached_property
    def outbox(self) -> OutboxLoop:
        """Sends what is due: by mail where a server is set, staff notices to the log."""
        transports: dict[Channel, Transport] = {Channel.LOG: LogTransport(), **self.channel_transports}
        url, sender = self.settings.smtp_url, self.settings.mail_from
        if url and sender:
            transports[Channel.EMAIL] = EmailTransport(smtp_settings(url, sender), self.letter)
        return OutboxLoop(Dispatcher(self.store, transports, self.clock))

    @cached_property
    def pledges(self) -> PledgeService:
        """Pre-check and intakes of pledge financing."""
        return PledgeService(self.store, load_pledge_directory(), self.clock)

    @cached_property
    def pledge(self) -> PledgeDesk:
        return PledgeDesk(self.pledges, self.clock, self.operator, self.intake_token)

    def intake_token(self, reference: str) -> str:
        """The unguessable name of an intake's summary: its reference, sealed with the installation's key."""
        return self.keyring.seal(_SUMMARY + reference)

    def intake_summary(self, token: str, language: str) -> bytes | None:
        """The PDF behind an unguessable link; None when there is no such intake."""
        try:
            sealed = self.keyring.open(token)
            if not sealed.startswith(_SUMMARY):
                return None
            intake = self.pledges.printed(sealed.removeprefix(_SUMMARY))
        except (CaseNotFoundError, StorageError):
            return None
        return summary_pdf(intake, summary_facts(intake, self.pledges, language, demo=self.settings.demo), language, self.clock())

    def calendar_file(self, token: str, language: str) -> bytes | None:
        """The .ics behind an unguessable link; None when there is no such booking."""
        try:
            booking = self.consultations.by_download_token(token)
        except CaseNotFoundError:
            return None
        return calendar_file(booking, calendar_words(booking, language, demo=self.settings.demo), self.clock())

    @property
    def operator(self) -> str:
        """Who keeps the data, as every consent text says it."""
        name = self.settings.operator_name or "示例运营单位"
        return f"{name}（{self.settings.operator_contact}）" if self.settings.operator_contact else name


_container: Container | None = None
_guard = threading.Lock()


def get_container() -> Container:
    """The process's container: the one the launcher set, or one built from the environment (stock action server)."""
    global _container
    with _guard:
        if _container is None:
            _container = Container(read_settings())
        return _container


def set_container(container: Container | None) -> None:
    """Give actions another container (launcher, tests)."""
    global _container
    with _guard:
        _container = container
