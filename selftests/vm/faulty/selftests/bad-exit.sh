#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Points and exit status disagree.
echo "ok 1 - only one"
exit 1
