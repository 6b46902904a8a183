"""google-api-python-client works with discoveryServiceUrl and developerKey alone."""

import json
from contextlib import contextmanager

import pytest
from googleapiclient import discovery
from googleapiclient.errors import HttpError

INSULT = "😀お前ほんとに死ねよ"
GREETING = "初見です、よろしくお願いします"


@contextmanager
def built(compat, key):
    client = discovery.build(
        "commentanalyzer",
        "v1alpha1",
        developerKey=key,
        discoveryServiceUrl=f"{compat.url}/$discovery/rest?version=v1alpha1",
    )
    try:
        yield client
    finally:
        client.close()


@pytest.fixture
def analyze(compat):
    with built(compat, compat.key) as client:
        yield lambda **body: client.comments().analyze(body=body).execute()


def refusal(call):
    """The error of a refused call, as Google's client has it."""
    with pytest.raises(HttpError) as refused:
        call()
    error = json.loads(refused.value.content)["error"]
    assert error["code"] == refused.value.status_code
    assert refused.value.reason == error["message"]
    return error


def test_requested_attributes_are_answered_with_probabilities(analyze):
    answer = analyze(
        comment={"text": INSULT},
        requestedAttributes={"TOXICITY": {}, "INSULT": {"scoreType": "PROBABILITY"}, "SPAM": {}},
        languages=["ja"],
        clientToken="t-1",
        sessionId="s-1",
        communityId="c-1",
        doNotStore=True,
        context={"entries": [{"text": "前の発言"}]},
    )

    scores = answer["attributeScores"]
    assert set(scores) == {"TOXICITY", "INSULT", "SPAM"}
    assert scores["INSULT"]["summaryScore"]["type"] == "PROBABILITY"
    assert scores["INSULT"]["summaryScore"]["value"] >= 0.5
    assert scores["SPAM"]["summaryScore"]["value"] < 0.5
    assert answer["languages"] == ["ja"]
    assert answer["detectedLanguages"] == ["ja"]
    assert answer["clientToken"] == "t-1"


def test_span_annotations_count_code_points(analyze):
    answer = analyze(comment={"text": INSULT}, requestedAttributes={"INSULT": {}}, spanAnnotations=True)

    spans = answer["attributeScores"]["INSULT"]["spanScores"]
    marked = [INSULT[span["begin"] : span["end"]] for span in spans]
    assert any("死ね" in words for words in marked), marked
    assert all(len(words) < len(INSULT) for words in marked)


def test_without_annotations_one_span_is_the_whole_text(analyze):
    answer = analyze(comment={"text": INSULT}, requestedAttributes={"INSULT": {}})

    scores = answer["attributeScores"]["INSULT"]
    assert scores["spanScores"] == [{"begin": 0, "end": len(INSULT), "score": scores["summaryScore"]}]


def test_a_score_below_its_threshold_is_left_out(analyze):
    answer = analyze(
        comment={"text": GREETING},
        requestedAttributes={"TOXICITY": {"scoreThreshold": 0.8}, "INSULT": {"scoreThreshold": 0}},
    )

    assert set(answer["attributeScores"]) == {"INSULT"}


def test_a_text_without_japanese_script_is_read_all_the_same(analyze):
    answer = analyze(comment={"text": "gg wp"}, requestedAttributes={"TOXICITY": {}})

    assert answer["languages"] == ["ja"]
    assert answer["detectedLanguages"] == ["und"]


@pytest.mark.parametrize("languages", [["ja"], ["ja-JP"], ["en", "ja"]])
def test_languages_with_japanese_are_mirrored(analyze, languages):
    answer = analyze(comment={"text": GREETING}, requestedAttributes={"TOXICITY": {}}, languages=languages)

    assert answer["languages"] == languages


