/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-digest.h"
#include "torg-store.h"
#include "torg-wire.h"

G_BEGIN_DECLS

/**
 * TorgAttention:
 * @rowid: its place
 * @mutation: (owned): what was to be done
 * @code: (owned): why it was not, see [struct@WireResult]; `gone` where the record may not be seen any more
 * @detail: (owned) (nullable): the field or record that it is about
 * @at: microseconds UTC: when that was found
 *
 * A change of the user that the server did not take.
 */
typedef struct {
  gint64            rowid;
  TorgWireMutation *mutation;
  char             *code;
  char             *detail;
  gint64            at;
} TorgAttention;

void       torg_attention_free       (TorgAttention    *self);

gboolean   torg_store_connect        (TorgStore        *self,
                                      const char       *client,
                                      const char       *user,
                                      GError          **error);
char      *torg_store_dup_server_user (TorgStore       *self);
gboolean   torg_store_is_local       (TorgStore        *self);
gboolean   torg_store_check_lock     (TorgStore        *self,
                                      GError          **error);
gboolean   torg_store_is_adopting    (TorgStore        *self);
gboolean   torg_store_adopt_step     (TorgStore        *self,
                                      GError          **error);
GPtrArray *torg_store_list_content   (TorgStore        *self,
                                      GError          **error); /* TorgWireMutation */
char      *torg_store_get_state      (TorgStore        *self,
                                      const char       *name);
gboolean   torg_store_set_state      (TorgStore        *self,
                                      const char       *name,
                                      const char       *value,
                                      GError          **error);

GPtrArray *torg_store_build_batch    (TorgStore        *self,
                                      GError          **error); /* TorgWireMutation */
gboolean   torg_store_renew_client   (TorgStore        *self,
                                      gint64            time,
                                      GError          **error);
gboolean   torg_store_begin_rebuild  (TorgStore        *self,
                                      GError          **error);
gboolean   torg_store_begin_new_life (TorgStore        *self,
                                      gint64            time,
                                      GError          **error);
gboolean   torg_store_digest         (TorgStore        *self,
                                      TorgDigest       *digest,
                                      GError          **error);
gboolean   torg_store_set_verified   (TorgStore        *self,
                                      GError          **error);
gboolean   torg_store_set_delivered  (TorgStore        *self,
                                      gint64            client_seq,
                                      GError          **error);
gint64     torg_store_count_unsent   (TorgStore        *self);
gint64     torg_store_get_edit_mark  (TorgStore        *self);
GPtrArray *torg_store_list_unsent    (TorgStore        *self,
                                      const char       *id,
                                      GError          **error); /* TorgWireMutation */
gboolean   torg_store_find_unsent    (TorgStore        *self,
                                      const char       *id,
                                      TorgWireMutation **mutation,
                                      GError          **error);
gboolean   torg_store_acknowledge    (TorgStore        *self,
                                      TorgWireMutation *mutation,
                                      gboolean          taken,
                                      GError          **error);
gboolean   torg_store_date_sent      (TorgStore        *self,
                                      gint64            time,
                                      GError          **error);

gboolean   torg_store_clean_search   (TorgStore        *self,
                                      GCancellable     *cancellable,
                                      GError          **error);
gboolean   torg_store_strip_sent     (TorgStore        *self,
                                      const char       *record,
                                      GError          **error);

gboolean   torg_store_add_attention  (TorgStore        *self,
                                      TorgWireMutation *mutation,
                                      const char       *code,
                                      const char       *detail,
                                      GError          **error);
GPtrArray *torg_store_list_attention (TorgStore        *self,
                                      GError          **error); /* TorgAttention, the newest first */
guint      torg_store_count_attention (TorgStore       *self);
gboolean   torg_store_drop_attention (TorgStore        *self,
                                      gint64            rowid,
                                      GError          **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TorgAttention, torg_attention_free)

G_END_DECLS
