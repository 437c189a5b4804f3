/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torg-store.h"

#include <string.h>
#include <unistd.h>

/* Edits in a loop and says what is saved, until it is killed: `+ID` for a deal that is there, `-ID` for one that is
 * not. */

static void
say (char sign, const char *id)
{
  g_autofree char *line = g_strdup_printf ("%c%s\n", sign, id);

  /* Not buffered: what is written here was seen. */
  if (write (STDOUT_FILENO, line, strlen (line)) < 0)
    _exit (1);
}

static char *
make_deal (TorgStore *store, TorgEnv *env)
{
  TorgSchema *schema = torg_store_get_schema (store);
  g_autoptr (TorgEdit) edit = torg_edit_new ("deal");
  g_autofree char *id = torg_env_make_id (env);
  g_autoptr (TorgRecord) deal = torg_record_new (schema, torg_schema_find (schema, "deal"), id);
  g_autoptr (GError) error = NULL;

  torg_record_set_text (deal, "title", "Поставка насосов");
  torg_record_take (deal, "amount", torg_value_money (12345, "RUB"));
  torg_edit_create (edit, deal);
  if (!torg_store_apply (store, edit, NULL, &error))
    g_error ("%s", error->message);
  return g_steal_pointer (&id);
}

int
main (int argc, char *argv[])
{
  g_autoptr (TorgEnv) env = torg_env_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (TorgStore) store = torg_store_open (env, argv[1], TORG_STORE_NONE, &error);

  if (store == NULL)
    g_error ("%s", error->message);
  for (guint i = 0;; i++)
    {
      g_autofree char *id = make_deal (store, env);
      g_autoptr (TorgEdit) edit = torg_edit_new ("change");

      say ('+', id);
      if (i % 3 == 0)
        {
          torg_edit_take (edit, "deal", id, "title", torg_value_text ("Другое название"));
          if (!torg_store_apply (store, edit, NULL, &error))
            g_error ("%s", error->message);
        }
      else if (i % 3 == 1)
        {
          guint left;

          say ('?', id);
          g_free (torg_store_undo (store, 0, &left, &error));
          if (error != NULL)
            g_error ("%s", error->message);
          say ('-', id);
        }
    }
}
