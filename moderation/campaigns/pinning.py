"""Pin what is measured with, and ask the pinned models: the recorder's side of measurement."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np
import structlog
from numpy.typing import NDArray

from classifiers.errors import ClassifierError
from classifiers.labels import CATEGORIES
from classifiers.model import Classifier
from classifiers.views import Views
from moderation import bootstrap
from moderation.campaigns.measurement import MeasurementModel, Score, measure, pin
from moderation.errors import ModelUnavailable
from moderation.scoring.policy import read_policy
from moderation.scoring.record import ScoredRecord
from moderation.settings import Settings
from moderation.storage.accounts import audit
from moderation.storage.database import Database
from moderation.storage.models import files as model_files
from moderation.storage.models import models
from moderation.storage.models.models import RegisteredModel
from moderation.storage.trends import measurements
from moderation.taxonomy import Category, Strictness
from moderation.trends.count import Measured

log = structlog.get_logger(__name__)

_LOOK_EVERY = timedelta(seconds=5)
"""How old a recorder's knowledge of what is pinned may be."""
_AT_ONCE = 256
"""Texts that are scored together: what was made of them stays near the processor, and goes again."""


def pin_live(settings: Settings, database: Database, *, by: str, now: datetime) -> MeasurementModel | None:
    """Pin the classifier that is live now, with the operating points of an ordinary room.

    Its files are kept among the registered models, so that training another one takes nothing away.

    Returns:
        The model; None where this very one is pinned already.

    Raises:
        ClassifierError: There is no trained classifier.
        ModelUnavailable: The live one's files are not what was registered.
        OSError: The files cannot be kept.
    """
    with database.read() as connection:
        live = models.state(connection).live
    if live is None:
        folder = settings.classifier_dir
        bridge = bootstrap.load_classifier(settings)
        files = model_files.keep(folder, settings.data_dir, bridge.versions["model"])
    else:
        bridge, files = bootstrap.load_registered(settings, database, live), {}
    version = bridge.versions["model"]
    pinned = pin(
        **bridge.versions,
        dictionary=bridge.classifier.dictionary_version,
        points={
            category.value: point.review
            for category, point in read_policy().points[Strictness.NORMAL].items()
        },
        by=by,
        now=now,
    )
    with database.write() as unit:
        if live is None:
            models.register(
                unit.connection,
                RegisteredModel(
                    version=version,
                    card=bridge.classifier.card,
                    files=files,
                    created_at=now,
                    created_by=by,
                ),
            )
        new = measurements.put(unit.connection, pinned, now=now)
        if new:
            data = {"model": version, "lexicon": pinned.lexicon, "fold": pinned.fold}
            audit.append(
                unit.connection, actor=by, act="measurement.pin", object_=pinned.version, data=data, now=now
            )
    return pinned if new else None


class Measures:
    """The measurement models of one recorder. Follows what is pinned; loads a classifier when it is needed."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self._settings = settings
        self._database = database
        self._models: list[MeasurementModel] = []
        self._scores: dict[str, Score | None] = {}
        self._looked_at: datetime | None = None

    def refresh(self, *, now: datetime) -> None:
        """Look what is pinned; where nothing is, pin what is live. Raises StoreUnavailable."""
        if self._looked_at is not None and now - self._looked_at < _LOOK_EVERY:
            return
        with self._database.read() as connection:
            found = measurements.counting(connection, now=now)
        if not found:
            found = self._first(now)
        # A model that could not be loaded is tried again each time: its files may still be on the way.
        known = {one.version for one in found}
        self._scores = {
            version: score
            for version, score in self._scores.items()
            if score is not None and version in known
        }
        self._models = found
        self._looked_at = now

    def _first(self, now: datetime) -> list[MeasurementModel]:
        try:
            pinned = pin_live(self._settings, self._database, by="system", now=now)
        except (ClassifierError, ModelUnavailable, OSError) as error:
            log.warning("measurement.not_pinned", why=str(error))
            return []
        return [] if pinned is None else [pinned]

    def of(self, records: Sequence[ScoredRecord]) -> tuple[list[Measured], Counter[tuple[str, str]]]:
        """What each model says of some messages, and how many it was not asked about by (service, source)."""
        found: list[Measured] = []
        missed: Counter[tuple[str, str]] = Counter()
        for model in self._models:
            said, left = measure(model, records, None)
            if left:
                said, left = measure(model, records, self._score(model))
            found.append(said)
            missed.update((one.service, model.source) for one in left)
        return found, missed

    def _score(self, model: MeasurementModel) -> Score | None:
        if model.version not in self._scores:
            self._scores[model.version] = self._load(model)
        return self._scores[model.version]

    def _load(self, model: MeasurementModel) -> Score | None:
        try:
            bridge = bootstrap.load_registered(self._settings, self._database, model.model)
        except ModelUnavailable as error:
            log.warning("measurement.unavailable", measurement=model.version, why=str(error))
            return None
        parts = (bridge.versions["fold"], bridge.classifier.dictionary_version)
        if parts != (model.fold, model.dictionary):
            log.error(
                "measurement.unavailable",
                measurement=model.version,
                why=f"this program folds and cuts words by {parts}, not {(model.fold, model.dictionary)}; "
                "pin again with `ibasho campaigns pin`",
            )
            return None
        return _scorer(bridge.classifier)


def _scorer(classifier: Classifier) -> Score:
    columns = [CATEGORIES.index(category.value) for category in Category]

    def score(texts: Sequence[str]) -> NDArray[np.floating]:
        parts = (map(Views, texts[at : at + _AT_ONCE]) for at in range(0, len(texts), _AT_ONCE))
        return np.concatenate([classifier.score_many(list(part))[0] for part in parts])[:, columns]

    return score
