# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of targets. Each has a package here; nothing else lists them."""

from __future__ import annotations

from .cds.target import CDS
from .gemnasium.target import GEMNASIUM
from .gitlab_ci.target import GITLAB_CI
from .oci_devops.target import OCI_DEVOPS
from .target import Target
from .upsun.target import UPSUN

TARGETS: dict[str, Target] = {one.name: one for one in (OCI_DEVOPS, GITLAB_CI, CDS, UPSUN, GEMNASIUM)}
