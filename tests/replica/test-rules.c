/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torg-test-store.h"

/* What must hold of records and those that they refer to: an edit that would break it is refused in a sentence. */

/* `FIELD=TEXT` for the next argument too, until NULL. */
static void
assert_refused (TorgStore *store, int code, const char *type, const char *id, ...)
{
  g_autoptr (TorgEdit) edit = torg_edit_new (NULL);
  g_autoptr (TorgRecord) record = test_new_record (store, type, NULL);
  g_autoptr (GError) error = NULL;
  const char *field;
  va_list     args;

  va_start (args, id);
  while ((field = va_arg (args, const char *)) != NULL)
    {
      test_set_field (store, record, field, va_arg (args, const char *));
      if (id != NULL)
        torg_edit_set (edit, type, id, field, torg_record_get (record, field));
    }
  va_end (args);
  if (id == NULL)
    torg_edit_create (edit, record);
  g_assert_false (torg_store_apply (store, edit, NULL, &error));
  g_assert_error (error, TORG_ERROR, code);
  g_test_message ("%s", error->message);
}

static void
test_pipelines (void)
{
  g_autoptr (TestStore) test = test_store_new (1);
  TorgStore       *store = test->store;
  g_autofree char *leads = test_find (store, "pipeline", "kind", "leads");
  g_autofree char *deals = test_find (store, "pipeline", "kind", "deals");
  g_autofree char *lead_stage = test_stage (store, "leads", "open", 1);
  g_autofree char *deal_stage = test_stage (store, "deals", "open", 1);
  g_autofree char *deal = test_create (store, "deal", "title", "Поставка", NULL);
  g_autofree char *lead = test_create (store, "lead", "title", "Звонок с сайта", NULL);
  g_autofree char *other = test_create (store, "pipeline", "name", "Опт", "kind", "deals", NULL);
  g_autofree char *stage = test_create (store, "stage", "name", "Начало", "kind", "open", "pipeline", other, NULL);

  assert_refused (store, TORG_ERROR_RULE, "deal", deal, "pipeline", leads, NULL);
  assert_refused (store, TORG_ERROR_RULE, "deal", deal, "stage", lead_stage, NULL);
  assert_refused (store, TORG_ERROR_RULE, "lead", lead, "pipeline", deals, NULL);
  assert_refused (store, TORG_ERROR_RULE, "lead", lead, "stage", deal_stage, NULL);
  assert_refused (store, TORG_ERROR_RULE, "lead", lead, "stage", "", NULL);
  assert_refused (store, TORG_ERROR_RULE, "lead", lead, "pipeline", "", NULL);
  assert_refused (store, TORG_ERROR_RULE, "deal", NULL, "title", "Новая", "pipeline", leads, NULL);
  assert_refused (store, TORG_ERROR_RULE, "lead", NULL, "title", "Новый", "stage", deal_stage, NULL);
  assert_refused (store, TORG_ERROR_RULE, "pipeline", deals, "kind", "leads", NULL);
  assert_refused (store, TORG_ERROR_RULE, "stage", deal_stage, "pipeline", other, NULL);
  /* Within their kind they go where they like. */
  test_patch (store, "deal", deal, "pipeline", other);
  test_assert_field (store, "deal", deal, "stage", stage);
  test_patch (store, "deal", deal, "stage", deal_stage);
  test_assert_field (store, "deal", deal, "pipeline", deals);
  test_patch (store, "pipeline", other, "kind", "leads");
  test_check (store);
}

