// SPDX-License-Identifier: AGPL-3.0-or-later
@_exported import Strassen
