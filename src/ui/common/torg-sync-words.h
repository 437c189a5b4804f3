/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-own-accounts.h"
#include "torg-syncer.h"

G_BEGIN_DECLS

/* A sync that ends sooner is not worth a word: it would flicker. */
#define TORG_SYNC_WORDS_BRIEF_MS 700

char    *torg_sync_words_ago     (gint64       moment,
                                  gint64       now);
char    *torg_sync_words_when    (gint64       moment,
                                  gint64       now);
char    *torg_sync_words_state   (TorgSyncer  *syncer,
                                  gint64       now,
                                  const char **icon_name,
                                  gboolean    *warns);
char    *torg_sync_words_account (const TorgAccountInfo *info,
                                  TorgSyncer  *syncer,
                                  gint64       now,
                                  const char **icon_name);
char    *torg_sync_words_files   (const TorgFileCounts *counts);
char    *torg_sync_words_details (TorgSyncer  *syncer,
                                  gint64       now);
gboolean torg_sync_words_is_brief (TorgSyncer *syncer,
                                   gint64      now);

G_END_DECLS
