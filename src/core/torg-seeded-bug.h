/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "config.h"

#include <glib.h>

G_BEGIN_DECLS

/*
 * Faults that are put in on purpose, one at a time, to prove that the simulator finds them: only in a build with
 * -Dseeded_bugs=true, and only the one that TORG_BUG names. Elsewhere there is nothing of them.
 */
#ifdef TORG_SEEDED_BUGS
#define torg_seeded_bug(name) (g_strcmp0 (g_getenv ("TORG_BUG"), name) == 0)
#else
#define torg_seeded_bug(name) FALSE
#endif

G_END_DECLS
