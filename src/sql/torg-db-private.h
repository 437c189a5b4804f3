/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-db-backend.h"

#include <sqlite3.h>

G_BEGIN_DECLS

/* What a connection and its statements know of each other. */

struct _TorgDb
{
  sqlite3      *db;          /* (owned) */
  GHashTable   *statements;  /* (owned) SQL → TorgStatement that is free */
  GCancellable *cancellable; /* (owned) (nullable) */
  TorgDbFlags   flags;
  TorgBatch    *held;       /* (nullable): rows that every statement must find */
  GError       *held_error; /* (owned) (nullable): why they could not be written */

  gboolean in_doubt; /* a commit may have happened, though it failed */

  const TorgDbBackend *backend;    /* (nullable): another database than SQLite */
  gpointer             connection; /* (owned) (nullable): its own */
};

struct _TorgStatement
{
  TorgDb       *db;
  sqlite3_stmt *stmt;    /* (owned) (nullable) */
  gpointer      foreign; /* (owned) (nullable): of a backend */
  TorgBatch    *batch;   /* (nullable): takes the values instead */
};

void torg_db_set_error   (TorgDb   *self,
                          int       code,
                          GError  **error);
void torg_statement_free (gpointer  data);
int  torg_db_add_has_key (sqlite3  *db);
int  torg_db_add_has_text (sqlite3 *db);

G_END_DECLS
