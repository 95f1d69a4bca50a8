#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Never ends.
echo "ok 1 - before"
sleep 1000 &
wait
