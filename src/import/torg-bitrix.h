/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-bitrix-web.h"
#include "torg-replica.h"

G_BEGIN_DECLS

/**
 * TorgBitrixCount:
 * @created: objects that made a record
 * @filled: those whose record was there and got what it had not
 * @known: those whose record had all of it
 * @failed: those that could not be taken
 *
 * What became of the objects of a kind.
 */
typedef struct {
  gint64 created;
  gint64 filled;
  gint64 known;
  gint64 failed;
} TorgBitrixCount;

/**
 * TorgBitrixResult:
 * @counts: of each kind
 * @import_id: (owned): to undo it with
 * @failures: (owned) (element-type utf8): sentences, the first thousand
 *
 * What an import of a portal did up to now.
 */
typedef struct {
  TorgBitrixCount counts[TORG_BITRIX_N_KINDS];
  char           *import_id;
  GPtrArray      *failures;
} TorgBitrixResult;

/**
 * TorgBitrix:
 *
 * An import of a portal of Bitrix24 that is under way: what is asked for goes over the network and needs no data, what
 * came is written in a short transaction.
 */
typedef struct _TorgBitrix TorgBitrix;

TorgBitrix       *torg_bitrix_new          (const char          *portal,
                                            const TorgBitrixWeb *web,
                                            GDestroyNotify       free_web);
void              torg_bitrix_free         (TorgBitrix          *self);
gboolean          torg_bitrix_fetch        (TorgBitrix          *self,
                                            GCancellable        *cancellable,
                                            GError             **error);
gboolean          torg_bitrix_keep         (TorgBitrix          *self,
                                            TorgStore           *store,
                                            gboolean            *finished,
                                            GError             **error);
gboolean          torg_bitrix_run          (TorgBitrix          *self,
                                            TorgStore           *store,
                                            GCancellable        *cancellable,
                                            GError             **error);
double            torg_bitrix_get_fraction (TorgBitrix          *self);
gboolean          torg_bitrix_is_resumed   (TorgBitrix          *self);
TorgBitrixResult *torg_bitrix_dup_result   (TorgBitrix          *self);
void              torg_bitrix_result_free  (TorgBitrixResult    *self);
void              torg_bitrix_run_async    (TorgReplica         *replica,
                                            TorgBitrix          *bitrix,
                                            TorgJob             *job,
                                            GAsyncReadyCallback  callback,
                                            gpointer             data);
gboolean          torg_bitrix_run_finish   (TorgReplica         *replica,
                                            GAsyncResult        *result,
                                            GError             **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TorgBitrix, torg_bitrix_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TorgBitrixResult, torg_bitrix_result_free)

G_END_DECLS
