/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-server"

#include "config.h"

#include "torg-accounts.h"
#include "torg-forms.h"

#include <sodium.h>
#include <string.h>

/*
 * The forms of web sites, as the database keeps them, and who has sent one lately. The secret of a form stays in the
 * database as it is: it signs stamps, and whoever can read it there can write leads too.
 */

/**
 * torg_form_free:
 * @self: (transfer full): a form
 *
 * Frees a form.
 */
void
torg_form_free (TorgForm *self)
{
  g_free (self->key);
  g_free (self->name);
  g_free (self->user);
  g_free (self->source);
  g_free (self->origins);
  g_free (self->redirect);
  g_free (self->secret);
  g_free (self);
}

/**
 * torg_forms_check_origin:
 * @origin: a site, `https://HOST` with its port, if it has one
 *
 * Tells whether a text is what browsers send as a page's origin (RFC 6454).
 *
 * Returns: whether it is
 */
gboolean
torg_forms_check_origin (const char *origin)
{
  g_autoptr (GUri) uri = g_uri_parse (origin, G_URI_FLAGS_NONE, NULL);

  if (uri == NULL || strpbrk (origin, " \t\r\n") != NULL || g_uri_get_host (uri) == NULL ||
      *g_uri_get_path (uri) != '\0')
    return FALSE;
  if (!g_str_equal (g_uri_get_scheme (uri), "https") && !g_str_equal (g_uri_get_scheme (uri), "http"))
    return FALSE;
  return g_uri_get_userinfo (uri) == NULL && g_uri_get_query (uri) == NULL && g_uri_get_fragment (uri) == NULL;
}

static char *
make_key (TorgServerStore *store)
{
  guint8   bytes[16];
  GString *text = g_string_new (NULL);

  torg_env_fill_random (torg_server_store_get_env (store), bytes, sizeof bytes);
  for (guint i = 0; i < sizeof bytes; i++)
    g_string_append_printf (text, "%02x", bytes[i]);
  return g_string_free_and_steal (text);
}

/**
 * torg_forms_add:
 * @store: a connection
 * @form: a form; takes its key and its secret
 * @error: place for a %TORG_STORE_ERROR
 *
 * Adds a form.
 *
 * Returns: whether that worked
 */
gboolean
torg_forms_add (TorgServerStore *store, TorgForm *form, GError **error)
{
  g_autoptr (TorgStatement) statement = torg_server_store_prepare (
    store,
    "INSERT INTO form (workspace, key, name, user_id, source, origins, redirect, plain, secret, created) "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    error);

  if (statement == NULL)
    return FALSE;
  form->key = make_key (store);
  form->secret = torg_accounts_make_secret (store);
  torg_statement_bind_text (statement, 2, form->key);
  torg_statement_bind_text (statement, 3, form->name);
  torg_statement_bind_id (statement, 4, form->user);
  torg_statement_bind_id (statement, 5, form->source);
  torg_statement_bind_text (statement, 6, form->origins);
  torg_statement_bind_text (statement, 7, form->redirect);
  torg_statement_bind_int (statement, 8, form->plain);
  torg_statement_bind_text (statement, 9, form->secret);
  torg_statement_bind_int (statement, 10, torg_env_get_now (torg_server_store_get_env (store)));
  return torg_statement_run (statement, error);
}

#define FORM "SELECT key, name, user_id, source, origins, redirect, plain, secret FROM form WHERE workspace = ?1"

static TorgForm *
read_form (TorgStatement *statement)
{
  TorgForm *self = g_new0 (TorgForm, 1);

  self->key = g_strdup (torg_statement_get_text (statement, 0));
  self->name = g_strdup (torg_statement_get_text (statement, 1));
  self->user = torg_statement_dup_id (statement, 2);
  self->source = torg_statement_is_null (statement, 3) ? NULL : torg_statement_dup_id (statement, 3);
  self->origins = g_strdup (torg_statement_get_text (statement, 4));
  self->redirect = g_strdup (torg_statement_get_text (statement, 5));
  self->plain = torg_statement_get_int (statement, 6) != 0;
  self->secret = g_strdup (torg_statement_get_text (statement, 7));
  return self;
}

