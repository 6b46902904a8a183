"""Put the parts together: the classifier, the rules, and the engine that scores with them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock

import structlog
import yaml

from classifiers.errors import ClassifierError
from classifiers.model import Classifier
from moderation.errors import Misconfigured, ModelUnavailable, StoreUnavailable
from moderation.rulebook.followed import FollowedRules, measure
from moderation.scoring.detectors import ClassifierBridge, RulesBridge, fold_text
from moderation.scoring.engine import Engine, Standing
from moderation.scoring.followed import FollowedText
from moderation.scoring.message import Message, Room
from moderation.scoring.policy import read_policy
from moderation.scoring.rule_source import RuleSource
from moderation.scoring.ruleset import RuleSources
from moderation.settings import Settings
from moderation.storage import policies
from moderation.storage.chat import people, standing
from moderation.storage.chat.standing import Standings
from moderation.storage.database import Connection, Database, Unit
from moderation.storage.models import files, models
from moderation.storage.policies import PolicyClause
from moderation.storage.rules import costs, rulesets
from moderation.storage.rules.costs import Cost
from moderation.taxonomy import Category, Strictness
from moderation.trends.days import jst_day_of
from rules.compile import compile_rules
from rules.match import RuleSet

log = structlog.get_logger(__name__)

ROOMS_KEPT = timedelta(hours=48)
"""How long after its end a room's facts still complete late messages."""
COSTS_EVERY = timedelta(seconds=30)
"""How often what rules cost is written down."""
POLICIES_FILE = Path(__file__).with_name("policies.yaml")


def read_rule_files(settings: Settings) -> RuleSources:
    """The packs and lists of the folders, as texts by path. Raises Misconfigured."""
    try:
        return RuleSources(packs=_texts(settings.rules_dir), lists=_texts(settings.lists_dir))
    except OSError as error:
        raise Misconfigured(f"Cannot read the rules: {error.filename}: {error.strerror}.") from error


def _texts(folder: Path) -> dict[str, str]:
    if not folder.is_dir():
        raise Misconfigured(
            f"{folder}: no such folder of rules; IBASHO_RULES_DIR and IBASHO_LISTS_DIR name them."
        )
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8", errors="surrogateescape")
        for path in sorted(folder.rglob("*.yaml"))
    }


def compile_sources(sources: RuleSources) -> RuleSet:
    """Compile the rules that are sound; each broken one is named in the log and left out."""
    rule_set = compile_rules(sources.loaded, fold=fold_text)
    for problem in rule_set.broken:
        log.error("rule.broken", problem=str(problem))
    return replace(rule_set, version=sources.version)


def load_classifier(settings: Settings) -> ClassifierBridge:
    """The trained classifier. Raises ClassifierError where there is none."""
    return ClassifierBridge(Classifier.load(settings.classifier_dir))


def load_live(settings: Settings, database: Database) -> ClassifierBridge:
    """The classifier in force: the one that was promoted, else that of the settings.

    Raises:
        ClassifierError: None was promoted, and there is none where the settings say.
        ModelUnavailable: The files of the live one are not what was registered.
        StoreUnavailable: The database does not answer.
    """
    with database.read() as connection:
        live = models.state(connection).live
    return load_classifier(settings) if live is None else load_registered(settings, database, live)


def load_registered(settings: Settings, database: Database, version: str) -> ClassifierBridge:
    """A registered classifier.

    Raises:
        ModelUnavailable: It is not known, or its files are not what was registered.
        StoreUnavailable: The database does not answer.
    """
    with database.read() as connection:
        known = models.get(connection, version)
    if known is None:
        raise ModelUnavailable(
            f"Model {version} is not registered; `ibasho model status` shows those that are."
        )
    try:
        return ClassifierBridge(Classifier.load(files.check(settings.data_dir, version, known.files)))
    except ClassifierError as error:
        raise ModelUnavailable(f"Model {version}: {error}") from error


def embedded_engine(settings: Settings) -> Engine:
    """An engine of the files alone, for work without a server."""
    rules = RulesBridge(compile_sources(read_rule_files(settings)))
    return Engine(text=load_classifier(settings), rules=rules, policy=read_policy())


def seed(unit: Unit, settings: Settings, *, now: datetime) -> None:
    """Give a new database the policies, and the packs of the files as its first rule set."""
    policies.put(unit.connection, read_policies(), now=now)
    if rulesets.active_seq(unit.connection) == 0:
        version = rulesets.store(
            unit.connection,
            sources=read_rule_files(settings),
            by="system",
            now=now,
            note="ファイルにあるルール一式",
        )
        rulesets.activate(unit.connection, version=version, by="system", now=now, act=rulesets.SEED)


def read_policies(path: Path = POLICIES_FILE) -> list[PolicyClause]:
    """The clauses of the terms of use that the project ships."""
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    return [
        PolicyClause(
            id=clause["id"],
            version=clause["version"],
            title=clause["title"],
            text=clause["text"].strip(),
            url=clause.get("url"),
            categories=tuple(Category(name) for name in clause["categories"]),
        )
        for clause in data["clauses"]
    ]


