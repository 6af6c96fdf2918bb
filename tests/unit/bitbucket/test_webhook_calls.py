# SPDX-License-Identifier: GPL-3.0-or-later
"""bitbucket_webhook call by call, from a script. In check mode the script has no writing call, so one would fail it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.repobridge.bitbucket.plugins.module_utils.bitbucket.webhook import Webhook
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.fingerprint import fingerprint
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.urls import normalised

from .conftest import Runner
from .script import Expect, Script

HOOKS = "https://api.bitbucket.org/2.0/repositories/acme/shop/hooks"
UUID, OTHER = "{11111111-1111-1111-1111-111111111111}", "{22222222-2222-2222-2222-222222222222}"
ONE = f"{HOOKS}/%7B11111111-1111-1111-1111-111111111111%7D"
URL = "https://ci.example.com/hook"
TOKEN_URL = "https://gitlab.example.com/api/v4/projects/7/mirror/pull?private_token=glpat-0123456789"
FIELDS = (
    "values.uuid,values.url,values.description,values.active,values.events,values.secret_set,"
    "values.skip_cert_verification,values.history_enabled,values.subject_type,values.created_at,next,pagelen"
)


def hook(**fields: Any) -> dict[str, Any]:
    return {
        "uuid": UUID,
        "url": URL,
        "description": "",
        "active": True,
        "events": ["repo:push"],
        "secret_set": False,
        **fields,
    }


def listed(*hooks: dict[str, Any], **more: Any) -> Expect:
    return Expect(
        "GET", HOOKS, answer={"values": list(hooks), "pagelen": 100, **more}, query={"pagelen": "100", "fields": FIELDS}
    )


@pytest.fixture
def run() -> Runner:
    runner = Runner()
    runner.common.update(workspace="acme", repository="shop", username="ada@example.com", api_token="ATATT-secret")
    return runner


def play(monkeypatch: pytest.MonkeyPatch, *calls: Expect) -> Script:
    return Script(*calls).install(monkeypatch)


class TestCreate:
    def test_sends_what_is_set_and_what_a_new_one_needs(self, run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
        body = {"url": URL, "description": "", "active": True, "events": ["repo:push"]}
        script = play(monkeypatch, listed(), Expect("POST", HOOKS, 201, hook(), body=body), listed(hook()))
        result = run.ok(Webhook, url=URL)
        script.done()
        assert result["changed"] and result["resource"]["id"] == UUID
        assert result["actions"][0]["call"] == "POST /2.0/repositories/{workspace}/{repo_slug}/hooks"

    def test_check_mode_only_reads(self, run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
        script = play(monkeypatch, listed())
        result = run.ok(Webhook, check_mode=True, url=URL, description="CI")
        script.done()
        assert result["changed"] and result["resource"]["id"] == "pending:bitbucket_webhook:CI"
        assert result["diff"]["before"] == {}
        assert result["diff"]["after"]["events"] == ["repo:push"]

    def test_logs_in_with_the_mail_address(self, run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
        script = play(monkeypatch, listed(hook()))
        run.ok(Webhook, url=URL)
        assert script.sent[0].headers["Authorization"] == "Basic YWRhQGV4YW1wbGUuY29tOkFUQVRULXNlY3JldA=="

    def test_a_workspaces_own(self, run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
        place = "https://api.bitbucket.org/2.0/workspaces/acme/hooks"
        script = play(
            monkeypatch,
            Expect("GET", place, answer={"values": [], "pagelen": 100}),
            Expect("POST", place, 201, hook()),
            Expect("GET", place, answer={"values": [hook()], "pagelen": 100}),
        )
        run.ok(Webhook, url=URL, repository=None)
        script.done()

    @pytest.mark.parametrize(("theirs", "deletes"), [("2026-01-01T00:00:00Z", True), ("2026-01-03T00:00:00Z", False)])
    def test_of_two_runs_the_later_one_deletes_its_own(
        self, run: Runner, monkeypatch: pytest.MonkeyPatch, theirs: str, deletes: bool
    ) -> None:
        mine, other = hook(created_at="2026-01-02T00:00:00Z"), hook(uuid=OTHER, created_at=theirs)
        after = [Expect("DELETE", ONE, 204), listed(other)] if deletes else []
        script = play(monkeypatch, listed(), Expect("POST", HOOKS, 201, mine), listed(other, mine), *after)
        result = run.ok(Webhook, url=URL)
        script.done()
        assert result["resource"]["id"] == (OTHER if deletes else UUID)
        assert result["changed"] is not deletes


class TestConverged:
    @pytest.mark.parametrize("url", ["https://CI.example.com/hook", "https://ci.example.com:443/hook"])
    def test_is_one_call(self, run: Runner, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
        script = play(monkeypatch, listed(hook(events=["repo:push", "repo:fork"])))
        result = run.ok(Webhook, url=url, active=True, events=["repo:fork", "repo:push"], description="")
        script.done()
        assert not result["changed"] and not result["drift"]

    def test_what_is_not_set_is_not_compared(self, run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
        play(monkeypatch, listed(hook(active=False, events=["repo:fork"], description="by hand", secret_set=True)))
        assert not run.ok(Webhook, url=URL)["changed"]

    def test_pages_are_followed(self, run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
        second = Expect("GET", HOOKS, answer={"values": [hook()], "pagelen": 100}, query={"page": "2"})
        script = play(
            monkeypatch, listed(hook(uuid=OTHER, url="https://x.example.com/"), next=f"{HOOKS}?page=2"), second
        )
        assert not run.ok(Webhook, url=URL)["changed"]
        script.done()

    def test_pages_are_not_followed_to_another_host(self, run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
        play(monkeypatch, listed(next="https://evil.example.com/2.0/x"))
        assert "evil.example.com" in run.fails(Webhook, url=URL)


class TestUpdate:
    def test_sends_the_whole_without_the_secret(self, run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
        body = {"url": URL, "description": "CI", "active": False, "events": ["repo:push"]}
        there = hook(description="CI", secret_set=True, skip_cert_verification=False)
        script = play(monkeypatch, listed(there), Expect("PUT", ONE, 200, hook(active=False), body=body))
        result = run.ok(Webhook, url=URL, active=False)
        script.done()
        assert result["drift"] == [{"path": "active", "expected": False, "actual": True}]
        assert result["diff"] == {"before": {"active": True, "url": URL}, "after": {"active": False, "url": URL}}

    def test_keeps_what_it_would_reset(self, run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
        there = hook(skip_cert_verification=True)
        kept = Expect("PUT", ONE, 200, there, body=lambda body: body["skip_cert_verification"] is True)
        script = play(monkeypatch, listed(there), kept)
        run.ok(Webhook, url=URL, active=False)
        script.done()

    def test_a_removed_event_is_drift(self, run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
        play(monkeypatch, listed(hook(events=["repo:push", "repo:fork"])))
        result = run.ok(Webhook, check_mode=True, url=URL, events=["repo:push"])
        assert [d["path"] for d in result["drift"]] == ["events"]

    def test_check_mode_only_reads(self, run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
        script = play(monkeypatch, listed(hook()))
        assert run.ok(Webhook, check_mode=True, url=URL, active=False)["changed"]
        script.done()


class TestSecret:
    def test_leaves_a_fingerprint_behind_the_description(self, run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
        def sent(body: dict[str, Any]) -> bool:
            return body["secret"] == "hushhush" and body["description"].startswith("CI [repobridge:")

        made = hook(secret_set=True)
        script = play(monkeypatch, listed(), Expect("POST", HOOKS, 201, made, body=sent), listed(made))
        result = run.ok(Webhook, url=URL, description="CI", secret="hushhush")
        script.done()
        assert "hushhush" not in json.dumps(result)

    def test_the_same_is_not_sent_again(self, run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
        play(monkeypatch, listed(hook(description=f"CI [repobridge:{fingerprint('hushhush')}]", secret_set=True)))
        result = run.ok(Webhook, url=URL, description="CI", secret="hushhush")
        assert not result["changed"] and result["resource"]["description"] == "CI"

    @pytest.mark.parametrize(
        "old",
        [f"[repobridge:{fingerprint('before')}]", "", "[repobridge:0a1b2c3d.0123456789abcdef]"],
        ids=["its own mark", "no mark", "a mark of something else"],
    )
    def test_another_one_is_sent(self, run: Runner, monkeypatch: pytest.MonkeyPatch, old: str) -> None:
        def sent(body: dict[str, Any]) -> bool:
            return body["secret"] == "hushhush" and body["description"] != old

        script = play(
            monkeypatch, listed(hook(description=old, secret_set=True)), Expect("PUT", ONE, 200, hook(), body=sent)
        )
        result = run.ok(Webhook, url=URL, secret="hushhush")
        script.done()
        assert result["drift"] == [{"path": "secret", "expected": "********", "actual": "********"}]

    def test_the_fingerprint_outlives_another_change(self, run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
        mark = f"[repobridge:{fingerprint('hushhush')}]"
        kept = Expect("PUT", ONE, 200, hook(), body=lambda b: b["description"] == f"New {mark}" and "secret" not in b)
        script = play(monkeypatch, listed(hook(description=f"CI {mark}", secret_set=True)), kept)
        run.ok(Webhook, url=URL, description="New", secret="hushhush")
        script.done()

    @pytest.mark.parametrize("policy", ["on_create", "on_change"])
    def test_a_webhook_without_one_gets_it(self, run: Runner, monkeypatch: pytest.MonkeyPatch, policy: str) -> None:
        script = play(
            monkeypatch, listed(hook()), Expect("PUT", ONE, 200, hook(), body=lambda b: b["secret"] == "hushhush")
        )
        assert run.ok(Webhook, url=URL, secret="hushhush", update_secret=policy)["drift"][0]["actual"] == ""
        script.done()

    def test_on_create_leaves_another_one(self, run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
        play(monkeypatch, listed(hook(secret_set=True)))
        assert not run.ok(Webhook, url=URL, secret="hushhush", update_secret="on_create")["changed"]

    def test_always_sends_it_without_a_fingerprint(self, run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
        there = hook(description=f"CI [repobridge:{fingerprint('hushhush')}]", secret_set=True)
        sent = Expect("PUT", ONE, 200, hook(), body=lambda b: b["secret"] == "hushhush" and b["description"] == "CI")
        script = play(monkeypatch, listed(there), sent)
        assert run.ok(Webhook, url=URL, secret="hushhush", update_secret="always")["changed"]
        script.done()

    def test_an_empty_one_takes_it_away(self, run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
        there = hook(description=f"CI [repobridge:{fingerprint('x')}]", secret_set=True)
        gone = Expect("PUT", ONE, 200, hook(), body=lambda b: b["secret"] == "" and b["description"] == "CI")
        script = play(monkeypatch, listed(there), gone, listed(hook(description="CI")))
        assert run.ok(Webhook, url=URL, secret="")["drift"] == [
            {"path": "secret", "expected": "", "actual": "********"}
        ]
        assert not run.ok(Webhook, url=URL, secret="")["changed"]
        script.done()

    def test_too_long_is_refused_before_the_first_call(self, run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
        play(monkeypatch)
        assert "128" in run.fails(Webhook, url=URL, secret="x" * 129)


class TestIdentity:
    def test_duplicates_are_listed(self, run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
        play(monkeypatch, listed(hook(), hook(uuid=OTHER)))
        message = run.fails(Webhook, url=URL)
        assert UUID in message and OTHER in message

    def test_one_of_them_by_its_uuid(self, run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
        script = play(monkeypatch, listed(hook(uuid=OTHER), hook()), Expect("DELETE", ONE, 204))
        result = run.ok(Webhook, uuid=UUID.strip("{}"), state="absent")
        script.done()
        assert result["changed"] and result["resource"] == {}

    def test_its_uuid_tells_of_others_with_the_same_address(self, run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
        for others, same in (
            ([], []),
            ([hook(uuid=OTHER)], [OTHER]),
            ([hook(uuid=OTHER, url="https://x.example.com/")], []),
        ):
            play(monkeypatch, listed(hook(), *others))
            assert run.ok(Webhook, uuid=UUID)["resource"]["same_url"] == same

    def test_an_unknown_uuid_is_not_created(self, run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
        play(monkeypatch, listed(hook()))
        assert OTHER in run.fails(Webhook, uuid=OTHER, url=URL)

    def test_by_description_the_url_can_change(self, run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
        there = hook(description=f"CI [repobridge:{fingerprint('x')}]", url="https://old.example.com/")
        script = play(monkeypatch, listed(there), Expect("PUT", ONE, 200, hook(), body=lambda b: b["url"] == URL))
        assert run.ok(Webhook, url=URL, description="CI", match_by="description")["drift"][0]["path"] == "url"
        script.done()

    def test_by_endpoint_the_token_can_change(self, run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
        old = TOKEN_URL.replace("0123456789", "9876543210")
        script = play(
            monkeypatch, listed(hook(url=old)), Expect("PUT", ONE, 200, hook(), body=lambda b: b["url"] == TOKEN_URL)
        )
        result = run.ok(Webhook, secret_url=TOKEN_URL, match_by="endpoint")
        script.done()
        assert result["drift"] == [{"path": "url", "expected": "********", "actual": "********"}]

    def test_absent_when_gone_is_fine(self, run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
        play(monkeypatch, listed(hook(url="https://x.example.com/")))
        assert not run.ok(Webhook, url=URL, state="absent")["changed"]

    def test_a_removal_in_check_mode_only_reads(self, run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
        script = play(monkeypatch, listed(hook()))
        assert run.ok(Webhook, check_mode=True, url=URL, state="absent")["changed"]
        script.done()


class TestSecretUrl:
    def test_is_shown_nowhere(self, run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
        made = hook(url=TOKEN_URL)
        play(monkeypatch, listed(), Expect("POST", HOOKS, 201, made), listed(made))
        result = run.ok(Webhook, secret_url=TOKEN_URL)
        assert "glpat" not in json.dumps(result) and result["diff"]["after"]["url"] == "********"

    def test_nor_in_an_error(self, run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
        words = f"url: {TOKEN_URL} does not resolve; glpat-0123456789"
        play(monkeypatch, listed(), Expect("POST", HOOKS, 400, {"error": {"message": words}}))
        assert "glpat" not in run.fails(Webhook, secret_url=TOKEN_URL)

    def test_nor_the_one_that_is_there(self, run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
        play(monkeypatch, listed(hook(url=TOKEN_URL, description="GitLab")))
        result = run.ok(Webhook, check_mode=True, description="GitLab", match_by="description", state="absent")
        assert "glpat" not in json.dumps(result)
        assert result["resource"]["url"].endswith("?private_token=********")

    def test_nor_the_uuid_that_another_service_has_put_into_one(
        self, run: Runner, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """CDS asks nobody who calls its webhooks: the uuid in the address is all there is."""
        secret = "6f1b7a52-2f7c-4c1e-9f53-0a6f5a0c1d2e"
        play(monkeypatch, listed(hook(url=f"https://cds.example.com/cdshooks/webhook/{secret}")))
        result = run.ok(Webhook, uuid=UUID, active=True)
        assert secret not in json.dumps(result)
        assert result["resource"]["url"] == "https://cds.example.com/cdshooks/webhook/********"

    def test_a_token_in_url_is_hidden_all_the_same(self, run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
        play(monkeypatch, listed())
        result = run.ok(Webhook, check_mode=True, url=TOKEN_URL)
        assert "glpat" not in json.dumps(result)
        assert any("secret_url" in warning for warning in run.warnings)


class TestInput:
    @pytest.mark.parametrize(
        ("params", "words"),
        [
            ({}, "identifies the webhook"),
            ({"url": URL, "match_by": "description"}, "description"),
            ({"url": "ci.example.com"}, "https://"),
            ({"url": URL, "events": []}, "at least one event"),
            ({"url": URL, "api_token": None}, "exactly one credential"),
            ({"url": URL, "username": None}, "e-mail"),
        ],
    )
    def test_refused_before_the_first_call(
        self, run: Runner, monkeypatch: pytest.MonkeyPatch, params: dict[str, Any], words: str
    ) -> None:
        play(monkeypatch)
        assert words in run.fails(Webhook, **params)

    def test_unknown_events_are_a_warning(self, run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
        play(monkeypatch, listed())
        run.ok(Webhook, check_mode=True, url=URL, events=["repo:push", "repo:sneezed"])
        assert "repo:sneezed" in run.warnings[0] and "repo:push" not in run.warnings[0]

    def test_a_secret_for_gitlabs_mirror_is_a_warning(self, run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
        play(monkeypatch, listed())
        run.ok(Webhook, check_mode=True, secret_url=TOKEN_URL, secret="hush-hush-1")
        assert "signature" in run.warnings[0]


@pytest.mark.parametrize(
    ("url", "same"),
    [
        ("HTTPS://Ci.Example.com", "https://ci.example.com/"),
        ("http://ci.example.com:80/a", "http://ci.example.com/a"),
        ("https://me:pw@ci.example.com:8443/A?b=C#d", "https://me:pw@ci.example.com:8443/A?b=C#d"),
        ("https://[::1]:443/a", "https://[::1]/a"),
    ],
)
def test_normalised(url: str, same: str) -> None:
    assert normalised(url) == same


@pytest.mark.parametrize("url", ["https://ci.example.com/a/", "https://ci.example.com/A", "https://ci.example.com/a?b"])
def test_not_normalised(url: str) -> None:
    assert normalised(url) != normalised("https://ci.example.com/a")
