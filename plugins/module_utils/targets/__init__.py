# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of targets. Each has a package here; nothing else lists them."""

from __future__ import annotations

from .gemnasium.target import GEMNASIUM
from .gitlab_ci.target import GITLAB_CI
from .target import Target
from .upsun.target import UPSUN

TARGETS: dict[str, Target] = {target.name: target for target in (GITLAB_CI, UPSUN, GEMNASIUM)}
