"""What every store must do, whatever database it stands on.

A test module makes a class of each, with a fixture ``store`` that gives an empty, migrated store
and a fixture ``reopen`` that gives another one on the same database.
"""

from __future__ import annotations

from tests.store.contract_callbacks import CallbacksContract
from tests.store.contract_correspondence import CorrespondenceContract
from tests.store.contract_drafts import DraftsContract
from tests.store.contract_goodwill import GoodwillContract
from tests.store.contract_imports import ImportAnswersContract
from tests.store.contract_jobs import JobsContract
from tests.store.contract_leases import LeasesContract, SlotsContract
from tests.store.contract_lists import AccessContract, ServiceContract, ViewsContract
from tests.store.contract_papers import PapersContract
from tests.store.contract_records import ContentsContract, RecordsContract, UpkeepContract
from tests.store.contract_ruling_meanings import RulingMeaningsContract
from tests.store.contract_ruling_words import RulingWordsContract
from tests.store.contract_rulings import RulingsContract
from tests.store.contract_seller_records import SellerRecordsContract
from tests.store.contract_sessions import EmailsContract, SessionsContract, TriesContract
from tests.store.contract_staff import StaffContract
from tests.store.contract_support import SupportContract
from tests.store.contract_watching import WatchingContract
from tests.store.contract_webhooks import WebhooksContract


class StoreContract(
    RecordsContract,
    ContentsContract,
    JobsContract,
    ViewsContract,
    RulingsContract,
    RulingWordsContract,
    RulingMeaningsContract,
    SupportContract,
    GoodwillContract,
    SellerRecordsContract,
    WatchingContract,
    AccessContract,
    CorrespondenceContract,
    ImportAnswersContract,
    WebhooksContract,
    DraftsContract,
    PapersContract,
    SlotsContract,
    LeasesContract,
    CallbacksContract,
    SessionsContract,
    TriesContract,
    EmailsContract,
    StaffContract,
    ServiceContract,
    UpkeepContract,
):
    """The whole port."""
