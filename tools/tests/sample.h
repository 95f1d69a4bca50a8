/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A gateway with something of everything, for the tests of output. */
#ifndef ADIT_SAMPLE_H
#define ADIT_SAMPLE_H

#include "../adit/tree.h"

void sample_tree(struct tree *tree);

#endif
