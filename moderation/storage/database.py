"""The databases: one unit of work commits once, at its end, or not at all.

Nothing else commits: the API opens one unit a request, a worker one a job.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from time import monotonic
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, DisconnectionError, NoSuchModuleError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from moderation.errors import Misconfigured, StoreUnavailable
from moderation.settings import Settings
from moderation.storage.turns import Turns

__all__ = ["Connection", "Database", "Unit", "check", "open_database"]

BUSY_SECONDS = 10
"""How long a writer waits for SQLite's one write lock."""
_LOG_PAGES, _ARCHIVE_LOG_PAGES = 4_000, 16_000
"""Pages of SQLite's log (16 and 64 MB) after which a commit brings them into the file; ``Database.sync`` comes first,
mostly. A chunk of the archive changes most of its pages, and those of several chunks are brought there once."""
RESTED_SECONDS = 5.0
"""A connection to PostgreSQL that was not used for so long is tried before it is trusted."""
THREADS = 12
"""Threads in which a process answers requests."""
SNAPSHOTS = 6
"""Requests that hold a snapshot while they wait for a thread."""
_CONNECTIONS = 2 * (THREADS + SNAPSHOTS) + 8
"""Each of them may need two (case store and archive), and chores have their own: who holds one never waits in vain for another."""
_POOL: dict[str, Any] = {"pool_size": _CONNECTIONS, "max_overflow": 0, "pool_use_lifo": True}
"""None is closed because others came back first; the last one used is the first one used again."""
_WRITERS = 8
"""Units of work on PostgreSQL that a process runs at once: more of them only stand in each other's way."""


@dataclass
class Unit:
    """One transaction, and what to do once it is safe in the database."""

    _begin: Callable[[], Connection]
    after_commit: list[Callable[[], None]] = field(default_factory=list)

    @cached_property
    def connection(self) -> Connection:
        """The transaction's; it begins where this is first asked for."""
        return self._begin()


@dataclass(frozen=True, slots=True)
class Database:
    """The case store and the archive; the same engine twice where one PostgreSQL holds both.

    Units of work on the case store take turns within a process: on SQLite there is one writer at a time anyway,
    and whoever waits for its lock only looks again now and then.
    """

    main: Engine
    archive: Engine
    _writers: Turns

    @contextmanager
    def write(self, *, synced: bool = True, late: bool = False, in_one_go: bool = False) -> Iterator[Unit]:
        """A unit of work on the case store. Once committed it survives the death of every process.

        Args:
            synced: On SQLite the commit also waits for the disk, so that it survives a power cut. Where
                that takes too long, ``False`` leaves it to the next one that waits, or to ``sync``.
            late: It begins with the first use of its connection: for those who have to wait for something
                else in between, and would hold up every other writer meanwhile.
            in_one_go: PostgreSQL gets its statements without waiting for each answer: only those of ``often``
                may give something back. What one of them fails with is raised at the end at the latest.

        Raises:
            StoreUnavailable: The database does not answer; nothing was written.
        """
        with _unit(self.main, self._writers, late=late, in_one_go=in_one_go, ibasho_synced=synced) as unit:
            yield unit

    def sync(self) -> None:
        """Bring what was committed with ``synced=False`` to the disk; on PostgreSQL it is there."""
        if self.main.dialect.name == "sqlite":
            # Without a transaction: a checkpoint is refused within one. It holds up no writer.
            with self.main.connect().execution_options(ibasho_bare=True) as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(PASSIVE)")

    @contextmanager
    def write_archive(self) -> Iterator[Unit]:
        """A unit of work on the archive and its buckets."""
        with _unit(self.archive, None) as unit:
            yield unit

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """The case store to read from; takes no write lock.

        On PostgreSQL each statement sees what is committed when it begins, as in any transaction of its
        default level; without one, BEGIN and ROLLBACK are two ways to the server less.
        """
        each = {"isolation_level": "AUTOCOMMIT"} if self.main.dialect.name == "postgresql" else {}
        with _snapshot(self.main, **each) as connection:
            yield connection

    @contextmanager
    def read_archive(self) -> Iterator[Connection]:
        """A snapshot of the archive: the same one for all that is asked, whatever is written meanwhile."""
        # SQLite's transactions are snapshots anyway; PostgreSQL's see what others commit meanwhile.
        same = {"isolation_level": "REPEATABLE READ"} if self.archive.dialect.name == "postgresql" else {}
        with _snapshot(self.archive, **same) as connection:
            yield connection

    @property
    def archive_is_apart(self) -> bool:
        """Whether another process writes the archive down, while this one only waits."""
        return self.archive.dialect.name == "postgresql"

    def dispose(self) -> None:
        """Close every connection."""
        self.main.dispose()
        self.archive.dispose()


@contextmanager
def _unit(
    engine: Engine, turns: Turns | None, *, late: bool = False, in_one_go: bool = False, **options: bool
) -> Iterator[Unit]:
    try:
        with ExitStack() as stack:

            def begin() -> Connection:
                if turns is not None:
                    stack.enter_context(turns.one(BUSY_SECONDS))
                connection = stack.enter_context(engine.connect().execution_options(**options))
                stack.enter_context(connection.begin())
                if in_one_go:
                    stack.enter_context(_in_one_go(connection))
                return connection

            unit = Unit(begin)
            if not late:
                _ = unit.connection
            yield unit
    except _SILENCE as error:
        raise StoreUnavailable(
            f"The database does not answer ({_why(error)}); nothing was stored."
        ) from error
    for call in unit.after_commit:
        call()


