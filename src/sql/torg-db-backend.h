/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-db.h"

G_BEGIN_DECLS

/**
 * TorgDbBackend:
 * @dialect: which SQL it understands
 * @begin: begins a transaction: one that may write, or one that reads a single state
 * @exec: runs statements without parameters and rows
 * @prepare: prepares one statement, with parameters as `?1`
 * @finalize: frees a statement
 * @bind: binds a text, copied; %NULL is null; a number as its digits, an id as `\x` and 32 hexadecimal digits
 * @step: goes on to the next row
 * @reset: makes a statement ready to run again, with its bindings
 * @get_text: a column as text, in the same forms; %NULL is null
 * @is_in_transaction: whether one is open
 * @close: closes the connection
 *
 * A database that is not SQLite, behind [struct@Db]. Errors are of %TORG_STORE_ERROR.
 */
typedef struct {
  TorgDialect dialect;
  gboolean (*begin)             (gpointer     connection,
                                 gboolean     writing,
                                 GError     **error);
  gboolean (*exec)              (gpointer     connection,
                                 const char  *sql,
                                 GError     **error);
  gpointer (*prepare)           (gpointer     connection,
                                 const char  *sql,
                                 GError     **error);
  void     (*finalize)          (gpointer     statement);
  void     (*bind)              (gpointer     statement,
                                 int          index,
                                 const char  *text);
  gboolean (*step)              (gpointer     statement,
                                 gboolean    *row,
                                 GError     **error);
  void     (*reset)             (gpointer     statement);
  const char *(*get_text)       (gpointer     statement,
                                 int          column);
  gboolean (*is_in_transaction) (gpointer     connection);
  void     (*close)             (gpointer     connection);
} TorgDbBackend;

TorgDb *torg_db_new_with_backend (const TorgDbBackend *backend,
                                  gpointer             connection);

G_END_DECLS
