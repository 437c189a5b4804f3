/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-store.h"

G_BEGIN_DECLS

/**
 * TorgDue:
 * @id: (owned): an activity
 * @kind: (owned): its kind
 * @subject: (owned) (nullable): what is to be done
 * @due: when, in microseconds UTC
 * @about_type: (nullable): the type of the card that it stands on
 * @about: (owned) (nullable): the id of that
 * @about_title: (owned) (nullable): what that is called
 *
 * Something that is to be done at a time of day.
 */
typedef struct {
  char       *id;
  char       *kind;
  char       *subject;
  gint64      due;
  const char *about_type;
  char       *about;
  char       *about_title;
} TorgDue;

void       torg_due_free           (TorgDue   *self);
GPtrArray *torg_store_list_due     (TorgStore *self,
                                    gint64     after,
                                    gint64     until,
                                    guint      limit,
                                    GError   **error);
gboolean   torg_store_get_due      (TorgStore   *self,
                                    const char  *id,
                                    TorgDue    **item,
                                    GError     **error);
gboolean   torg_store_find_due     (TorgStore *self,
                                    gint64     after,
                                    gint64    *due,
                                    GError   **error);
gint64     torg_store_get_reminded (TorgStore *self);
gboolean   torg_store_set_reminded (TorgStore *self,
                                    gint64     until,
                                    GError   **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TorgDue, torg_due_free)

G_END_DECLS
