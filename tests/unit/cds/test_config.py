# SPDX-License-Identifier: GPL-3.0-or-later
"""cds_config: an engine's configuration file, edited in place and never written with what CDS would not do."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.repobridge.bitbucket.plugins.module_utils.cds.config import Config
from ansible_collections.repobridge.bitbucket.plugins.module_utils.cds.engine import Engine
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.errors import BridgeError
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.redact import Redactor
from tests.sandbox.cds import configuration
from tests.sandbox.cds.engine import install
from tests.sandbox.cds.versions import Version

from .conftest import MIDDLE, NEW, OLD, Local

FILE = """\
# Ours, and only ours.
[log]
  level = "info" # not more

[vcs]
  URL = "http://localhost:8084"

  # Name of this CDS VCS Service
  name = "cds-vcs"
  ourOwn = true

  [vcs.UI.http]
    url = "http://localhost:2015"

  [vcs.http]
    port = 8084 # as everywhere

  [vcs.api]
    token = "the-shared-infra-token"

    [vcs.api.http]
      url = "http://localhost:8081"

  [vcs.servers]
    [vcs.servers.github.github]
      clientId = "gh-id"
      clientSecret = "gh-secret-of-others"

[hooks]
  name = "cds-hooks"
  url = "http://localhost:8083"
  urlPublic = "https://cds.example.com/cdshooks"

  [hooks.http]
    port = 8083

  [hooks.api]
    token = "the-shared-infra-token"
    [hooks.api.http]
      url = "http://localhost:8081"
