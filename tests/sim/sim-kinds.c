/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim-world.h"

#include "torg-field-text.h"
#include "torg-store-private.h"
#include "torg-sync-store.h"

#include <string.h>

/* Work on all that hangs on a client or a deal: leads and their moves, the lines of deals and the products in them,
 * requisites, who somebody is in a company; any of their fields that a form shows. */

/* Those that are made here come first; of the others any field is changed, too. */
static const char *const types[] = { "lead",    "legal_entity", "deal_line", "company_person", "product",
                                     "company", "person",       "deal",      "activity" };

#define N_MADE 5

#define ANY_STAGE "SELECT id FROM stage WHERE deleted IS NULL AND kind <> 'won'"
#define LEAD_STAGE ANY_STAGE " AND pipeline IN (SELECT id FROM pipeline WHERE kind = 'leads') ORDER BY id"
#define NAMED "SELECT id FROM dictionary WHERE deleted IS NULL AND dictionary = ?1 ORDER BY id"

/* One of the ids that a question gives. */
static char *
pick (SimClient *client, const char *sql, const char *name)
{
  g_autoptr (TorgStatement) statement = torg_db_prepare (client->store->db, sql, NULL);
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  gboolean row;

  if (name != NULL)
    torg_statement_bind_text (statement, 1, name);
  while (torg_statement_step (statement, &row, NULL) && row)
    g_ptr_array_add (ids, torg_statement_dup_id (statement, 0));
  return ids->len > 0 ? g_strdup (ids->pdata[sim_pick_beside (client->world, (int) ids->len)]) : NULL;
}

static char *
pick_target (SimClient *client, const TorgField *field)
{
  g_autofree char *target = torg_field_dup_target_type (field);

  if (target == NULL)
    return NULL;
  return g_str_equal (target, "dictionary") ? pick (client, NAMED, field->target + strlen ("dictionary:"))
                                            : sim_pick_record_beside (client, target);
}

/* --- values ------------------------------------------------------------------------------------------------------- */

/* With one tag more or less. */
static TorgValue
make_set (SimClient *client, const TorgField *field, const TorgValue *old)
{
  g_auto (GStrv) items = torg_value_dup_items (old);
  g_autofree char *item = pick_target (client, field);
  g_autoptr (GStrvBuilder) left = g_strv_builder_new ();
  g_auto (GStrv) list = NULL;

  for (guint i = 0; items[i] != NULL; i++)
    if (g_strcmp0 (items[i], item) != 0)
      g_strv_builder_add (left, items[i]);
  if (item != NULL && !g_strv_contains ((const char *const *) items, item))
    g_strv_builder_add (left, item);
  list = g_strv_builder_end (left);
  return torg_value_from_items ((const char *const *) list, TRUE);
}

/* A word that is known again, or one that others use too; in a longer text a line more, before or behind the others. */
static char *
make_words (SimClient *client, TorgRecord *record, const TorgField *field, const TorgValue *old)
{
  const char      *type = torg_record_get_kind (record)->info->name;
  int              n = sim_pick_beside (client->world, 50);
  g_autofree char *word = n % 2 != 0 && (field->flags & TORG_FIELD_TITLE) == 0
                            ? sim_make_mark (client, type, torg_record_get_id (record), field->name)
                            : g_strdup_printf ("%d", n);

  if (field->merge != TORG_MERGE_TEXT || old->text == NULL)
    return g_steal_pointer (&word);
  return n % 3 != 0 ? g_strdup_printf ("%s\n%s", old->text, word) : g_strdup_printf ("%s\n%s", word, old->text);
}

/* What somebody types into a form. */
static char *
make_text (SimClient *client, TorgRecord *record, const TorgField *field, const TorgValue *old)
{
  static const char *const numbers[] = { "+7 495 123-45-67", "8 (916) 765-43-21 доб. 203", "112" };
  static const char *const inns[] = { "7707083893", "7736050003" };
  SimWorld                *world = client->world;
  int                      n = sim_pick_beside (world, 50);

  switch (field->kind)
    {
      case TORG_KIND_TEXT:
        return make_words (client, record, field, old);
      case TORG_KIND_NUMBER:
        return g_strdup_printf ("%d", field->most > 0 ? field->least + n % (field->most - field->least + 1) : n);
      case TORG_KIND_MONEY:
        return g_strdup_printf ("%d,%02d", 1 + n, n);
      case TORG_KIND_DATE:
      case TORG_KIND_MOMENT:
        return g_strdup_printf ("2026-03-%02d", 1 + n % 28);
      case TORG_KIND_PHONE:
        return g_strdup (numbers[n % (int) G_N_ELEMENTS (numbers)]);
      case TORG_KIND_EMAIL:
        return g_strdup_printf ("n%d@torg.example", n);
      case TORG_KIND_CHOICE:
        return g_strdup (field->choices[0].key);
      case TORG_KIND_REQUISITE:
        return g_strdup (g_str_equal (field->target, "inn")   ? inns[n % (int) G_N_ELEMENTS (inns)]
                         : g_str_equal (field->target, "kpp") ? "770701001"
                                                              : NULL);
      case TORG_KIND_REF:
      case TORG_KIND_SET:
      case TORG_KIND_ZONED:
      case TORG_KIND_FILE:
      default:
        return NULL;
    }
}