def test_other_languages_are_refused_as_perspective_does(analyze):
    error = refusal(
        lambda: analyze(
            comment={"text": "hello"}, requestedAttributes={"TOXICITY": {}}, languages=["en", "fr"]
        )
    )

    assert error["status"] == "INVALID_ARGUMENT"
    assert error["message"] == "Attribute TOXICITY does not support request languages: en, fr"
    [detail] = error["details"]
    assert detail["errorType"] == "LANGUAGE_NOT_SUPPORTED_BY_ATTRIBUTE"
    assert detail["languageNotSupportedByAttributeError"] == {
        "attribute": "TOXICITY",
        "requestedLanguages": ["en", "fr"],
    }


def test_an_attribute_we_lack_is_refused_or_dropped(analyze):
    asked = {"comment": {"text": GREETING}, "requestedAttributes": {"TOXICITY": {}, "FLIRTATION": {}}}

    [detail] = refusal(lambda: analyze(**asked))["details"]
    assert detail["languageNotSupportedByAttributeError"]["attribute"] == "FLIRTATION"
    assert set(analyze(**asked, dropUnsupportedAttributes=True)["attributeScores"]) == {"TOXICITY"}


@pytest.mark.parametrize(
    ("body", "error_type", "said"),
    [
        ({"comment": {"text": "a"}, "requestedAttributes": {"NICENESS": {}}}, "INVALID_REQUEST", "NICENESS"),
        ({"comment": {"text": " "}, "requestedAttributes": {"TOXICITY": {}}}, "COMMENT_EMPTY", "non-empty"),
        ({"requestedAttributes": {"TOXICITY": {}}}, "COMMENT_EMPTY", "non-empty"),
        (
            {"comment": {"text": "a" * 10_001}, "requestedAttributes": {"TOXICITY": {}}},
            "COMMENT_TOO_LONG",
            "10001",
        ),
        ({"comment": {"text": "a"}}, "NO_REQUESTED_ATTRIBUTES", "requested_attributes"),
        (
            {"comment": {"text": "a", "type": "HTML"}, "requestedAttributes": {"TOXICITY": {}}},
            "INVALID_REQUEST",
            "PLAIN_TEXT",
        ),
        (
            {"comment": {"text": "a"}, "requestedAttributes": {"TOXICITY": {"scoreType": "RAW"}}},
            "INVALID_REQUEST",
            "RAW",
        ),
    ],
)
def test_what_perspective_has_an_error_type_for_has_it_here(analyze, body, error_type, said):
    error = refusal(lambda: analyze(**body))

    assert error["status"] == "INVALID_ARGUMENT"
    assert error["details"][0]["errorType"] == error_type
    assert said in error["message"]


@pytest.mark.parametrize(
    ("spoilt", "field"),
    [
        ({"comment": {"text": 3}}, "comment.text"),
        ({"comment": "text"}, "comment"),
        ({"languages": "ja"}, "languages"),
        ({"spanAnnotations": "yes"}, "spanAnnotations"),
        ({"requestedAttributes": {"TOXICITY": {"scoreThreshold": 2}}}, "requestedAttributes.scoreThreshold"),
    ],
)
def test_a_wrong_value_is_named_by_its_field(analyze, spoilt, field):
    body = {"comment": {"text": "a"}, "requestedAttributes": {"TOXICITY": {}}} | spoilt

    error = refusal(lambda: analyze(**body))

    assert error["status"] == "INVALID_ARGUMENT"
    assert [one["field"] for one in error["details"][0]["fieldViolations"]] == [field]


def test_an_unknown_developer_key_is_refused(compat):
    with built(compat, "ibasho_nobody") as client:
        error = refusal(client.comments().analyze(body={}).execute)

    assert (error["code"], error["status"]) == (401, "UNAUTHENTICATED")
    assert error["details"][0]["reason"] == "API_KEY_INVALID"


def test_a_developer_key_without_the_scope_is_refused(compat, other_key):
    with built(compat, other_key) as client:
        error = refusal(client.comments().analyze(body={}).execute)

    assert (error["code"], error["status"]) == (403, "PERMISSION_DENIED")
