/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-io"

#include "config.h"

#include "torg-ed807.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "torg-charset.h"
#include "torg-error.h"

/*
 * The BIK directory of the Bank of Russia as it gives it out: ED807, an XML in windows-1251, with an element
 * `BICDirectoryEntry` for each bank, in it `ParticipantInfo` and its accounts.
 */

typedef struct
{
  TorgTable *table;
  gboolean   inside;  /* an entry */
  char      *bik;     /* (owned) (nullable) */
  char      *name;    /* (owned) (nullable) */
  char      *city;    /* (owned) (nullable) */
  char      *closed;  /* (owned) (nullable) */
  char      *account; /* (owned) (nullable): the correspondent one, else none */
} Reader;

static void
forget (Reader *self)
{
  g_clear_pointer (&self->bik, g_free);
  g_clear_pointer (&self->name, g_free);
  g_clear_pointer (&self->city, g_free);
  g_clear_pointer (&self->closed, g_free);
  g_clear_pointer (&self->account, g_free);
  self->inside = FALSE;
}

static const char *
find_attribute (const char **names, const char **values, const char *name)
{
  for (guint i = 0; names[i] != NULL; i++)
    if (g_str_equal (names[i], name))
      return values[i];
  return NULL;
}

/* «г Москва»: the kind of the place before its name. */
static char *
make_city (const char *kind, const char *name)
{
  if (name == NULL)
    return NULL;
  return kind == NULL || g_str_equal (kind, "г") ? g_strdup (name) : g_strconcat (kind, " ", name, NULL);
}

static const char *
get_local_name (const char *name)
{
  const char *colon = strchr (name, ':');

  return colon != NULL ? colon + 1 : name;
}

static void
start_element (GMarkupParseContext *context,
               const char          *element,
               const char         **names,
               const char         **values,
               gpointer             data,
               GError             **error)
{
  Reader     *self = data;
  const char *name = get_local_name (element);

  if (g_str_equal (name, "BICDirectoryEntry"))
    {
      forget (self);
      self->inside = TRUE;
      self->bik = g_strdup (find_attribute (names, values, "BIC"));
    }
  else if (!self->inside)
    return;
  else if (g_str_equal (name, "ParticipantInfo"))
    {
      g_set_str (&self->name, find_attribute (names, values, "NameP"));
      g_free (self->city);
      self->city = make_city (find_attribute (names, values, "Tnp"), find_attribute (names, values, "Nnp"));
      g_set_str (&self->closed, find_attribute (names, values, "DateOut"));
    }
  else if (g_str_equal (name, "Accounts") && self->account == NULL &&
           g_strcmp0 (find_attribute (names, values, "RegulationAccountType"), "CRSA") == 0 &&
           g_strcmp0 (find_attribute (names, values, "AccountStatus"), "ACDL") != 0)
    self->account = g_strdup (find_attribute (names, values, "Account"));
}

static gboolean
add_row (TorgTable *table, guint line, const char *const cells[5], GError **error)
{
  if (!torg_table_add_row (table, line, error))
    return FALSE;
  for (guint i = 0; i < 5; i++)
    if (!torg_table_add_cell (table, TORG_CELL_TEXT, cells[i], -1, error))
      return FALSE;
  return TRUE;
}

static void
end_element (GMarkupParseContext *context, const char *element, gpointer data, GError **error)
{
  Reader *self = data;
  int     line, column;

  if (!self->inside || !g_str_equal (get_local_name (element), "BICDirectoryEntry"))
    return;
  g_markup_parse_context_get_position (context, &line, &column);
  if (self->bik != NULL && self->name != NULL)
    add_row (self->table, (guint) line,
             (const char *const[]) { self->bik, self->name, self->account, self->city, self->closed }, error);
  forget (self);
}

/**
 * torg_ed807_is:
 * @bytes: a file
 *
 * Tells whether a file is the directory of banks as the Bank of Russia gives it out.
 *
 * Returns: whether it is
 */
gboolean
torg_ed807_is (GBytes *bytes)
{
  gsize            length;
  const char      *data = g_bytes_get_data (bytes, &length);
  g_autofree char *head = g_strndup (data != NULL ? data : "", MIN (length, 1024));

  return strstr (head, "<?xml") != NULL && strstr (head, "ED807") != NULL;
}

/**
 * torg_ed807_read:
 * @bytes: such a file
 * @cancellable: (nullable): to stop it
 * @error: return location
 *
 * Reads the directory into a table whose columns an import of banks knows: BIK, name, correspondent account, city, and
 * the date from which the bank is closed.
 *
 * It blocks: call it in a worker.
 *
 * Returns: (transfer full): the table, or %NULL with an error of #TorgError or %G_IO_ERROR_CANCELLED
 */
TorgTable *
torg_ed807_read (GBytes *bytes, GCancellable *cancellable, GError **error)
{
  static const GMarkupParser parser = { start_element, end_element, NULL, NULL, NULL };
  g_autoptr (TorgTable) table = torg_table_new ();
  Reader           reader = { .table = table };
  gsize            length, n_utf8, n_bad;
  const char      *data = g_bytes_get_data (bytes, &length);
  g_autofree char *head = g_strndup (data, MIN (length, 200));
  g_autofree char *lower = g_ascii_strdown (head, -1);
  const char      *charset = strstr (lower, "utf-8") != NULL ? "UTF-8" : "windows-1251";
  g_autofree char *text = torg_charset_to_utf8 (data, length, charset, &n_utf8, &n_bad, error);
  g_autoptr (GMarkupParseContext) context = NULL;
  g_autoptr (GError) local = NULL;
  const char *start;

  if (text == NULL || g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  start = g_str_has_prefix (text, "\xef\xbb\xbf") ? text + 3 : text;
  context = g_markup_parse_context_new (&parser, 0, &reader, NULL);
  if (!add_row (table, 1, (const char *const[]) { "bik", "name", "corr_account", "city", "closed" }, error))
    return NULL;
  if (!g_markup_parse_context_parse (context, start, (gssize) (n_utf8 - (gsize) (start - text)), &local) ||
      !g_markup_parse_context_end_parse (context, &local))
    {
      forget (&reader);
      if (local->domain == TORG_ERROR)
        g_propagate_error (error, g_steal_pointer (&local));
      else
        g_set_error (error, TORG_ERROR, TORG_ERROR_INVALID,
                     _ ("The directory of banks is damaged: %s. Download it again."), local->message);
      return NULL;
    }
  forget (&reader);
  torg_table_set_origin (table, "ED807", charset, '\0', n_bad);
  return g_steal_pointer (&table);
}