/**
 * torg_forms_list:
 * @store: a connection
 * @error: place for a %TORG_STORE_ERROR
 *
 * Lists the forms, the oldest first.
 *
 * Returns: (transfer full) (element-type TorgForm) (nullable): forms
 */
GPtrArray *
torg_forms_list (TorgServerStore *store, GError **error)
{
  g_autoptr (TorgStatement) statement = torg_server_store_prepare (store, FORM " ORDER BY created, key", error);
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) torg_form_free);
  gboolean row;

  if (statement == NULL)
    return NULL;
  for (;;)
    {
      if (!torg_statement_step (statement, &row, error))
        return NULL;
      if (!row)
        return g_steal_pointer (&list);
      g_ptr_array_add (list, read_form (statement));
    }
}

/**
 * torg_forms_find:
 * @store: a connection
 * @key: what may be a form's key
 * @form: (out) (transfer full) (nullable): the form; %NULL where there is none
 * @error: place for a %TORG_STORE_ERROR
 *
 * Finds a form.
 *
 * Returns: whether the database answered
 */
gboolean
torg_forms_find (TorgServerStore *store, const char *key, TorgForm **form, GError **error)
{
  g_autoptr (TorgStatement) statement = torg_server_store_prepare (store, FORM " AND key = ?2", error);
  gboolean row;

  *form = NULL;
  if (statement == NULL)
    return FALSE;
  torg_statement_bind_text (statement, 2, key);
  if (!torg_statement_step (statement, &row, error))
    return FALSE;
  *form = row ? read_form (statement) : NULL;
  return TRUE;
}

/**
 * torg_forms_give:
 * @store: a connection
 * @key: a form's key
 * @user: the id of the `user` whose leads they are from now on
 * @found: (out): whether there is such a form
 * @error: place for a %TORG_STORE_ERROR
 *
 * Gives a form to somebody; its leads stay whose they are.
 *
 * Returns: whether that worked
 */
gboolean
torg_forms_give (TorgServerStore *store, const char *key, const char *user, gboolean *found, GError **error)
{
  g_autoptr (TorgStatement) statement = torg_server_store_prepare (
    store, "UPDATE form SET user_id = ?3 WHERE workspace = ?1 AND key = ?2 RETURNING 1", error);
  gboolean more;

  *found = FALSE;
  if (statement == NULL)
    return FALSE;
  torg_statement_bind_text (statement, 2, key);
  torg_statement_bind_id (statement, 3, user);
  return torg_statement_step (statement, found, error) && (!*found || torg_statement_step (statement, &more, error));
}

/**
 * torg_forms_remove:
 * @store: a connection
 * @key: a form's key
 * @found: (out): whether there was one
 * @error: place for a %TORG_STORE_ERROR
 *
 * Removes a form; its leads stay.
 *
 * Returns: whether that worked
 */
gboolean
torg_forms_remove (TorgServerStore *store, const char *key, gboolean *found, GError **error)
{
  g_autoptr (TorgStatement) statement =
    torg_server_store_prepare (store, "DELETE FROM form WHERE workspace = ?1 AND key = ?2 RETURNING 1", error);
  gboolean more;

  *found = FALSE;
  if (statement == NULL)
    return FALSE;
  torg_statement_bind_text (statement, 2, key);
  return torg_statement_step (statement, found, error) && (!*found || torg_statement_step (statement, &more, error));
}

/* --- stamps ------------------------------------------------------------------------------------------------------- */

static char *
sign (TorgForm *self, gint64 seconds)
{
  g_autofree char *text = g_strdup_printf ("%s.%" G_GINT64_FORMAT, self->key, seconds);

  return g_compute_hmac_for_string (G_CHECKSUM_SHA256, (const guchar *) self->secret, strlen (self->secret), text, -1);
}

/**
 * torg_form_make_stamp:
 * @now: microseconds UTC
 *
 * Says when a form was opened, so that nobody else can.
 *
 * Returns: (transfer full): `SECONDS.HMAC`
 */
char *
torg_form_make_stamp (TorgForm *self, gint64 now)
{
  g_autofree char *hmac = sign (self, now / G_USEC_PER_SEC);

  return g_strdup_printf ("%" G_GINT64_FORMAT ".%s", now / G_USEC_PER_SEC, hmac);
}

