/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-error.h"
#include "torg-value.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * TorgDb:
 *
 * A connection to a SQLite database, for one thread at a time. Errors are of %TORG_STORE_ERROR, or
 * %G_IO_ERROR_CANCELLED.
 */
typedef struct _TorgDb TorgDb;

/**
 * TorgStatement:
 *
 * A prepared statement, borrowed from its connection's cache: release it before the connection is closed.
 */
typedef struct _TorgStatement TorgStatement;

/**
 * TorgBatch:
 *
 * Rows for one table that are inserted several at a time: a statement costs as much as the row that it writes.
 */
typedef struct _TorgBatch TorgBatch;

/**
 * TorgDbFlags:
 * @TORG_DB_NONE: for reading and writing; made where it is missing
 * @TORG_DB_READ_ONLY: for reading
 * @TORG_DB_BULK: without a journal, for filling a new file
 *
 * How a database is opened.
 */
typedef enum {
  TORG_DB_NONE      = 0,
  TORG_DB_READ_ONLY = 1 << 0,
  TORG_DB_BULK      = 1 << 1,
} TorgDbFlags;

/**
 * TorgDialect:
 * @TORG_DIALECT_SQLITE: SQLite
 * @TORG_DIALECT_POSTGRESQL: PostgreSQL
 *
 * Which SQL a connection understands.
 */
typedef enum {
  TORG_DIALECT_SQLITE,
  TORG_DIALECT_POSTGRESQL,
} TorgDialect;

TorgDb        *torg_db_open             (const char    *path,
                                         const char    *vfs,
                                         TorgDbFlags    flags,
                                         GError       **error);
TorgDialect    torg_db_get_dialect      (TorgDb        *self);
gboolean       torg_db_prepare_writing  (TorgDb        *self,
                                         GError       **error);
gboolean       torg_db_set_sorting      (TorgDb        *self,
                                         gboolean       sorting,
                                         GError       **error);
gboolean       torg_db_close            (TorgDb        *self,
                                         GError       **error);
void           torg_db_free             (TorgDb        *self);
gboolean       torg_db_exec             (TorgDb        *self,
                                         const char    *sql,
                                         GError       **error);
gboolean       torg_db_set_durable      (TorgDb        *self,
                                         gboolean       durable,
                                         GError       **error);
gboolean       torg_db_sync             (TorgDb        *self,
                                         GError       **error);
gboolean       torg_db_empty_log        (TorgDb        *self,
                                         gboolean      *empty,
                                         GError       **error);
gboolean       torg_db_begin            (TorgDb        *self,
                                         GError       **error);
gboolean       torg_db_begin_reading    (TorgDb        *self,
                                         GError       **error);
gboolean       torg_db_commit           (TorgDb        *self,
                                         GError       **error);
void           torg_db_rollback         (TorgDb        *self);
gboolean       torg_db_is_in_transaction (TorgDb       *self);
gboolean       torg_db_is_in_doubt      (TorgDb        *self);
TorgStatement *torg_db_prepare          (TorgDb        *self,
                                         const char    *sql,
                                         GError       **error);
TorgStatement *torg_db_prepare_beside   (TorgDb        *self,
                                         const char    *sql,
                                         GError       **error);
TorgStatement *torg_statement_new_row   (TorgBatch     *batch);
gboolean       torg_db_hold             (TorgDb        *self,
                                         TorgBatch     *batch,
                                         GError       **error);
void           torg_db_drop_held        (TorgDb        *self);
gint64         torg_db_get_last_rowid   (TorgDb        *self);
gint64         torg_db_get_n_changes    (TorgDb        *self);
gint64         torg_db_get_data_version (TorgDb        *self);
void           torg_db_set_cancellable  (TorgDb        *self,
                                         GCancellable  *cancellable);
gboolean       torg_db_get_int          (TorgDb        *self,
                                         const char    *sql,
                                         gint64        *number,
                                         GError       **error);

void           torg_statement_release     (TorgStatement   *self);
void           torg_statement_bind_int    (TorgStatement   *self,
                                           int              index,
                                           gint64           number);
void           torg_statement_bind_text   (TorgStatement   *self,
                                           int              index,
                                           const char      *text);
void           torg_statement_bind_static (TorgStatement *self,
                                         int            index,
                                         const char    *text,
                                         gssize         length);
void           torg_statement_bind_blob (TorgStatement *self,
                                         int            index,
                                         const void    *bytes,
                                         gsize          length);
void           torg_statement_bind_null   (TorgStatement   *self,
                                           int              index);
void           torg_statement_bind_id     (TorgStatement   *self,
                                           int              index,
                                           const char      *id);
gboolean       torg_statement_step        (TorgStatement   *self,
                                           gboolean        *row,
                                           GError         **error);
gboolean       torg_statement_run         (TorgStatement   *self,
                                           GError         **error);
void           torg_statement_reset       (TorgStatement   *self);
gboolean       torg_statement_is_null     (TorgStatement   *self,
                                           int              column);
gint64         torg_statement_get_int     (TorgStatement   *self,
                                           int              column);
const char    *torg_statement_get_text    (TorgStatement   *self,
                                           int              column);
char          *torg_statement_dup_id      (TorgStatement   *self,
                                           int              column);
gboolean       torg_statement_read_id      (TorgStatement   *self,
                                           int              column,
                                           guint8           bytes[16]);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TorgDb, torg_db_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TorgStatement, torg_statement_release)

G_END_DECLS
