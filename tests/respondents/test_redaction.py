"""Secrets taken out of text."""

import pytest

from opinionscope.respondents.redaction import scrub


@pytest.mark.parametrize(
    "text",
    [
        "Incorrect API key provided: sk-proj-SECRETSECRET.",
        "Incorrect API key provided: sk-SECR****CRET",
        "{'Authorization': 'Bearer SECRET+SECRET/='}",
        "Illegal header value b'Bearer SECRETSECRET\\n'",
        "GET https://me:SECRET@host.example/v1",
        "https://host.example/v1/models?key=SECRETSECRET&x=1",
        "api_key='SECRETSECRET'",
        '"api-key": "SECRETSECRET"',
        "x-api-key: SECRETSECRET",
        "AIzaSECRETSECRET",
        "the value was PlantedSECRET1234, encoded Planted%2FSECRET",
        "first-SECRET-half and second-SECRET-half",
    ],
)
def test_no_secret_stays(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_PROVIDER_API_KEY", "PlantedSECRET1234")
    monkeypatch.setenv("OTHER_TOKEN", "Planted/SECRET")
    monkeypatch.setenv("BROKEN_KEY", "first-SECRET-half\nsecond-SECRET-half")
    scrubbed = scrub(text)
    assert "SECRET" not in scrubbed
    assert "[secret]" in scrubbed


@pytest.mark.parametrize(
    "text",
    [
        "The model `gpt-4o` does not exist",
        "Use 'max_completion_tokens' instead; a task-oriented risk-free token limit of 4096",
        "http://127.0.0.1:8000/v1 knows no toy",
        "the key was refused; check OPENAI_API_KEY",
    ],
)
def test_ordinary_words_stay(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHORT_KEY", "a")
    monkeypatch.setenv("EMPTY_KEY", "")
    assert scrub(text) == text