/**
 * torg_form_read_stamp:
 * @stamp: (nullable): what may be a stamp of this form
 *
 * Tells when a form was opened.
 *
 * Returns: microseconds UTC; 0 for what is no stamp
 */
gint64
torg_form_read_stamp (TorgForm *self, const char *stamp)
{
  const char      *dot = stamp != NULL ? strchr (stamp, '.') : NULL;
  g_autofree char *number = dot != NULL ? g_strndup (stamp, dot - stamp) : NULL;
  g_autofree char *hmac = NULL;
  gint64           seconds;

  if (number == NULL || !g_ascii_string_to_signed (number, 10, 1, G_MAXINT64 / G_USEC_PER_SEC, &seconds, NULL))
    return 0;
  hmac = sign (self, seconds);
  return strlen (dot + 1) == strlen (hmac) && sodium_memcmp (dot + 1, hmac, strlen (hmac)) == 0
           ? seconds * G_USEC_PER_SEC
           : 0;
}

/* --- who has sent one --------------------------------------------------------------------------------------------- */

/**
 * torg_forms_find_lead:
 * @store: a connection, in a transaction
 * @key: a form's key
 * @contact: a phone or an e-mail address
 * @since: microseconds UTC
 * @lead: (out) (transfer full) (nullable): the id of the lead that was made, or told more, since then
 * @error: place for a %TORG_STORE_ERROR
 *
 * Finds what somebody who sends a form has sent already.
 *
 * Returns: whether the database answered
 */
gboolean
torg_forms_find_lead (TorgServerStore *store,
                      const char      *key,
                      const char      *contact,
                      gint64           since,
                      char           **lead,
                      GError         **error)
{
  g_autoptr (TorgStatement) statement = torg_server_store_prepare (
    store, "SELECT lead FROM form_contact WHERE workspace = ?1 AND form = ?2 AND contact = ?3 AND at >= ?4", error);
  gboolean row;

  *lead = NULL;
  if (statement == NULL)
    return FALSE;
  torg_statement_bind_text (statement, 2, key);
  torg_statement_bind_text (statement, 3, contact);
  torg_statement_bind_int (statement, 4, since);
  if (!torg_statement_step (statement, &row, error))
    return FALSE;
  *lead = row ? torg_statement_dup_id (statement, 0) : NULL;
  return TRUE;
}

/**
 * torg_forms_note_lead:
 * @store: a connection, in a transaction
 * @key: a form's key
 * @contact: a phone or an e-mail address
 * @lead: the id of a lead
 * @error: place for a %TORG_STORE_ERROR
 *
 * Remembers who has sent a form.
 *
 * Returns: whether that worked
 */
gboolean
torg_forms_note_lead (TorgServerStore *store, const char *key, const char *contact, const char *lead, GError **error)
{
  g_autoptr (TorgStatement) statement = torg_server_store_prepare (
    store,
    "INSERT INTO form_contact (workspace, form, contact, lead, at) VALUES (?1, ?2, ?3, ?4, ?5) "
    "ON CONFLICT (workspace, form, contact) DO UPDATE SET lead = excluded.lead, at = excluded.at",
    error);

  if (statement == NULL)
    return FALSE;
  torg_statement_bind_text (statement, 2, key);
  torg_statement_bind_text (statement, 3, contact);
  torg_statement_bind_id (statement, 4, lead);
  torg_statement_bind_int (statement, 5, torg_env_get_now (torg_server_store_get_env (store)));
  return torg_statement_run (statement, error);
}

/**
 * torg_forms_forget_leads:
 * @store: a connection, in a transaction
 * @key: a form's key
 * @before: microseconds UTC
 * @error: place for a %TORG_STORE_ERROR
 *
 * Forgets who has sent a form before that.
 *
 * Returns: whether that worked
 */
gboolean
torg_forms_forget_leads (TorgServerStore *store, const char *key, gint64 before, GError **error)
{
  g_autoptr (TorgStatement) statement =
    torg_server_store_prepare (store, "DELETE FROM form_contact WHERE workspace = ?1 AND form = ?2 AND at < ?3", error);

  if (statement == NULL)
    return FALSE;
  torg_statement_bind_text (statement, 2, key);
  torg_statement_bind_int (statement, 3, before);
  return torg_statement_run (statement, error);
}
