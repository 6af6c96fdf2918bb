# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the groups of endpoints are; ``latest`` and ``1.0`` are two names of the same."""

from __future__ import annotations

_VERSION = '<any(latest,"1.0"):version>'
API = f"/rest/api/{_VERSION}"
ACCESS_TOKENS = f"/rest/access-tokens/{_VERSION}"
BRANCH_UTILS = f"/rest/branch-utils/{_VERSION}"
BUILD_STATUS = f"/rest/build-status/{_VERSION}"
GIT = f"/rest/git/{_VERSION}"
PROJECT = "/projects/<key>"
REPOSITORY = f"{PROJECT}/repos/<slug>"
