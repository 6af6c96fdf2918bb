# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Addresses of Bitbucket Cloud.

https://support.atlassian.com/bitbucket-cloud/docs/use-oauth-on-bitbucket-cloud/ has those of OAuth.
"""

from __future__ import annotations

API_URL, SITE_URL = "https://api.bitbucket.org", "https://bitbucket.org"
# Below the site's.
TOKEN_PATH = "site/oauth2/access_token"
AUTHORIZE_URL = f"{SITE_URL}/site/oauth2/authorize"
TOKEN_URL = f"{SITE_URL}/{TOKEN_PATH}"
