# Everything is made below .build/; "make clean" takes it away. Needed: Python >= 3.11 with venv, make, git.

export ANSIBLE_COLLECTIONS_PATH = $(CURDIR)/.build/collections
export ANSIBLE_HOME = $(CURDIR)/.build/ansible
# A configuration of the one who runs this must not count.
export ANSIBLE_CONFIG = $(CURDIR)/tests/ansible.cfg

CONSTRAINTS := tests/constraints
CORES := $(shell getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
# One more than processors: a test that waits for a process or an answer leaves its own idle.
WORKERS := $(shell expr $(CORES) + 1)

# The best Python of this machine, and which ansible-core it can run: 3.11 only the oldest supported one.
PYTHON := $(shell sh tests/tools/python.sh)
PYTHON_OLDEST := $(shell sh tests/tools/python.sh 3.11)
PYTHON_NEXT := $(shell sh tests/tools/python.sh 3.13 3.14)
MAIN := $(if $(filter $(PYTHON),$(PYTHON_OLDEST)),oldest,newest)

# 4.74 and newer need Node.js 22.
RUNNER_VERSION := 4.73.0
RUNNER := .build/node_modules/.bin/gitlab-ci-local
# The last version of the package ansible that contains awx.awx, which is 24.6.1 there.
AWX_PACKAGE := ansible==13.8.0
AWX := .build/awx/ansible_collections/awx/awx
UPSUN_CLI_VERSION := 5.11.1
UPSUN_CLI := .build/node_modules/@upsun/cli-linux-x64/bin/upsun
# In one call: npm takes away what an earlier one brought. The CLI is a program for Linux on x86-64.
NPM_TOOLS := gitlab-ci-local@$(RUNNER_VERSION) $(if $(filter Linux-x86_64,$(shell uname -sm | tr ' ' -)),@upsun/cli-linux-x64@$(UPSUN_CLI_VERSION))

# Packages of OCI's SDK that are imported, with what they import.
OCI_PARTS := (_vendor|auth|circuit_breaker|devops|dns|identity|identity_domains|key_management|logging|object_storage|ons|pagination|retry|secrets|vault|work_requests)/

LINK := .build/collections/ansible_collections/repobridge/bitbucket
VENV := .build/venv-$(MAIN)
REQUIREMENTS := requirements.txt requirements-test.txt $(CONSTRAINTS)/common.txt

.DEFAULT_GOAL := help
.PHONY: help environments demo sandbox runner upsun-cli awx eda test test-oldest test-next bench bench-check lint lint-quick format generate changelog build clean python

help: ## these lines
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

demo: $(VENV)/done $(LINK) ## installs the collection, starts the sandbox and does the main job on it
	@$(VENV)/bin/python -m tests.demo

sandbox: $(VENV)/done $(LINK) ## starts the sandbox and leaves it running
	@$(VENV)/bin/python -m tests.sandbox

test: $(VENV)/done $(LINK) ## all tests, on the newest ansible-core this machine can run
	@$(VENV)/bin/python -m pytest -n $(WORKERS) --dist loadgroup $(PYTEST_ARGS)

test-oldest: ## what depends on ansible-core and Python, on the oldest supported ones, where Python 3.11 is
ifeq ($(PYTHON_OLDEST),)
	@echo "test-oldest: skipped, there is no Python 3.11 with venv on this machine"
else ifeq ($(MAIN),oldest)
	@echo "test-oldest: skipped, make test is the same here (the only Python is 3.11)"
else
	@$(MAKE) --no-print-directory .build/venv-oldest/done $(LINK)
	@.build/venv-oldest/bin/python -m pytest -n $(WORKERS) --dist loadgroup -m "not any_core" tests/integration tests/unit --ignore tests/unit/sandbox $(PYTEST_ARGS)
endif

test-next: ## the core and the two doors on the coming ansible-core, where Python >= 3.13 is
ifeq ($(PYTHON_NEXT),)
	@echo "test-next: skipped, there is no Python 3.13 or newer with venv on this machine"
else
	@$(MAKE) --no-print-directory .build/venv-next/done $(LINK)
	@.build/venv-next/bin/python -m pytest -n $(WORKERS) --dist loadgroup -m "not any_core" $(wildcard tests/unit/test_*.py) tests/integration/test_doors.py $(PYTEST_ARGS)
endif

bench: .build/venv-peers/done $(LINK) ## measures tasks and roles beside debug and community.general (an hour or more); writes docs/bench.*
	@.build/venv-peers/bin/python -m tests.bench $(BENCH_ARGS)

bench-check: $(VENV)/done $(LINK) ## the few ratios and counts of it that the tests check
	@$(VENV)/bin/python -m pytest tests/integration/test_bench.py $(PYTEST_ARGS)

runner: $(RUNNER) ## installs gitlab-ci-local (needs npm and rsync); without it the tests that run pipelines are skipped

upsun-cli: ## installs the CLI of Upsun (needs npm, Linux on x86-64); without it the tests that compare with it are skipped
ifeq ($(word 2,$(NPM_TOOLS)),)
	@echo "upsun-cli: skipped, there is no such program for this machine"
else
	@$(MAKE) --no-print-directory $(UPSUN_CLI)
endif

awx: $(AWX)/MANIFEST.json ## installs the collection awx.awx (a download of 56 MB); without it the tests of playbooks/awx.yml are skipped

eda: ## installs ansible-rulebook (needs Java 17 or newer); without it the tests of the rulebooks are skipped
ifeq ($(shell command -v java 2>/dev/null),)
	@echo "eda: skipped, there is no Java on this machine"
else
	@$(MAKE) --no-print-directory $(VENV)/eda
endif

lint: .build/venv-lint/done $(LINK) ## every check but the tests
	@.build/venv-lint/bin/python -m tests.tools.lint

lint-quick: .build/venv-lint/done $(LINK) ## the checks that take a few seconds
	@.build/venv-lint/bin/python -m tests.tools.lint quick

format: .build/venv-lint/done ## formats the Python files and mends what can be mended mechanically
	@.build/venv-lint/bin/ruff format .
	@.build/venv-lint/bin/ruff check --fix .

generate: $(VENV)/done $(LINK) ## writes the files that follow from the list of modules and the table of targets
	@$(VENV)/bin/python -m tests.tools.generate

changelog: .build/venv-lint/done $(LINK) ## writes CHANGELOG.rst anew for the version in galaxy.yml, from the fragments and the modules
	@rm -f changelogs/changelog.yaml changelogs/.plugin-cache.yaml
	@PATH="$(CURDIR)/.build/venv-lint/bin:$$PATH" antsibull-changelog release --reload-plugins

build: $(VENV)/done ## builds the collection's archive in .build/dist
	@$(VENV)/bin/ansible-galaxy collection build --force --output-path .build/dist

clean: ## takes away everything that was made
	rm -rf .build .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

environments: $(if $(PYTHON_NEXT),.build/venv-next/done) $(if $(filter newest,$(MAIN)),$(if $(PYTHON_OLDEST),.build/venv-oldest/done)) # of test-next and test-oldest

# -- what the targets stand on ---------------------------------------------------------------------------------------

$(RUNNER) $(UPSUN_CLI):
	@npm install --silent --no-audit --no-fund --no-save --prefix .build $(NPM_TOOLS)

define AWX_UNPACK
import sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as file:
    file.extractall(members=[name for name in file.namelist() if name.startswith("ansible_collections/awx/awx/")])
endef
export AWX_UNPACK

# Into the tests' own environment, which has all that the playbooks need.
$(VENV)/eda: requirements-eda.txt $(CONSTRAINTS)/eda.txt | $(VENV)/done
	@$(VENV)/bin/python -m pip install -qq --disable-pip-version-check -r requirements-eda.txt -c $(CONSTRAINTS)/eda.txt
	@touch $@

# Of the package only that one collection is unpacked. It is no package of its own.
$(AWX)/MANIFEST.json: | $(VENV)/done
	@rm -rf .build/awx
	@mkdir -p .build/awx
	@$(VENV)/bin/python -m pip download -qq --disable-pip-version-check --no-deps --only-binary :all: --python-version 3.12 -d .build/awx $(AWX_PACKAGE)
	@cd .build/awx && $(CURDIR)/$(VENV)/bin/python -c "$$AWX_UNPACK" ansible-*.whl && rm ansible-*.whl

$(LINK):
	@mkdir -p $(@D)
	@ln -sfn ../../../.. $@

python:
	@test -n "$(PYTHON)" || { echo "No Python >= 3.11 that can make virtual environments was found (on Debian: apt-get install python3-venv)"; exit 1; }

# $(1): the Python, $(2): the requirements, $(3): the constraints. The old environment goes first: a version that is no
# longer asked for must not stay.
# OCI's SDK has 18,000 files; only those that are imported here are compiled.
define venv
	@echo "Making $(@D) with $(1) (once)"
	@rm -rf $(@D)
	@$(1) -m venv $(@D)
	@$(@D)/bin/python -m pip install -qq --disable-pip-version-check --no-compile -r $(2) -c $(CONSTRAINTS)/$(3).txt
	@$(@D)/bin/python -m compileall -qq -j 0 -x '/site-packages/oci/(?!$(OCI_PARTS))[a-z_0-9]+/' $(@D)/lib || true
	@touch $@
endef

.build/venv-newest/done: $(REQUIREMENTS) $(CONSTRAINTS)/newest.txt | python
	$(call venv,$(PYTHON),requirements-test.txt,newest)

.build/venv-oldest/done: $(REQUIREMENTS) $(CONSTRAINTS)/oldest.txt | python
	$(call venv,$(PYTHON_OLDEST),requirements-test.txt,oldest)

.build/venv-next/done: $(REQUIREMENTS) $(CONSTRAINTS)/next.txt | python
	$(call venv,$(PYTHON_NEXT),requirements-test.txt,next)

.build/venv-lint/done: $(REQUIREMENTS) requirements-lint.txt $(CONSTRAINTS)/newest.txt | python
	@test $(MAIN) = newest || { echo "make lint needs Python >= 3.12: the newest ansible-core does not run on 3.11"; exit 1; }
	$(call venv,$(PYTHON),requirements-lint.txt,newest)

.build/venv-peers/done: $(REQUIREMENTS) requirements-peers.txt $(CONSTRAINTS)/newest.txt $(CONSTRAINTS)/peers.txt | python
	@test $(MAIN) = newest || { echo "make bench needs Python >= 3.12: the newest ansible-core does not run on 3.11"; exit 1; }
	$(call venv,$(PYTHON),requirements-peers.txt,peers)