static void
test_closing (void)
{
  g_autoptr (TestStore) test = test_store_new (2);
  TorgStore       *store = test->store;
  g_autofree char *won = test_stage (store, "deals", "won", 0);
  g_autofree char *lost = test_stage (store, "deals", "lost", 0);
  g_autofree char *other = test_find (store, "dictionary", "code", "other");
  g_autofree char *reason = test_create (store, "dictionary", "name", "Передумали", "dictionary", "lost_reason", NULL);
  g_autofree char *good =
    test_create (store, "deal", "title", "Поставка", "amount", "100 RUB", "closed", "2026-03-01", "stage", won, NULL);
  g_autofree char *bad = test_create (store, "deal", "title", "Ремонт", "lost_reason", reason, "stage", lost, NULL);

  assert_refused (store, TORG_ERROR_RULE, "deal", good, "closed", "", NULL);
  assert_refused (store, TORG_ERROR_RULE, "deal", good, "amount", "", NULL);
  assert_refused (store, TORG_ERROR_RULE, "deal", bad, "lost_reason", "", NULL);
  assert_refused (store, TORG_ERROR_RULE, "deal", bad, "lost_reason", other, NULL);
  test_patch (store, "deal", good, "amount", "200 RUB");
  test_patch (store, "deal", good, "title", "Другая поставка");
  /* An entry of a dictionary can go all the same. */
  test_delete (store, "dictionary", reason);
  test_assert_field (store, "deal", bad, "lost_reason", "");
  test_patch (store, "deal", bad, "lost_comment", "Денег нет");
  test_check (store);
}

static void
test_amounts (void)
{
  g_autoptr (TestStore) test = test_store_new (3);
  TorgStore       *store = test->store;
  g_autofree char *deal = test_create (store, "deal", "title", "Поставка", "amount", "90 000 000 000 RUB", NULL);
  g_autofree char *company =
    test_create (store, "company", "name", "Гигант", "revenue", "10 000 000 000 000 RUB", NULL);
  g_autoptr (TorgEdit) edit = torg_edit_new (NULL);
  g_autoptr (GError) error = NULL;

  assert_refused (store, TORG_ERROR_LIMIT, "deal", deal, "amount", "90000000000,01 RUB", NULL);
  assert_refused (store, TORG_ERROR_LIMIT, "deal", deal, "amount", "-90000000000,01 RUB", NULL);
  assert_refused (store, TORG_ERROR_LIMIT, "deal", NULL, "title", "Ещё", "amount", "1000 млрд RUB", NULL);
  torg_edit_take (edit, "company", company, "revenue", torg_value_money (TORG_MONEY_MAX + 1, "RUB"));
  g_assert_false (torg_store_apply (store, edit, NULL, &error));
  g_assert_error (error, TORG_ERROR, TORG_ERROR_LIMIT);
  test_check (store);
}

static void
test_parents (void)
{
  static const char *const types[] = { "company", "department" };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      g_autoptr (TestStore) test = test_store_new (4);
      TorgStore       *store = test->store;
      g_autofree char *a = test_create (store, types[i], "name", "А", NULL);
      g_autofree char *b = test_create (store, types[i], "name", "Б", "parent", a, NULL);
      g_autofree char *c = test_create (store, types[i], "name", "В", "parent", b, NULL);

      assert_refused (store, TORG_ERROR_RULE, types[i], a, "parent", a, NULL);
      assert_refused (store, TORG_ERROR_RULE, types[i], a, "parent", b, NULL);
      assert_refused (store, TORG_ERROR_RULE, types[i], a, "parent", c, NULL);
      test_patch (store, types[i], c, "parent", a);
      test_patch (store, types[i], b, "parent", c);
    }
}

static void
test_history (void)
{
  g_autoptr (TestStore) test = test_store_new (5);
  TorgStore       *store = test->store;
  g_autofree char *id = test_create (store, "company", "name", "Ромашка", NULL);
  g_autofree char *line = NULL;
  g_autoptr (TorgEdit) edit = torg_edit_new (NULL);
  g_autoptr (GError) error = NULL;

  test_patch (store, "company", id, "name", "Лютик");
  line = test_find (store, "history", "field", "name");
  assert_refused (store, TORG_ERROR_RULE, "history", line, "old", "\"Иное\"", NULL);
  assert_refused (store, TORG_ERROR_RULE, "history", NULL, "record_type", "company", "record", id, NULL);
  torg_edit_delete (edit, "history", line);
  g_assert_false (torg_store_apply (store, edit, NULL, &error));
  g_assert_error (error, TORG_ERROR, TORG_ERROR_RULE);
}

