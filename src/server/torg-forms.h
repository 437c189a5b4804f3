/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-server-store.h"

G_BEGIN_DECLS

/**
 * TorgForm:
 * @key: (owned): the last part of its address, known to everybody who sees the page
 * @name: (owned): what its leads are called
 * @user: (owned): the id of the `user` whose leads they are
 * @source: (owned) (nullable): the id of the `dictionary` entry that they come from
 * @origins: (owned): the sites whose pages may send it, split by spaces; empty for any, which then cannot read the answer
 * @redirect: (owned) (nullable): where a browser goes that has sent a plain form
 * @plain: whether it comes without a stamp, from a page without scripts
 * @secret: (owned): what stamps are signed with
 *
 * A form of a web site that makes leads.
 */
typedef struct {
  char    *key;
  char    *name;
  char    *user;
  char    *source;
  char    *origins;
  char    *redirect;
  gboolean plain;
  char    *secret;
} TorgForm;

void       torg_form_free          (TorgForm         *self);
gboolean   torg_forms_check_origin (const char       *origin);
gboolean   torg_forms_add          (TorgServerStore  *store,
                                    TorgForm         *form,
                                    GError          **error);
GPtrArray *torg_forms_list         (TorgServerStore  *store,
                                    GError          **error); /* TorgForm */
gboolean   torg_forms_find         (TorgServerStore  *store,
                                    const char       *key,
                                    TorgForm        **form,
                                    GError          **error);
gboolean   torg_forms_give         (TorgServerStore  *store,
                                    const char       *key,
                                    const char       *user,
                                    gboolean         *found,
                                    GError          **error);
gboolean   torg_forms_remove       (TorgServerStore  *store,
                                    const char       *key,
                                    gboolean         *found,
                                    GError          **error);

char      *torg_form_make_stamp    (TorgForm         *self,
                                    gint64            now);
gint64     torg_form_read_stamp    (TorgForm         *self,
                                    const char       *stamp);

gboolean   torg_forms_find_lead    (TorgServerStore  *store,
                                    const char       *key,
                                    const char       *contact,
                                    gint64            since,
                                    char            **lead,
                                    GError          **error);
gboolean   torg_forms_note_lead    (TorgServerStore  *store,
                                    const char       *key,
                                    const char       *contact,
                                    const char       *lead,
                                    GError          **error);
gboolean   torg_forms_forget_leads (TorgServerStore  *store,
                                    const char       *key,
                                    gint64            before,
                                    GError          **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TorgForm, torg_form_free)

G_END_DECLS