static TorgValue
make_value (SimClient *client, TorgRecord *record, const TorgField *field)
{
  const TorgValue *old = torg_record_nth (record, field->index);
  TorgValue        value = TORG_VALUE_INIT;
  g_autofree char *text = NULL;

  if (field->kind == TORG_KIND_SET)
    return make_set (client, field, old);
  if (field->kind == TORG_KIND_REF)
    {
      text = pick_target (client, field);
      return torg_value_text (text);
    }
  text = make_text (client, record, field, old);
  if (field->kind == TORG_KIND_CHOICE)
    return torg_value_text (text);
  if (text != NULL)
    torg_field_parse (field, text, &(TorgTextHints) { 0 }, &value, NULL);
  return value;
}

/* --- edits -------------------------------------------------------------------------------------------------------- */

/* Its words tell which record it is about, as those of the window do. */
static TorgEdit *
new_edit (const char *what, const char *type, const char *id, const char *title)
{
  g_autofree char *label = g_strdup_printf ("%s %s %s %s", what, type, id, title != NULL ? title : "");

  return torg_edit_new (label);
}

/* Whether a form shows the field, and a card's place is not meant. */
static gboolean
is_shown (const TorgField *field)
{
  return (field->flags & TORG_FIELD_HIDDEN) == 0 && field->merge != TORG_MERGE_DERIVED &&
         !g_str_equal (field->name, "stage") && !g_str_equal (field->name, "created");
}

/* With what it hangs on, which is made too where there is none, and with some of the rest. */
static void
add_new (SimClient *client, TorgEdit *edit, const char *type, const char *id)
{
  g_autofree char *mark = sim_make_mark (client, type, id, NULL);
  g_autofree char *title = g_strdup_printf ("%s %s", type, mark);
  TorgSchema      *schema = torg_store_get_schema (client->store);
  const TorgType  *kind = torg_schema_find (schema, type);
  g_autoptr (TorgRecord) record = torg_record_new (schema, kind, id);

  for (guint i = 0; i < kind->n_fields; i++)
    {
      const TorgField *field = &kind->fields[i];
      gboolean         required = (field->flags & TORG_FIELD_REQUIRED) != 0 && !g_str_equal (field->name, "stage");
      const TorgValue *value = torg_record_nth (record, i);

      /* A card is placed by the rules. */
      if (g_str_equal (field->name, "pipeline"))
        continue;
      if ((field->flags & TORG_FIELD_TITLE) != 0)
        torg_record_set_text (record, field->name, title);
      else if (required || (is_shown (field) && sim_pick_beside (client->world, 3) == 0))
        torg_record_take (record, field->name, make_value (client, record, field));
      if (required && field->kind == TORG_KIND_REF && torg_value_is_null (value))
        {
          g_autofree char *parent = torg_env_make_id (client->env);

          add_new (client, edit, field->target, parent);
          torg_record_set_text (record, field->name, parent);
        }
    }
  torg_edit_create (edit, record);
}

static void
create (SimClient *client, const char *type)
{
  g_autofree char *id = torg_env_make_id (client->env);
  g_autoptr (TorgEdit) edit = new_edit ("create", type, id, type);

  add_new (client, edit, type, id);
  sim_apply (client, edit, "create beside");
}

static void
change (SimClient *client, const char *type, const char *id, TorgEdit *edit)
{
  const TorgType *kind = torg_schema_find (torg_store_get_schema (client->store), type);
  g_autoptr (TorgRecord) record = torg_store_get (client->store, type, id, NULL);
  guint n = 1 + (guint) sim_pick_beside (client->world, 3), n_changed = 0;

  while (record != NULL && n_changed < n)
    {
      const TorgField *field = &kind->fields[sim_pick_beside (client->world, (int) kind->n_fields)];

      if (!is_shown (field))
        continue;
      torg_edit_take (edit, type, id, field->name, make_value (client, record, field));
      n_changed++;
    }
}

static void
move (SimClient *client, const char *id, TorgEdit *edit)
{
  g_autofree char *stage = pick (client, LEAD_STAGE, NULL);

  if (stage != NULL)
    torg_edit_move (edit, "lead", id, stage, sim_pick_beside (client->world, 100000));
}

/* One thing that is done to one of these. */
void
sim_work_beside (SimClient *client)
{
  guint            n = (guint) sim_pick_beside (client->world, G_N_ELEMENTS (types));
  const char      *type = types[n];
  int              what = sim_pick_beside (client->world, 10);
  g_autofree char *id = sim_pick_record_beside (client, type);
  g_autofree char *title = id != NULL ? torg_store_dup_title (client->store, type, id) : NULL;
  g_autoptr (TorgEdit) edit = NULL;

  if (n < N_MADE && (id == NULL || what < 2))
    create (client, type);
  if (id == NULL || what < 2)
    return;
  edit = new_edit (what == 9 ? "delete" : "patch", type, id, title);
  if (what == 9)
    torg_edit_delete (edit, type, id);
  else if (what < 5 && g_str_equal (type, "lead"))
    move (client, id, edit);
  else
    change (client, type, id, edit);
  sim_apply (client, edit, "work beside");
}
