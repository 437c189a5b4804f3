/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * TorgEntries:
 * @type: a type of which a company has few records
 * @dictionary: (nullable): of `dictionary`, which one
 * @title: what they are called, to be translated
 * @subtitle: (nullable): what they are for, to be translated
 *
 * Records that a page lists.
 */
typedef struct {
  const char *type;
  const char *dictionary;
  const char *title;
  const char *subtitle;
} TorgEntries;

#define TORG_TYPE_ENTRIES_PAGE (torg_entries_page_get_type ())

/* A list of few records in their order, to be added to, ordered and opened. */
G_DECLARE_FINAL_TYPE (TorgEntriesPage, torg_entries_page, TORG, ENTRIES_PAGE, AdwNavigationPage)

AdwNavigationPage *torg_entries_page_new (TorgSession       *session,
                                          const TorgEntries *entries);

G_END_DECLS
