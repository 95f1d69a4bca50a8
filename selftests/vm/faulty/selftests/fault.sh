#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Says that all is well; the kernel knows better.
# shellcheck disable=SC2086 # words
insmod "$ADIT_KO" fault="$FAULT" $ADIT_KO_ARGS
echo "adit-vm: text $(cat /sys/module/adit/sections/.text)" >/dev/kmsg
echo "ok 1 - fault $FAULT"
