/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-server"

#include "config.h"

#include "torg-accounts.h"
#include "torg-beginning.h"
#include "torg-company.h"
#include "torg-email.h"
#include "torg-error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/*
 * A company that begins on a server, and not with what is imported: with its first employee come the pipelines,
 * dictionaries and VAT rates that a replica without a server begins with, since nothing can be done without them.
 */

#define MAX_NAME 300

/**
 * torg_beginning_is_due:
 * @store: a connection
 * @due: (out): whether there is neither an employee nor a pipeline
 * @error: place for a %TORG_STORE_ERROR
 *
 * Tells whether the first employee will begin the company.
 *
 * Returns: whether the database answered
 */
gboolean
torg_beginning_is_due (TorgServerStore *store, gboolean *due, GError **error)
{
  g_autoptr (TorgStatement) statement =
    torg_server_store_prepare (store,
                               "SELECT 1 FROM \"user\" WHERE workspace = ?1 AND deleted IS NULL UNION ALL "
                               "SELECT 1 FROM pipeline WHERE workspace = ?1 AND deleted IS NULL LIMIT 1",
                               error);
  gboolean row;

  *due = FALSE;
  if (statement == NULL || !torg_statement_step (statement, &row, error))
    return FALSE;
  *due = !row;
  return TRUE;
}

/* Of two who begin at once the second waits here, and finds that it is done. */
static gboolean
lock (TorgServerStore *store, GError **error)
{
  g_autoptr (TorgStatement) statement =
    torg_server_store_prepare (store, "UPDATE workspace SET seq = seq WHERE id = ?1", error);

  return statement != NULL && torg_statement_run (statement, error);
}

/**
 * torg_beginning_fill:
 * @edit: a transaction
 * @begun: (out): whether the company begins with it
 * @error: place for a %TORG_STORE_ERROR
 *
 * Makes what a company works with, where there is nothing yet: in the language of the program.
 *
 * Returns: whether that worked
 */
gboolean
torg_beginning_fill (TorgOwnEdit *edit, gboolean *begun, GError **error)
{
  TorgServerStore *store = edit->store;
  g_autoptr (GPtrArray) records = NULL;

  *begun = FALSE;
  if (!torg_beginning_is_due (store, begun, error))
    return FALSE;
  if (!*begun)
    return TRUE;
  if (!lock (store, error) || !torg_beginning_is_due (store, begun, error))
    return FALSE;
  if (!*begun)
    return TRUE;
  records = torg_company_make (torg_server_store_get_schema (store), torg_server_store_get_env (store),
                               torg_company_get_language ());
  for (guint i = 0; i < records->len; i++)
    torg_commit_create (edit->commit, records->pdata[i]);
  return TRUE;
}

static TorgRecord *
make_first (TorgOwnEdit *edit, const char *name, const char *login, GError **error)
{
  TorgSchema      *schema = torg_server_store_get_schema (edit->store);
  g_autofree char *id = torg_env_make_id (torg_server_store_get_env (edit->store));
  g_autofree char *stripped = g_strstrip (g_strdup (name));
  g_autoptr (TorgRecord) record = torg_record_new (schema, torg_schema_find (schema, "user"), id);

  if (*stripped == '\0' || strlen (stripped) > MAX_NAME || !g_utf8_validate (stripped, -1, NULL))
    {
      g_set_error_literal (error, TORG_ERROR, TORG_ERROR_INVALID, _ ("Write a name."));
      return NULL;
    }
  torg_record_set_text (record, "name", stripped);
  torg_record_set_text (record, "login", login);
  if (torg_email_is_valid (login))
    torg_record_take (record, "emails", torg_value_from_items ((const char *const[]) { login, NULL }, FALSE));
  return torg_record_validate (record, error) ? g_steal_pointer (&record) : NULL;
}

static gboolean
add (TorgOwnEdit *edit, const char *name, const char *login, const char *password, GError **error)
{
  g_autoptr (TorgRecord) record = NULL;
  gboolean begun;

  if (!torg_beginning_fill (edit, &begun, error))
    return FALSE;
  if (!begun)
    {
      g_set_error_literal (error, TORG_ERROR, TORG_ERROR_DUPLICATE,
                           _ ("Somebody else has begun the company meanwhile. Try again."));
      return FALSE;
    }
  record = make_first (edit, name, login, error);
  if (record == NULL)
    return FALSE;
  torg_commit_create (edit->commit, record);
  torg_own_edit_note (edit, record, NULL, NULL, NULL);
  return torg_accounts_add (edit->store, torg_record_get_id (record), login, password, error);
}

/**
 * torg_beginning_add:
 * @store: a connection to an empty server, in no transaction
 * @name: of the first employee
 * @login: what they sign in with
 * @password: (nullable): the password; without one, only tokens work
 * @error: place for a %TORG_ERROR or a %TORG_STORE_ERROR
 *
 * Begins the company with its first employee, in one transaction.
 *
 * Returns: whether that was saved
 */
gboolean
torg_beginning_add (TorgServerStore *store, const char *name, const char *login, const char *password, GError **error)
{
  TorgOwnEdit edit = { 0 };

  return torg_own_edit_begin (&edit, store, NULL, error) &&
         torg_own_edit_finish (&edit, add (&edit, name, login, password, error), error);
}
