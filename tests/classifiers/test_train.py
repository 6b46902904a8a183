import numpy as np
import pytest

from classifiers.corpus import of_split
from classifiers.errors import TrainingError
from classifiers.model import Classifier
from classifiers.train import train
from tests.classifiers import samples


def test_progress_rises_to_the_end(lexicon):
    told = []
    train(samples.rows(), lexicon, progress=lambda step, share: told.append((step, share)))

    assert {step for step, _ in told} == {"reading", "calibrating", "fitting", "measuring"}
    assert told[-1] == ("measuring", 1.0)
    assert all(0.0 <= share <= 1.0 for _, share in told)


def test_a_lower_prior_lowers_every_probability(lexicon, classifier):
    careful = Classifier(train(samples.rows(), lexicon, assumed_prior=0.001))

    [usual], [less] = classifier.score(["お前は馬鹿だ"]), careful.score(["お前は馬鹿だ"])
    assert all(less.probabilities[name] < usual.probabilities[name] for name in usual.probabilities)
    assert less.targets == pytest.approx(usual.targets)


def test_a_category_may_have_a_prior_of_its_own(lexicon, classifier):
    other = Classifier(train(samples.rows(), lexicon, assumed_prior={"threat": 0.5}))

    [usual], [more] = classifier.score(["夜道"]), other.score(["夜道"])
    assert more.probabilities["threat"] > usual.probabilities["threat"]
    assert more.probabilities["insult"] == pytest.approx(usual.probabilities["insult"])


@pytest.mark.parametrize("prior", [0.0, 1.0, -1, {"insults": 0.1}, {"insult": 2.0}])
def test_a_prior_that_cannot_be_is_refused(lexicon, prior):
    with pytest.raises(TrainingError, match="assumed_prior"):
        train(samples.rows(), lexicon, assumed_prior=prior)


def test_rows_that_lack_a_category_are_refused(lexicon):
    rows = [row for row in samples.rows() if "threat" not in row.categories]

    with pytest.raises(TrainingError, match="threat: 0 of"):
        train(rows, lexicon)


def test_rows_of_few_groups_are_refused(lexicon):
    with pytest.raises(TrainingError, match="groups cannot be held out"):
        train(samples.rows()[:6], lexicon)


def test_rows_of_test_groups_are_never_taught(lexicon, artefact):
    without = train(of_split(samples.rows(), "train", "dev"), lexicon)

    assert np.array_equal(without.arrays["weights"], artefact.arrays["weights"])
