"""npm's perspective-api-client works with the one interceptor that the docs give."""

import json
import subprocess

import pytest

PROGRAM = """
const [base, apiKey, text, options] = process.argv.slice(2);
const axios = require(require.resolve('axios', {paths: [require.resolve('perspective-api-client')]}));
axios.interceptors.request.use(config => {
  config.url = config.url.replace('https://commentanalyzer.googleapis.com', base);
  return config;
});
const Perspective = require('perspective-api-client');
new Perspective({apiKey}).analyze(text, JSON.parse(options)).then(
  answer => console.log(JSON.stringify(answer)),
  error => console.log(JSON.stringify({name: error.name, message: error.message, status: error.response.status}))
);
"""


@pytest.fixture
def analyze(compat, npm_folder):
    def run(text, key=None, **options):
        done = subprocess.run(
            ["node", "-", compat.url, key or compat.key, text, json.dumps(options)],
            input=PROGRAM, cwd=npm_folder, capture_output=True, text=True, check=True, timeout=60,
        )  # fmt: skip
        return json.loads(done.stdout)

    return run


def test_attributes_are_answered(analyze):
    answer = analyze("お前ほんとに死ねよ", attributes=["toxicity", "insult", "identity_attack"])

    assert set(answer["attributeScores"]) == {"TOXICITY", "INSULT", "IDENTITY_ATTACK"}
    assert answer["attributeScores"]["INSULT"]["summaryScore"]["value"] >= 0.5


def test_without_attributes_it_asks_for_toxicity(analyze):
    assert set(analyze("初見です")["attributeScores"]) == {"TOXICITY"}


def test_a_refusal_reaches_the_caller_with_its_message(analyze):
    error = analyze("初見です", attributes=["niceness"])

    assert error["name"] == "ResponseError"
    assert error["status"] == 400
    assert "NICENESS" in error["message"]


def test_an_unknown_key_reaches_the_caller(analyze):
    error = analyze("初見です", key="ibasho_nobody")

    assert (error["name"], error["status"]) == ("ResponseError", 401)
