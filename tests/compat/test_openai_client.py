"""The official openai client works with base_url and api_key alone."""

import asyncio

import openai
import pytest

from moderation.scoring.mappings import OPENAI_CATEGORIES

INSULT = "お前ほんとに死ねよ"
GREETING = "初見です、よろしくお願いします"


@pytest.fixture
def client(compat):
    with openai.OpenAI(base_url=f"{compat.url}/v1", api_key=compat.key, max_retries=0) as opened:
        yield opened


def test_one_text_gives_one_result_with_every_category(client):
    answer = client.moderations.create(input=INSULT, model="omni-moderation-latest")

    assert answer.id.startswith("modr-")
    assert answer.model.startswith("ibasho-")
    [result] = answer.results
    for part in (result.categories, result.category_scores, result.category_applied_input_types):
        assert set(part.model_dump(by_alias=True)) >= set(OPENAI_CATEGORIES)


def test_an_insult_is_flagged_and_a_greeting_is_not(client):
    insult, greeting = client.moderations.create(input=[INSULT, GREETING]).results

    assert insult.flagged
    assert insult.categories.harassment
    assert insult.category_scores.harassment >= 0.5
    assert insult.category_applied_input_types.harassment == ["text"]
    assert not greeting.flagged
    assert not any(greeting.categories.model_dump(by_alias=True).values())
    assert greeting.category_scores.harassment < 0.5


def test_what_we_have_no_word_for_is_false_and_applied_to_nothing(client):
    [result] = client.moderations.create(input=INSULT).results

    assert result.categories.violence_graphic is False
    assert result.category_scores.violence_graphic == 0.0
    assert result.category_applied_input_types.violence_graphic == []


def test_a_list_of_text_parts_is_one_text(client):
    parts = [{"type": "text", "text": GREETING}, {"type": "text", "text": INSULT}]

    [result] = client.moderations.create(input=parts).results

    assert result.flagged


def test_the_asynchronous_client_gets_the_same_answer(compat, client):
    async def ask():
        async with openai.AsyncOpenAI(base_url=f"{compat.url}/v1", api_key=compat.key) as opened:
            return await opened.moderations.create(input=[INSULT, GREETING])

    assert asyncio.run(ask()).results == client.moderations.create(input=[INSULT, GREETING]).results


@pytest.mark.parametrize(
    ("wrong", "param"),
    [
        ([{"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}], "input[0]"),
        ([{"type": "text", "text": "a"}, "b"], "input[1]"),
        ([{"type": "audio", "audio": "a"}], "input[0].type"),
        ([], "input"),
        (3, "input"),
        ([1, 2], "input[0]"),
        ("あ" * 10_001, "input"),
        (["あ"] * 1_001, "input"),
    ],
)
def test_an_input_that_cannot_be_used_is_a_bad_request_that_names_its_place(client, wrong, param):
    with pytest.raises(openai.BadRequestError) as refused:
        client.moderations.create(input=wrong)

    assert refused.value.type == "invalid_request_error"
    assert refused.value.code == "invalid_value"
    assert refused.value.param == param
    assert param in refused.value.message


def test_a_body_over_the_limit_is_refused_in_openais_shape(client):
    with pytest.raises(openai.APIStatusError) as refused:
        client.moderations.create(input="a" * 200_000)

    assert refused.value.status_code == 413
    assert refused.value.code == "body_too_large"


def test_an_unknown_key_is_an_authentication_error(client):
    with pytest.raises(openai.AuthenticationError) as refused:
        client.with_options(api_key="ibasho_nobody").moderations.create(input=GREETING)

    assert refused.value.code == "invalid_api_key"


def test_a_key_without_the_scope_is_a_permission_error(client, other_key):
    with pytest.raises(openai.PermissionDeniedError) as refused:
        client.with_options(api_key=other_key).moderations.create(input=GREETING)

    assert refused.value.code == "missing_scope"
    assert "'score'" in refused.value.message
