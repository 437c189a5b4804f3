/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torg-error.h"
#include "torg-stage-rule.h"

/* What stands against a move, over records in memory. */

typedef struct
{
  TorgSchema *schema;
  GHashTable *records; /* by id */
  GPtrArray  *approvals;
} World;

static void
world_clear (World *self)
{
  g_hash_table_unref (self->records);
  g_ptr_array_unref (self->approvals);
  torg_schema_unref (self->schema);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (World, world_clear)

static TorgRecord *
get (gpointer data, const char *type, const char *id, GError **error)
{
  TorgRecord *record = g_hash_table_lookup (((World *) data)->records, id);

  if (record == NULL)
    g_set_error_literal (error, TORG_ERROR, TORG_ERROR_NOT_FOUND, id);
  return record != NULL ? torg_record_ref (record) : NULL;
}

static char *
find_stage (gpointer data, const char *pipeline)
{
  return g_strdup ("first");
}

static GPtrArray *
list_approvals (gpointer data, const TorgType *type, const char *card, const char *stage, GError **error)
{
  return g_ptr_array_ref (((World *) data)->approvals);
}

/* `FIELD`, `TEXT` until NULL; what begins with `[` is a set. */
static TorgRecord *
add (World *world, const char *type, const char *id, ...)
{
  TorgRecord *record = torg_record_new (world->schema, torg_schema_find (world->schema, type), id);
  const char *field;
  va_list     args;

  va_start (args, id);
  while ((field = va_arg (args, const char *)) != NULL)
    torg_record_set_text (record, field, va_arg (args, const char *));
  va_end (args);
  g_hash_table_replace (world->records, g_strdup (id), record);
  return record;
}

static TorgRuleSource
make_world (World *world)
{
  world->schema = torg_schema_new ();
  world->records = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) torg_record_unref);
  world->approvals = g_ptr_array_new_with_free_func ((GDestroyNotify) torg_record_unref);
  add (world, "stage", "first", "name", "Новая", "pipeline", "p", "kind", "open", NULL);
  add (world, "stage", "second", "name", "Договор", "pipeline", "p", "kind", "open", NULL);
  add (world, "stage", "third", "name", "Оплата", "pipeline", "p", "kind", "open", NULL);
  add (world, "role", "head", "name", "Директор", NULL);
  add (world, "user", "anna", "name", "Анна", "role", "seller", NULL);
  add (world, "user", "boss", "name", "Директор", "role", "head", NULL);
  add (world, "user", "free", "name", "Без роли", NULL);
  add (world, "deal", "deal", "title", "Насосы", "pipeline", "p", "stage", "first", NULL);
  return (TorgRuleSource) {
    .data = world,
    .get = get,
    .find_stage = find_stage,
    .user = "anna",
    .list_approvals = list_approvals,
  };
}

static TorgStageBar
find (TorgRuleSource *source, const char *stage, guint n_missing)
{
  World *world = source->data;
  g_autoptr (GPtrArray) missing = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  TorgRecord  *deal = g_hash_table_lookup (world->records, "deal");
  TorgRecord  *to = g_hash_table_lookup (world->records, stage);
  TorgStageBar bar;

  torg_stage_rule_find (source, deal, deal, to, &bar, missing, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (missing->len, ==, n_missing);
  return bar;
}

static void
test_bars (void)
{
  g_auto (World) world = { 0 };
  TorgRuleSource source = make_world (&world);
  TorgRecord    *first = g_hash_table_lookup (world.records, "first");
  TorgRecord    *second = g_hash_table_lookup (world.records, "second");

  g_assert_cmpint (find (&source, "second", 0), ==, TORG_STAGE_BAR_NONE);
  torg_record_set_text (second, "approvers", "[\"head\"]");
  g_assert_cmpint (find (&source, "second", 0), ==, TORG_STAGE_BAR_APPROVAL);
  torg_record_set_text (second, "required", "[\"amount\",\"expected\",\"title\",\"no_such\"]");
  g_assert_cmpint (find (&source, "second", 2), ==, TORG_STAGE_BAR_REQUIRED);
  torg_record_set_text (second, "movers", "[\"head\"]");
  g_assert_cmpint (find (&source, "second", 2), ==, TORG_STAGE_BAR_MOVERS);
  torg_record_set_text (first, "next", "[\"third\"]");
  g_assert_cmpint (find (&source, "second", 2), ==, TORG_STAGE_BAR_NEXT);
  g_assert_cmpint (find (&source, "third", 0), ==, TORG_STAGE_BAR_NONE);
  /* Where it is, it stays. */
  g_assert_cmpint (find (&source, "first", 0), ==, TORG_STAGE_BAR_NONE);
  /* Who approves needs nobody, nor does who has no role. */
  torg_record_set_text (first, "next", NULL);
  torg_record_set_text (second, "required", NULL);
  source.user = "boss";
  g_assert_cmpint (find (&source, "second", 0), ==, TORG_STAGE_BAR_NONE);
  source.user = "free";
  g_assert_cmpint (find (&source, "second", 0), ==, TORG_STAGE_BAR_NONE);
  source.user = "anna";
  torg_record_set_text (second, "movers", NULL);
  g_assert_cmpint (find (&source, "second", 0), ==, TORG_STAGE_BAR_APPROVAL);
  g_ptr_array_add (world.approvals,
                   torg_record_new (world.schema, torg_schema_find (world.schema, "approval"), "approval"));
  torg_record_set_text (world.approvals->pdata[0], "decision", "declined");
  g_assert_cmpint (find (&source, "second", 0), ==, TORG_STAGE_BAR_APPROVAL);
  torg_record_set_text (world.approvals->pdata[0], "decision", "approved");
  g_assert_cmpint (find (&source, "second", 0), ==, TORG_STAGE_BAR_NONE);
  /* A stage that is removed hands over what it has. */
  torg_record_set_text (second, "required", "[\"amount\"]");
  torg_record_set_text (first, "successor", "second");
  g_assert_cmpint (find (&source, "second", 0), ==, TORG_STAGE_BAR_NONE);
}

static void
test_details (void)
{
  g_auto (World) world = { 0 };
  TorgRuleSource source = make_world (&world);
  TorgRecord    *deal = g_hash_table_lookup (world.records, "deal");
  TorgRecord    *second = g_hash_table_lookup (world.records, "second");
  g_autoptr (TorgRecord) after = torg_record_copy (deal);
  g_autofree char *detail = NULL;
  g_auto (GStrv) fields = NULL;
  g_auto (GStrv) none = NULL;

  torg_record_set_text (after, "stage", "second");
  g_assert_null (torg_stage_rule_dup_detail (&source, deal, after));
  torg_record_set_text (second, "required", "[\"amount\",\"expected\"]");
  detail = torg_stage_rule_dup_detail (&source, deal, after);
  g_assert_cmpstr (detail, ==, "stage-required:amount,expected");
  g_assert_cmpint (torg_stage_rule_read_detail (detail, &fields), ==, TORG_STAGE_BAR_REQUIRED);
  g_assert_cmpuint (g_strv_length (fields), ==, 2);
  g_assert_cmpint (torg_stage_rule_read_detail ("stage-next", &none), ==, TORG_STAGE_BAR_NEXT);
  g_assert_cmpint (torg_stage_rule_read_detail ("state", &none), ==, TORG_STAGE_BAR_NONE);
  g_assert_cmpint (torg_stage_rule_read_detail (NULL, &none), ==, TORG_STAGE_BAR_NONE);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stage-rule/bars", test_bars);
  g_test_add_func ("/stage-rule/details", test_details);
  return g_test_run ();
}