static void
test_custom_fields (void)
{
  g_autoptr (TestStore) test = test_store_new (6);
  TorgStore       *store = test->store;
  g_autofree char *id =
    test_create (store, "field_def", "record_type", "company", "name", "motto", "label", "Девиз", "kind", "text", NULL);
  static const struct
  {
    const char *type, *name, *kind, *target;
    int         code;
  } bad[] = {
    { "nope", "motto", "text", "", TORG_ERROR_INVALID },
    { "companies", "motto", "text", "", TORG_ERROR_INVALID },
    { "history", "motto", "text", "", TORG_ERROR_INVALID },
    { "field_def", "motto", "text", "", TORG_ERROR_INVALID },
    { "deal", "motto", "bogus", "", TORG_ERROR_INVALID },
    { "deal", "Девиз", "text", "", TORG_ERROR_INVALID },
    { "deal", "x'); DROP TABLE deal; --", "text", "", TORG_ERROR_INVALID },
    { "deal", "1st", "text", "", TORG_ERROR_INVALID },
    { "deal", "friend", "ref", "nope", TORG_ERROR_INVALID },
    { "deal", "amount", "text", "", TORG_ERROR_DUPLICATE },
    { "deal", "extra", "text", "", TORG_ERROR_DUPLICATE },
    { "company", "motto", "number", "", TORG_ERROR_DUPLICATE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    assert_refused (store, bad[i].code, "field_def", NULL, "record_type", bad[i].type, "name", bad[i].name, "label",
                    "Поле", "kind", bad[i].kind, "target", bad[i].target, NULL);
  assert_refused (store, TORG_ERROR_RULE, "field_def", id, "kind", "number", NULL);
  assert_refused (store, TORG_ERROR_RULE, "field_def", id, "name", "slogan", NULL);
  assert_refused (store, TORG_ERROR_RULE, "field_def", id, "record_type", "deal", NULL);
  test_patch (store, "field_def", id, "label", "Лозунг");
  g_free (
    test_create (store, "field_def", "record_type", "deal", "name", "motto", "label", "Девиз", "kind", "text", NULL));
}

/* A set of references refers as a reference does. */
static void
test_sets (void)
{
  g_autoptr (TestStore) test = test_store_new (7);
  TorgStore       *store = test->store;
  g_autofree char *vip = test_create (store, "tag", "name", "VIP", NULL);
  g_autofree char *cold = test_create (store, "tag", "name", "Холодный", NULL);
  g_autofree char *both = g_strconcat (vip, ",", cold, NULL);
  g_autofree char *deal = test_create (store, "deal", "title", "Поставка", "tags", both, NULL);
  g_autofree char *company = test_create (store, "company", "name", "Ромашка", "tags", vip, NULL);
  g_autofree char *was = test_get (store, "deal", deal, "tags");

  assert_refused (store, TORG_ERROR_INVALID, "deal", deal, "tags", "VIP", NULL);
  assert_refused (store, TORG_ERROR_NOT_FOUND, "deal", deal, "tags", "00112233-4455-7677-8899-aabbccddeeff", NULL);
  /* A tag that goes is taken from all that bear it, and comes back to them. */
  test_delete (store, "tag", vip);
  test_assert_field (store, "deal", deal, "tags", cold);
  test_assert_field (store, "company", company, "tags", "");
  g_assert_cmpint (test_int (store, "SELECT count(*) FROM history WHERE field = 'tags'"), ==, 2);
  test_check (store);
  test_undo (store, 0, 0);
  test_assert_field (store, "deal", deal, "tags", was);
  test_assert_field (store, "company", company, "tags", vip);
  test_check (store);
}

/* @code: why not; -1 where it may. */
static void
restore (TorgStore *store, const char *type, const char *id, int code)
{
  g_autoptr (TorgEdit) edit = torg_edit_new (NULL);
  g_autoptr (GError) error = NULL;

  torg_edit_restore (edit, type, id);
  torg_store_apply (store, edit, NULL, &error);
  if (code >= 0)
    g_assert_error (error, TORG_ERROR, code);
  else
    g_assert_no_error (error);
}

/* What comes back finds its place, or stays away. */
static void
test_restored (void)
{
  g_autoptr (TestStore) test = test_store_new (8);
  TorgStore       *store = test->store;
  g_autofree char *pipeline = test_create (store, "pipeline", "name", "Опт", "kind", "deals", NULL);
  g_autofree char *first = test_create (store, "stage", "name", "Начало", "kind", "open", "pipeline", pipeline, NULL);
  g_autofree char *stage = test_create (store, "stage", "name", "Дальше", "kind", "open", "pipeline", pipeline, NULL);
  g_autofree char *deal = test_create (store, "deal", "title", "Поставка", "stage", stage, NULL);
  g_autofree char *line = test_create (store, "deal_line", "deal", deal, "name", "Насос", NULL);
  g_autofree char *field =
    test_create (store, "field_def", "record_type", "deal", "name", "motto", "label", "Девиз", "kind", "text", NULL);

  /* A line without its deal. */
  test_delete (store, "deal", deal);
  restore (store, "deal_line", line, TORG_ERROR_RULE);
  /* A card whose stage was removed stands in the first open one, with what was deleted along. */
  test_delete (store, "stage", stage);
  restore (store, "deal", deal, -1);
  test_assert_field (store, "deal", deal, "stage", first);
  g_assert_cmpint (test_int (store, "SELECT count(*) FROM deal_line WHERE deleted IS NULL"), ==, 1);
  g_assert_cmpint (test_int (store, "SELECT count(*) FROM history WHERE field = 'stage' AND record = (SELECT id FROM "
                                    "deal)"),
                   ==, 1);
  test_check (store);
  restore (store, "stage", stage, -1);
  /* What was deleted before by itself stays deleted. */
  test_delete (store, "deal_line", line);
  test_store_pass (test, 5);
  test_delete (store, "deal", deal);
  restore (store, "deal", deal, -1);
  g_assert_cmpint (test_int (store, "SELECT count(*) FROM deal_line WHERE deleted IS NULL"), ==, 0);
  restore (store, "deal_line", line, -1);
  test_check (store);
  /* Without any stage it stays away. */
  test_delete (store, "deal", deal);
  test_delete (store, "stage", stage);
  test_delete (store, "stage", first);
  restore (store, "deal", deal, TORG_ERROR_RULE);
  test_check (store);
  restore (store, "stage", first, -1);
  restore (store, "deal", deal, -1);
  /* With what was deleted with it, in its order. */
  test_delete (store, "deal", deal);
  test_undo (store, 0, 0);
  test_assert_field (store, "deal_line", line, "name", "Насос");
  g_assert_cmpint (test_int (store, "SELECT count(*) FROM deal_line WHERE deleted IS NULL"), ==, 1);
  /* A field whose key another one has by now. */
  test_delete (store, "field_def", field);
  g_free (
    test_create (store, "field_def", "record_type", "deal", "name", "motto", "label", "Другой", "kind", "text", NULL));
  restore (store, "field_def", field, TORG_ERROR_DUPLICATE);
  test_check (store);
}

/* What an import took as it came comes back as it was. */
static void
test_restored_as_it_was (void)
{
  g_autoptr (TestStore) test = test_store_new (9);
  TorgStore       *store = test->store;
  g_autofree char *lost = test_stage (store, "deals", "lost", 0);
  g_autoptr (TorgRecord) record = test_new_record (store, "deal", "title", "Старая", "stage", lost, NULL);
  g_autoptr (TorgEdit) edit = torg_edit_new (NULL);
  g_autofree char *import = torg_env_make_id (test->env);
  g_autoptr (GError) error = NULL;
  gint64 step = 0;

  torg_edit_create (edit, record);
  g_assert_true (torg_store_begin (store, &error));
  g_assert_true (torg_store_apply_part (store, edit, import, &step, &error));
  g_assert_true (torg_store_commit (store, &error));
  test_delete (store, "deal", torg_record_get_id (record));
  restore (store, "deal", torg_record_get_id (record), -1);
  test_check (store);
}

/* In a pipeline that wants it, no contact is finished without a next step; in others one is proposed, or not. */
static void
test_next_step (void)
{
  g_autoptr (TestStore) test = test_store_new (11);
  TorgStore       *store = test->store;
  g_autofree char *pipeline = test_find (store, "pipeline", "kind", "deals");
  g_autofree char *won = test_stage (store, "deals", "won", 0);
  g_autofree char *deal = test_create (store, "deal", "title", "Поставка", "amount", "5 RUB", NULL);
  g_autofree char *task =
    test_create (store, "activity", "kind", "task", "subject", "Подготовить КП", "deal", deal, NULL);
  g_autofree char *call = test_create (store, "activity", "kind", "call", "deal", deal, "due", "2026-03-05", NULL);
  g_autoptr (TorgRecord) record = torg_store_get (store, "activity", call, NULL);
  g_autoptr (TorgEdit) edit = torg_edit_new (NULL);
  g_autofree char *note = NULL;
  TorgNextRule     rule;
  gboolean         planned;

  g_assert_true (torg_store_ask_next (store, record, &rule, &planned, NULL));
  g_assert_cmpint (rule, ==, TORG_NEXT_MAY);
  g_assert_false (planned);
  test_patch (store, "pipeline", pipeline, "next_step", "off");
  g_assert_true (torg_store_ask_next (store, record, &rule, NULL, NULL));
  g_assert_cmpint (rule, ==, TORG_NEXT_OFF);
  test_patch (store, "pipeline", pipeline, "next_step", "must");
  g_assert_true (torg_store_ask_next (store, record, &rule, NULL, NULL));
  g_assert_cmpint (rule, ==, TORG_NEXT_MUST);

  /* The last step is not finished alone, nor is a contact noted that leaves none; something else is planned already. */
  assert_refused (store, TORG_ERROR_RULE, "activity", call, "done", "2026-03-05T10:00:00Z", NULL);
  test_patch (store, "activity", task, "done", "2026-03-05T10:00:00Z");
  test_patch (store, "activity", call, "due", "");
  assert_refused (store, TORG_ERROR_RULE, "activity", NULL, "kind", "call", "deal", deal, "done",
                  "2026-03-05T10:00:00Z", NULL);
  note = test_create (store, "activity", "kind", "note", "body", "Просили скидку", "deal", deal, NULL);
  test_delete (store, "activity", note);

  /* Together with what comes next it is, and both are undone at once. */
  {
    g_autoptr (TorgRecord) next =
      test_new_record (store, "activity", "kind", "call", "deal", deal, "due", "2026-03-06", NULL);
    g_autoptr (TorgRecord) done = test_new_record (store, "activity", "done", "2026-03-05T10:00:00Z", NULL);
    gint64 step;

    torg_edit_create (edit, next);
    torg_edit_set (edit, "activity", call, "done", torg_record_get (done, "done"));
    step = test_apply (store, edit);
    g_assert_true (torg_store_ask_next (store, record, &rule, &planned, NULL));
    g_assert_cmpint (rule, ==, TORG_NEXT_MAY);
    g_assert_true (planned);
    test_undo (store, step, 0);
    test_assert_field (store, "activity", call, "done", "");
  }

  /* What is won is asked for nothing more. */
  test_patch (store, "deal", deal, "closed", "2026-03-05");
  test_patch (store, "deal", deal, "stage", won);
  test_patch (store, "activity", call, "done", "2026-03-05T10:00:00Z");
  test_check (store);
}

/* A lead is disqualified with a reason, or without one, and taken back into work without it. */
static void
test_disqualified (void)
{
  g_autoptr (TestStore) test = test_store_new (12);
  TorgStore       *store = test->store;
  g_autofree char *open = test_stage (store, "leads", "open", 1);
  g_autofree char *lost = test_stage (store, "leads", "lost", 0);
  g_autofree char *silent = test_find (store, "dictionary", "code", "silent");
  g_autofree char *other = test_find (store, "dictionary", "code", "other");
  g_autofree char *lead = test_create (store, "lead", "title", "Звонок с сайта", "stage", open, NULL);
  g_autoptr (TorgEdit) edit = torg_edit_new ("disqualify");
  g_auto (TorgValue) reason = torg_value_text (silent);
  TorgMutation *move = torg_edit_move (edit, "lead", lead, lost, 0);
  gint64        step, back;

  torg_mutation_set (move, "lost_reason", &reason);
  step = test_apply (store, edit);
  test_assert_field (store, "lead", lead, "lost_reason", silent);
  back = test_patch (store, "lead", lead, "stage", open);
  test_assert_field (store, "lead", lead, "lost_reason", "");
  test_undo (store, back, 0);
  test_assert_field (store, "lead", lead, "stage", lost);
  test_assert_field (store, "lead", lead, "lost_reason", silent);
  test_undo (store, step, 0);
  test_assert_field (store, "lead", lead, "lost_reason", "");
  assert_refused (store, TORG_ERROR_RULE, "lead", lead, "stage", lost, "lost_reason", other, NULL);
  test_patch (store, "lead", lead, "stage", lost);
  test_check (store);
}

/* The server is to give away what nobody has chosen an owner for; here it is whoever's it is until then. */
static void
test_distributed (void)
{
  g_autoptr (TestStore) test = test_store_new (13);
  g_autofree char *pipeline = test_find (test->store, "pipeline", "kind", "leads");
  g_autofree char *alone = NULL, *lead = NULL, *own = NULL;

  test_patch (test->store, "pipeline", pipeline, "distribution", "round_robin");
  alone = test_create (test->store, "lead", "name", "Иван", NULL);
  test_assert_field (test->store, "lead", alone, "distribute", "");
  test_store_to_server (test);
  lead = test_create (test->store, "lead", "name", "Иван", NULL);
  test_assert_field (test->store, "lead", lead, "distribute", "yes");
  own = test_create (test->store, "lead", "name", "Иван", "owner", torg_store_get_user (test->store), NULL);
  test_assert_field (test->store, "lead", own, "distribute", "");
  test_patch (test->store, "pipeline", pipeline, "distribution", "manual");
  g_free (own);
  own = test_create (test->store, "lead", "name", "Иван", NULL);
  test_assert_field (test->store, "lead", own, "distribute", "");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rules/pipelines", test_pipelines);
  g_test_add_func ("/rules/closing", test_closing);
  g_test_add_func ("/rules/amounts", test_amounts);
  g_test_add_func ("/rules/parents", test_parents);
  g_test_add_func ("/rules/history", test_history);
  g_test_add_func ("/rules/custom-fields", test_custom_fields);
  g_test_add_func ("/rules/sets", test_sets);
  g_test_add_func ("/rules/restored", test_restored);
  g_test_add_func ("/rules/restored-as-it-was", test_restored_as_it_was);
  g_test_add_func ("/rules/next-step", test_next_step);
  g_test_add_func ("/rules/disqualified", test_disqualified);
  g_test_add_func ("/rules/distributed", test_distributed);
  return g_test_run ();
}
