/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-sql"

#include "torg-db-private.h"
#include "torg-text.h"

#include <string.h>

/*
 * `has_text(TEXT, PART)` tells whether a text has another in it, which is folded already; SQLite's own LIKE knows the
 * letters of English alone.
 */
static void
has_text (sqlite3_context *context, int n, sqlite3_value **values)
{
  const char      *text = (const char *) sqlite3_value_text (values[0]);
  const char      *part = (const char *) sqlite3_value_text (values[1]);
  g_autofree char *folded = NULL;

  g_assert (n == 2);
  if (text == NULL || part == NULL)
    {
      sqlite3_result_int (context, 0);
      return;
    }
  folded = torg_text_fold (text);
  sqlite3_result_int (context, strstr (folded, part) != NULL);
}

int
torg_db_add_has_text (sqlite3 *db)
{
  return sqlite3_create_function_v2 (db, "has_text", 2, SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY, NULL,
                                     has_text, NULL, NULL, NULL);
}