class EngineRoom:
    """The live engine of this process; ``refresh`` follows rules, classifiers and people's standing."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self._settings = settings
        self._database = database
        self._policy = read_policy()
        self._texts = FollowedText(self._load, self._policy.points[Strictness.NORMAL])
        self._rules = FollowedRules(
            lambda sources: RulesBridge(compile_sources(sources)), now=datetime.now(UTC)
        )
        self._engine: Engine | None = None
        self._following = Lock()
        self._costs: dict[RuleSource, Cost] = {}
        self._costs_due = datetime.now(UTC) + COSTS_EVERY
        self._standings = Standings()
        self._rooms: Mapping[tuple[str, str], Room] = {}

    @property
    def current(self) -> Engine:
        """The engine to score with now.

        Raises:
            Misconfigured: No rule set was ever activated.
        """
        if self._engine is None:
            raise Misconfigured("No rule set is active; run `ibasho db upgrade`.")
        return self._engine

    @property
    def ready(self) -> bool:
        """Whether there is an engine."""
        return self._engine is not None

    @property
    def model_problem(self) -> str | None:
        """Why the classifier is not the one that was made live (the one before stays); None where it is."""
        return self._texts.problem

    def rules_problem(self, connection: Connection) -> str | None:
        """Why this process must not answer yet: it has no rule set, or not the one in force; None where it has."""
        if self._engine is None:
            return "none active"
        if self._rules.late:
            return "this process was too busy to look which rule set is in force"
        if rulesets.active_seq(connection) != self._rules.seq:
            return "the rule set in force is not loaded yet"
        return None

    @property
    def late(self) -> bool:
        """Whether ``confirm`` has to be called before an answer; not while the database is known to be away."""
        return self._rules.late and not self._rules.away

    def confirm(self) -> None:
        """Look which rule set is in force, and take it up; with the database away the one at hand stays.

        For a process that was too busy to give a sign of life in time: others may have stopped waiting for it.
        """
        with self._following:
            if not self.late:
                return
            try:
                self._rules.take_up(self._database)
            except StoreUnavailable as error:
                log.warning("engine.not_confirmed", why=str(error))
            self._swap()

    def has_news(self) -> bool:
        """Whether a rule set came into force or was proposed since the last refresh; cheap."""
        try:
            with self._database.read() as connection:
                return self._rules.has_news(connection)
        except StoreUnavailable:
            return False

    def standing(self, message: Message) -> Standing:
        """What is known of a message's author and room, at most one refresh old."""
        return self._standings.of(message)

    def known_room(self, service: str, room_id: str) -> Room | None:
        """What events told of a room, at most one refresh old."""
        return self._rooms.get((service, room_id))

    def refresh(self) -> None:
        """Load the rule set and the classifier if they changed, everybody's strikes and labels, and the rooms.

        Runs off the event loop; the new engine is swapped in whole. When the database is away
        the old ones stay.
        """
        with self._following:
            self._refresh(datetime.now(UTC))

    def _refresh(self, now: datetime) -> None:
        try:
            self._rules.take_up(self._database)  # first: others wait for this sign of life
            with self._database.read() as connection:
                self._standings = standing.read(connection, now=now)
                self._rooms = people.live_rooms(connection, ended_after=now - ROOMS_KEPT)
                wanted = models.state(connection)
            self._keep_agreement(now)
            self._texts.follow(wanted)
            self._keep_costs(now)
        except StoreUnavailable as error:
            log.warning("engine.refresh_failed", why=str(error))
        self._swap()

    def _swap(self) -> None:
        rules, engine = self._rules.bridge, self._engine
        if rules is not None and (
            engine is None or engine.rules is not rules or engine.text is not self._texts.text
        ):
            self._engine = Engine(text=self._texts.text, rules=rules, policy=self._policy)

    def leave(self) -> None:
        """Say goodbye: nobody has to wait for this process when a rule set comes into force."""
        try:
            self._rules.leave(self._database)
        except StoreUnavailable as error:
            log.warning("engine.goodbye_failed", why=str(error))

    def _keep_costs(self, now: datetime) -> None:
        """Measure some rules, and store what all of them cost since the last time, about twice a minute."""
        if self._rules.bridge is not None:
            measure(self._rules.bridge, self._costs)
        if self._costs and now >= self._costs_due:
            with self._database.write() as unit:
                costs.add(unit.connection, list(self._costs.values()), day=jst_day_of(now))
            self._costs.clear()
            self._costs_due = now + COSTS_EVERY

    def _load(self, version: str | None) -> ClassifierBridge:
        if version is None:
            try:
                return load_classifier(self._settings)
            except ClassifierError as error:
                raise ModelUnavailable(str(error)) from error
        return load_registered(self._settings, self._database, version)

    def _keep_agreement(self, now: datetime) -> None:
        """Store what the shadow was counted at since the last time."""
        pair = self._texts.shadowed
        if pair is None:
            return
        counted = pair.take()
        if not counted:
            return
        try:
            with self._database.write() as unit:
                models.add_agreement(unit.connection, counted, day=jst_day_of(now))
        except StoreUnavailable:
            pair.give_back(counted)
            raise