@contextmanager
def _snapshot(engine: Engine, **options: Any) -> Iterator[Connection]:
    try:
        with engine.connect().execution_options(ibasho_read=True, **options) as connection:
            yield connection
    except _SILENCE as error:
        raise StoreUnavailable(f"The database does not answer ({_why(error)}).") from error


_SILENCE = (OperationalError, PoolTimeout, TimeoutError)
"""The database is away, or nobody's turn comes: whatever the reason, it is not there for this caller."""


def _why(error: Exception) -> str:
    if not isinstance(error, DBAPIError):
        return "too many use it at once"
    return _first_line(error)


def _first_line(error: DBAPIError) -> str:
    return str(error.orig).strip().split("\n", maxsplit=1)[0]


@contextmanager
def driver(connection: Connection) -> Iterator[Any]:
    """The driver's own connection, in the same transaction. Its errors come as SQLAlchemy's."""
    errors = connection.dialect.loaded_dbapi.Error
    try:
        yield connection.connection.driver_connection
    except errors as error:
        raise DBAPIError.instance(None, None, error, errors, dialect=connection.dialect) from error


@contextmanager
def _in_one_go(connection: Connection) -> Iterator[None]:
    """The block's statements, and the commit behind them, reach PostgreSQL without waiting for each answer."""
    if connection.dialect.name != "postgresql":
        yield
        return
    with driver(connection) as to, to.pipeline():
        yield
        to.execute("COMMIT")


def open_database(settings: Settings) -> Database:
    """Engines for both stores; no connection is made yet.

    Raises:
        Misconfigured: A URL cannot be used.
    """
    main = _engine(settings.main_url, "IBASHO_DATABASE_URL", _LOG_PAGES)
    if settings.archive_database_url == settings.main_url:
        archive = main
    else:
        archive = _engine(settings.archive_database_url, "IBASHO_ARCHIVE_URL", _ARCHIVE_LOG_PAGES)
    return Database(main, archive, Turns(1 if main.dialect.name == "sqlite" else _WRITERS))


def check(database: Database) -> None:
    """Ask both stores for a sign of life. Raises StoreUnavailable."""
    with database.read() as connection, database.read_archive() as archive:
        connection.execute(text("SELECT 1"))
        archive.execute(text("SELECT 1"))


def _engine(url: str, setting: str, log_pages: int) -> Engine:
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() not in ("sqlite", "postgresql"):
            raise Misconfigured(
                f"{setting}: {parsed.get_backend_name()!r} is not supported; use postgresql or sqlite."
            )
        if parsed.get_backend_name() == "postgresql":
            parsed = parsed.set(drivername="postgresql+psycopg")
            return _postgres(parsed)
        if parsed.database in (None, "", ":memory:"):
            raise Misconfigured(f"{setting}: SQLite needs a file, as in sqlite:///var/ibasho.db.")
        Path(str(parsed.database)).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(parsed, connect_args={"timeout": BUSY_SECONDS}, **_POOL)
    except (ArgumentError, NoSuchModuleError) as error:
        raise Misconfigured(
            f"{setting}: {url!r} is not a database URL; try sqlite:///var/ibasho.db."
        ) from error
    except OSError as error:
        raise Misconfigured(f"{setting}: cannot make the folder of {url!r}: {error.strerror}.") from error
    event.listen(engine, "connect", partial(_prepare_sqlite, log_pages=log_pages))
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _postgres(url: URL) -> Engine:
    engine = create_engine(url, **_POOL)
    event.listen(engine, "checkin", _note_rest)
    event.listen(engine, "checkout", _ping_after_rest)
    return engine


def _note_rest(connection: Any, record: Any) -> None:
    del connection
    record.info["rests_since"] = monotonic()


def _ping_after_rest(connection: Any, record: Any, proxy: Any) -> None:
    """Ask a connection that lay still for a sign of life; one that was at work a moment ago need not be asked."""
    del proxy
    if monotonic() - record.info.get("rests_since", monotonic()) < RESTED_SECONDS:
        return
    try:
        connection.execute("SELECT 1")
        connection.rollback()
    except Exception as error:
        raise DisconnectionError from error  # the pool makes a new one


def _prepare_sqlite(connection: Any, record: Any, *, log_pages: int) -> None:
    del record
    connection.isolation_level = None  # the driver must not begin transactions by itself
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")  # what was accepted survives a power cut
    cursor.execute(f"PRAGMA wal_autocheckpoint = {log_pages}")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute(
        "PRAGMA cache_size = -32768"
    )  # KiB at most; with the usual 2 MB a bulk write reads pages again
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    if options.get("ibasho_bare"):
        return
    if options.get("ibasho_read"):
        connection.exec_driver_sql("BEGIN")
        return
    synced = options.get("ibasho_synced", True)
    if connection.info.get("synced", True) is not synced:
        connection.exec_driver_sql(f"PRAGMA synchronous = {'FULL' if synced else 'NORMAL'}")
        connection.info["synced"] = synced
    # A writer takes the lock at once: upgrading a read lock half way fails without waiting.
    with driver(connection) as to:
        to.execute("BEGIN IMMEDIATE")
