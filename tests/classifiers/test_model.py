import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from math import sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.feature_extraction.text import CountVectorizer

from classifiers.artefact import save
from classifiers.compiled import Compiled, damping, probabilities
from classifiers.corpus import of_split
from classifiers.features import EDGE, FeatureSpace, learn_space
from classifiers.fitting import fit
from classifiers.labels import CATEGORIES, TARGETS
from classifiers.model import Classifier
from classifiers.train import prior_shift, priors
from classifiers.views import Views
from tests.classifiers import samples

ODD = ["", " ", "\ud800", "\x00\x07", "あ" * 10_000, "しね" * 5_000, "💀", "a" * 5_000, "㍍ﷺ", "か゛" * 100]


def test_harm_scores_above_everyday_chat(classifier):
    harm, calm = classifier.score(["お前の腕は無能だな馬鹿", "晩ごはんはカレーにしたよ"])

    assert harm.probabilities["insult"] > 10 * calm.probabilities["insult"]
    assert max(harm.probabilities, key=harm.probabilities.get) == "insult"


def test_scores_hold_every_category_and_target(classifier):
    [scores] = classifier.score(["死ね"])

    assert tuple(scores.probabilities) == CATEGORIES
    assert tuple(scores.targets) == TARGETS
    assert sum(scores.targets.values()) == pytest.approx(1.0)
    assert scores.target == max(scores.targets, key=scores.targets.get)
    assert 0.0 <= scores.minors <= 1.0


def test_a_minor_at_risk_is_told_apart(classifier):
    risk, calm = classifier.score(["ラインを交換しませんか", "おつかれさまでした"])

    assert risk.minors > 5 * calm.minors


def test_no_texts_give_no_scores(classifier):
    assert classifier.score([]) == []


@pytest.mark.parametrize("text", ODD, ids=range(len(ODD)))
def test_any_text_has_scores_and_evidence(classifier, text):
    [scores] = classifier.score([text])

    assert all(0.0 <= value <= 1.0 for value in scores.probabilities.values())
    for start, end in classifier.explain(text, "insult").spans:
        assert 0 <= start < end <= len(text)


@given(st.lists(st.text(max_size=20), max_size=5))
@settings(max_examples=100, deadline=None)
def test_a_batch_scores_as_its_texts_do_one_by_one(classifier, texts):
    together = [list(scores.probabilities.values()) for scores in classifier.score(texts)]
    alone = [list(classifier.score([text])[0].probabilities.values()) for text in texts]

    assert np.allclose(together, alone, rtol=0, atol=1e-6)


def test_the_compiled_model_equals_scikit_learn(lexicon):
    rows = of_split(samples.rows(), "train", "dev")
    space = learn_space([Views(row.text) for row in rows], lexicon, min_lines=2, min_entry_lines=2)
    fitted = fit(rows, space, seed=1, progress=lambda *_: None)
    shift = prior_shift(fitted, priors(0.05))
    compiled = Compiled(fitted.arrays(shift), space.chains)
    texts = [row.text for row in samples.rows()] + ODD[:4] + ["馬鹿" * 300]
    # The original from scratch: scikit-learn's own n-grams, its own models, its own calibration.
    counts = CountVectorizer(
        analyzer="char", ngram_range=(1, 3), vocabulary=list(space.grams), lowercase=False
    )
    grams = counts.transform([f"{EDGE}{Views(text).folded}{EDGE}" for text in texts]).toarray().astype(float)
    extracts = [space.extract(Views(text)) for text in texts]
    marks = np.zeros((len(texts), len(space.marks)))
    for at, extract in enumerate(extracts):
        marks[at, [mark - len(space.grams) for mark in extract.marks]] = 0.35
    matrix = np.hstack([grams / damping(grams.sum(axis=1, keepdims=True)), marks])

    original = probabilities(fitted.decision(matrix, shift))

    alone = np.array([compiled.logits_of(extract) for extract in extracts])
    assert np.abs(probabilities(compiled.logits(extracts)) - original).max() < 1e-6
    assert np.abs(probabilities(alone) - original).max() < 1e-6


def test_what_the_features_weigh_adds_up_to_the_log_odds(artefact, classifier):
    arrays, text = artefact.arrays, "お前の腕は無能だな馬鹿"
    space = FeatureSpace(
        lexicon=artefact.lexicon, grams=arrays["grams"].tolist(), marks=arrays["marks"].tolist()
    )
    compiled, extract = Compiled(arrays, space.chains), space.extract(Views(text))
    weighing, [logits] = compiled.weighing(extract, 0), compiled.logits([extract])
    grams, _ = space.every_gram(text, extract)

    said = weighing.of(grams).sum() / damping(len(grams)) + weighing.of(extract.marks).sum()
    speaking = _hidden(arrays, grams, extract.marks) > 0
    constant = (arrays["hidden_bias"] * speaking) @ arrays["out"][:, 0] + arrays["bias"][0]
    constant += arrays["extent"][0] * sqrt(len(grams))

    assert said + constant == pytest.approx(logits[0], abs=1e-4)
    assert weighing.by_place().sum() == pytest.approx(weighing.of(grams).sum(), abs=1e-4)


def _hidden(arrays, grams, marks):
    into = arrays["weights"][:, : len(arrays["hidden_bias"])].astype(float)
    return into[grams].sum(axis=0) / damping(len(grams)) + into[marks].sum(axis=0) + arrays["hidden_bias"]


def test_training_twice_gives_the_same_artefact(artefact, lexicon):
    from classifiers.train import train

    again = train(samples.rows(), lexicon)

    assert Classifier(again).model_version == Classifier(artefact).model_version
    assert again.card == artefact.card


def test_evidence_marks_what_the_lexicon_lists_in_the_text_as_typed(classifier):
    text = "もう ば．か だな"
    evidence = classifier.explain(text, "insult")

    assert [text[start:end] for start, end in evidence.spans] == ["ば．か"]
    assert evidence.reason == "「ば．か」が「侮辱・誹謗中傷」の表現として辞書に載っています。"
    assert evidence.contributions[0].kind == "lexicon"
    assert evidence.contributions[0].text == "馬鹿"


def test_evidence_without_a_listed_word_marks_the_letters_that_weigh(classifier):
    text = "配信おつ、夜道には気をつけろ"
    evidence = classifier.explain(text, "threat")

    assert evidence.spans
    assert all(start >= text.index("夜") for start, _ in evidence.spans)
    assert "「脅迫・殺害予告」" in evidence.reason


def test_an_unknown_category_is_refused(classifier):
    with pytest.raises(ValueError, match="no category 'insults'"):
        classifier.explain("死ね", "insults")


def test_threads_may_share_a_classifier(classifier):
    texts = [row.text for row in samples.rows()][:200] + ["眠いしね", "しね"] * 50
    alone = [scores.probabilities for scores in classifier.score(texts)]

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: [s.probabilities for s in classifier.score(texts)], range(8)))

    assert all(one == alone for one in found)


def test_serving_imports_neither_scikit_learn_nor_scipy(artefact, tmp_path):
    save(artefact, tmp_path / "ja")
    code = (
        "import sys; from pathlib import Path; from classifiers.model import Classifier\n"
        f"Classifier.load(Path({str(tmp_path / 'ja')!r})).score(['お前しねよ', '眠いしね'])\n"
        "print(sorted({name.split('.')[0] for name in sys.modules} & {'sklearn', 'scipy', 'yaml'}))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=".")

    assert run.stdout.strip() in ("[]", "['yaml']")