"""
SERVER = {"client_id": "key-of-consumer", "client_secret": "secret-of-consumer"}


@pytest.fixture
def run(local: Local, tmp_path: Path) -> Local:
    file = tmp_path / "config.toml"
    file.write_text(FILE)
    file.chmod(0o600)
    local.common.update(path=str(file), version="0.43.0")
    return local


def text(run: Local) -> str:
    return Path(run.common["path"]).read_text()


def server(run: Local, name: str = "bitbucketcloud") -> dict[str, Any]:
    found: dict[str, Any] = tomllib.loads(text(run))["vcs"]["servers"][name]["bitbucketcloud"]
    return found


class TestEditing:
    def test_what_the_task_does_not_name_stays_to_the_letter(self, run: Local) -> None:
        run.ok(Config, servers=[SERVER], hooks={"retries": 5})
        lines = text(run).splitlines()
        assert [line for line in FILE.splitlines() if line not in lines] == []
        assert server(run) == {"clientId": "key-of-consumer", "clientSecret": "secret-of-consumer"}
        assert tomllib.loads(text(run))["hooks"]["retryError"] == 5

    def test_a_value_changes_and_the_comment_beside_it_stays(self, run: Local) -> None:
        result = run.ok(Config, vcs={"port": 9084})
        assert "    port = 9084 # as everywhere\n" in text(run)
        assert result["drift"] == [{"path": "vcs.port", "expected": 9084, "actual": 8084}]
        assert result["restart"] == ["vcs"]

    def test_twice_is_once(self, run: Local) -> None:
        wanted: dict[str, Any] = {"servers": [SERVER], "vcs": {"port": 8084, "name": "cds-vcs"}}
        assert run.ok(Config, **wanted)["changed"]
        before = text(run)
        again = run.ok(Config, **wanted)
        assert (again["changed"], again["restart"], text(run)) == (False, [], before)

    def test_check_mode_writes_nothing_and_says_what_it_would(self, run: Local) -> None:
        result = run.ok(Config, check_mode=True, servers=[SERVER])
        assert (result["changed"], result["restart"], text(run)) == (True, ["vcs"], FILE)

    def test_keys_are_found_in_any_case_as_the_engine_finds_them(self, run: Local) -> None:
        """hooks.url here, vcs.URL there: a second key beside it would count by chance."""
        run.ok(Config, hooks={"url": "http://hooks:8083"}, vcs={"url": "http://vcs:8084"})
        found = tomllib.loads(text(run))
        assert found["hooks"]["url"] == "http://hooks:8083" and "URL" not in found["hooks"]
        assert found["vcs"]["URL"] == "http://vcs:8084" and "url" not in found["vcs"]

    def test_absent_takes_out_the_named_servers_only(self, run: Local) -> None:
        run.ok(Config, servers=[SERVER])
        assert run.ok(Config, servers=[{}], state="absent")["changed"]
        assert text(run) == FILE
        assert not run.ok(Config, servers=[{}], state="absent")["changed"]

    def test_absent_without_a_file_is_fine(self, run: Local, tmp_path: Path) -> None:
        missing = str(tmp_path / "none.toml")
        assert not run.ok(Config, path=missing, servers=[{}], state="absent")["changed"]


class TestEffects:
    """Options are named by what they do; the file has the opposite of some, and a wrong comment beside one."""

    @pytest.mark.parametrize(
        ("option", "key", "off"),
        [
            ("webhooks", ("disableWebHooks",), True),
            ("push_status", ("Status", "disable"), True),
            ("push_run_url", ("Status", "showDetail"), False),
        ],
    )
    def test_of_a_server(self, run: Local, option: str, key: tuple[str, ...], off: bool) -> None:
        """``off`` is what the file says when the effect is off."""

        def written() -> Any:
            place: Any = server(run)
            for name in key:
                place = place[name]
            return place

        run.ok(Config, servers=[{**SERVER, option: not off}])
        for wanted in (off, not off):
            run.ok(Config, servers=[{**SERVER, option: wanted}])
            assert not run.ok(Config, servers=[{**SERVER, option: wanted}])["changed"]
            assert written() is (not off if wanted else off)

    def test_what_is_not_there_has_cds_own_default(self, run: Local) -> None:
        run.ok(Config, servers=[SERVER])
        defaults = {"webhooks": True, "push_status": True, "push_run_url": False}
        assert not run.ok(Config, servers=[{**SERVER, **defaults}])["changed"]

    def test_hooks_can_be_switched_off(self, run: Local) -> None:
        run.ok(Config, hooks={"enabled": False})
        assert tomllib.loads(text(run))["hooks"]["disable"] is True


class TestVersions:
    def test_servers_are_refused_where_nobody_reads_them(self, run: Local) -> None:
        said = run.fails(Config, version="v0.53.1", servers=[SERVER])
        assert "no longer supports servers in its configuration" in said and "cds_project_vcs" in said
        assert text(run) == FILE
        run.ok(Config, version="v0.53.0", servers=[SERVER])

    def test_but_can_be_taken_out(self, run: Local) -> None:
        run.ok(Config, servers=[SERVER])
        assert run.ok(Config, version="v0.57.0", servers=[{}], state="absent")["changed"]

    @pytest.mark.parametrize(
        ("version", "vcs", "words"),
        [
            ("0.50.0", {"ui_url": "https://cds.example.com"}, "ui_url"),
            ("0.49.0", {"proxy_webhook": "https://proxy.example.com"}, "0.51.0"),
        ],
    )
    def test_other_settings_that_would_be_ignored(self, run: Local, version: str, vcs: Any, words: str) -> None:
        assert words in run.fails(Config, version=version, vcs=vcs)

    def test_the_engine_is_asked_for_its_version(self, run: Local) -> None:
        run.common.pop("version")
        run.engine("v0.53.1")
        assert "CDS v0.53.1 no longer supports servers" in run.fails(Config, servers=[SERVER])

    def test_no_engine_is_a_clear_error(self, run: Local) -> None:
        run.common.pop("version")
        assert "the program /none/engine does not exist" in run.fails(Config, engine="/none/engine", servers=[SERVER])


class TestRules:
    @pytest.mark.parametrize(
        ("change", "words"),
        [
            ({"vcs": {"name": ""}}, "vcs.name is empty"),
            ({"vcs": {"url": "localhost:8084"}}, "vcs.URL is not an address"),
            ({"vcs": {"api_token": "enter sharedInfraToken from section [api.auth] here"}}, "vcs.api.token contains"),
            ({"hooks": {"url_public": "cds.example.com"}}, "hooks.urlPublic is not an address"),
            ({"hooks": {"port": 8084}}, "hooks.http.port is 8084, as vcs.http.port is"),
            ({"hooks": {"api_token": "another"}}, "shared.infra"),
            ({"vcs": {"ui_url": "-"}, "servers": [SERVER]}, "vcs.UI.http.url"),
            ({"servers": [{"client_id": "key"}]}, "clientSecret is empty"),
            ({"servers": [{**SERVER, "client_id": "XXXX"}]}, "clientId is empty"),
            ({"servers": [{**SERVER, "name": "BitBucket"}]}, "lower case, so it must be bitbucket"),
        ],
    )
    @pytest.mark.parametrize("check_mode", [True, False])
    def test_is_refused_before_it_is_written(self, run: Local, change: Any, words: str, check_mode: bool) -> None:
        said = run.fails(Config, check_mode, **change)
        assert words in said and "Nothing was written" in said
        assert text(run) == FILE

    def test_a_proxy_without_a_scheme_is_refused_before_anything_is_read(self, run: Local) -> None:
        said = run.fails(Config, path="/none", servers=[{**SERVER, "proxy_webhook": "proxy.example.com"}])
        assert "proxy_webhook" in said

    def test_keys_that_are_there_twice(self, run: Local) -> None:
        Path(run.common["path"]).write_text(FILE.replace("ourOwn = true", 'Name = "other"'))
        assert "vcs.name and vcs.Name" in run.fails(Config, hooks={"retries": 5})

    def test_from_044_on_each_service_has_its_own_token(self, run: Local) -> None:
        run.ok(Config, version="0.44.0", hooks={"api_token": "another-token"})

    def test_the_vendors_wrong_keys_are_pointed_out(self, run: Local) -> None:
        wrong = (
            '\n[vcs.servers.bitbucketcloud.bitbucket_cloud]\nclientId = "x"\n'
            "[vcs.servers.bitbucketcloud.bitbucketcloud]\ndisableWebHooksCreation = true\n"
        )
        Path(run.common["path"]).write_text(FILE + wrong)
        run.ok(Config, servers=[SERVER])
        assert any("bitbucket_cloud] is not read" in warning for warning in run.warnings)
        assert any("disableWebHooksCreation" in warning for warning in run.warnings)

    def test_servers_left_behind_by_an_upgrade_are_pointed_out(self, run: Local) -> None:
        run.ok(Config, version="v0.57.0", vcs={"port": 8085})
        assert any("[vcs.servers] exists" in warning for warning in run.warnings)

    def test_the_engines_own_check_counts_though_it_ends_with_0(self, run: Local) -> None:
        run.engine("0.43.0", check="checking vcs configuration...\nvcs Configuration: no good\n")
        assert "vcs Configuration: no good" in run.fails(Config, vcs={"port": 8085})
        assert text(run) == FILE
        assert os.listdir(Path(run.common["path"]).parent).count("config.toml") == 1

    def test_broken_toml_is_named_by_its_place_and_without_its_words(self, run: Local) -> None:
        Path(run.common["path"]).write_text('[vcs]\ntoken = "a-secret-that-leaks\n')
        said = run.fails(Config, vcs={"port": 8085})
        assert "line 2" in said and "leaks" not in said


class TestNew:
    NEW: dict[str, Any] = {
        "vcs": {"name": "cds-vcs", "url": "http://vcs:8084", "api_url": "http://api:8081", "api_token": "token-of-vcs"},
        "hooks": {
            "name": "cds-hooks",
            "url": "http://hooks:8083",
            "url_public": "https://cds.example.com/cdshooks",
            "api_url": "http://api:8081",
            "api_token": "token-of-hooks",
        },
    }

    @pytest.fixture(autouse=True)
    def _none_yet(self, run: Local) -> None:
        Path(run.common["path"]).unlink()
        run.common["version"] = "v0.53.0"

    def test_is_made_by_the_engine_without_its_examples_of_servers(self, run: Local) -> None:
        made = run.ok(Config, **self.NEW, servers=[SERVER])
        assert made["actions"][0]["action"] == "create" and made["restart"] == ["vcs", "hooks"]
        found = tomllib.loads(text(run))
        assert list(found["vcs"]["servers"]) == ["bitbucketcloud"]
        assert found["vcs"]["name"] == "cds-vcs"
        again = run.ok(Config, **self.NEW, servers=[SERVER])
        assert not again["changed"]

    def test_in_check_mode_nothing_is_made(self, run: Local) -> None:
        result = run.ok(Config, check_mode=True, **self.NEW)
        assert result["resource"]["id"].startswith("pending:cds_config:")
        assert not Path(run.common["path"]).exists()

    def test_tokens_of_a_file_without_the_api_would_open_nothing(self, run: Local) -> None:
        said = run.fails(Config, vcs={"name": "cds-vcs"}, hooks=self.NEW["hooks"])
        assert "vcs needs api_token" in said
        assert not Path(run.common["path"]).exists()

    def test_with_the_api_names_stay_as_the_tokens_have_them(self, run: Local) -> None:
        services = ["api", "vcs", "hooks"]
        assert "needs api_token" in run.fails(Config, new_services=services, vcs={"name": "mine"})
        run.ok(Config, new_services=services, hooks={"url_public": "https://cds.example.com/cdshooks"})

    def test_a_missing_folder_is_an_error(self, run: Local) -> None:
        assert "The folder /none/at/all does not exist" in run.fails(
            Config, path="/none/at/all/config.toml", **self.NEW
        )

    def test_create_false_makes_none(self, run: Local) -> None:
        assert "does not exist" in run.fails(Config, create=False, vcs={"port": 8085})


class TestSecrets:
    def test_are_in_no_result_and_readable_by_nobody_else(self, run: Local) -> None:
        file = Path(run.common["path"])
        file.chmod(0o644)
        result = run.ok(
            Config, servers=[SERVER], vcs={"api_token": "new-token"}, hooks={"api_token": "new-token"}, backup=True
        )
        shown = json.dumps(result)
        for secret in ("secret-of-consumer", "new-token", "the-shared-infra-token", "gh-secret-of-others"):
            assert secret not in shown
        assert {drift["path"] for drift in result["drift"]} >= {"mode", "vcs.api_token", "servers.bitbucketcloud"}
        assert result["diff"]["after"]["vcs"]["api_token"] == "******** (new)"
        kept = Path(result["backup_file"])
        assert kept.read_text() == FILE
        assert {path.stat().st_mode & 0o777 for path in (file, kept)} == {0o600}

    def test_a_copy_is_not_readable_for_a_moment_either(self, run: Local, monkeypatch: pytest.MonkeyPatch) -> None:
        Path(run.common["path"]).chmod(0o600)
        modes: list[int] = []
        copied = shutil.copystat

        def spy(source: Any, target: Any, **options: Any) -> None:
            modes.append(Path(target).stat().st_mode & 0o777)
            copied(source, target, **options)

        monkeypatch.setattr(shutil, "copystat", spy)
        usual = os.umask(0o022)
        try:
            run.ok(Config, vcs={"port": 8085}, backup=True)
            assert os.umask(0o022) == 0o022, "the umask is the task's own again"
        finally:
            os.umask(usual)
        assert modes == [0o600]

    def test_the_mode_alone_is_mended_without_a_restart(self, run: Local) -> None:
        file = Path(run.common["path"])
        file.chmod(0o640)
        result = run.ok(Config, vcs={"port": 8084})
        assert result["drift"] == [{"path": "mode", "expected": "0600", "actual": "0640"}]
        assert (result["restart"], file.stat().st_mode & 0o777, text(run)) == ([], 0o600, FILE)

    def test_a_link_stays_a_link(self, run: Local, tmp_path: Path) -> None:
        link = tmp_path / "link.toml"
        link.symlink_to(run.common["path"])
        run.ok(Config, path=str(link), vcs={"port": 8085})
        assert link.is_symlink() and "8085" in text(run)


class TestWithTheSandboxsEngine:
    """The program whose quirks are those of CDS's own, instead of one that says what it is told to."""

    @pytest.mark.parametrize("version", [OLD, MIDDLE, NEW])
    def test_a_new_file_of_every_generation(self, local: Local, tmp_path: Path, version: str) -> None:
        local.common.update(path=str(tmp_path / "new.toml"), engine=str(install(tmp_path / "bin", version)))
        wanted: dict[str, Any] = {name: dict(fields) for name, fields in TestNew.NEW.items()}
        if version == OLD:
            wanted["vcs"]["ui_url"] = "https://cds.example.com"
            wanted["hooks"]["api_token"] = wanted["vcs"]["api_token"]
        servers: dict[str, Any] = {} if version == NEW else {"servers": [SERVER]}
        made = local.ok(Config, **wanted, **servers)
        assert made["restart"] == ["vcs", "hooks"]
        assert not local.ok(Config, **wanted, **servers)["changed"]
        assert list(made["resource"]["servers"]) == (["bitbucketcloud"] if servers else [])
        read = configuration.service(configuration.load((tmp_path / "new.toml").read_text()), "vcs", Version(version))
        assert read and read.check() is None and (list(read.servers) == ["bitbucketcloud"]) is bool(servers)

    def test_what_its_check_finds_ends_with_0_and_is_an_error_all_the_same(self, local: Local, tmp_path: Path) -> None:
        program = Engine(str(install(tmp_path / "bin", NEW)), Redactor())
        file = tmp_path / "bad.toml"
        file.write_text('[vcs]\nname = ""\nURL = "http://vcs"\n[vcs.api.http]\nurl = "http://api"\n')
        assert subprocess.run([program.program, "config", "check", str(file)], check=False).returncode == 0
        with pytest.raises(BridgeError, match="please enter a name"):
            program.check(str(file))


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"state": "absent"}, "servers must list"),
        ({"servers": [SERVER, SERVER]}, "same name"),
    ],
)
def test_bad_input(run: Local, params: Any, words: str) -> None:
    assert words in run.fails(Config, **params)
