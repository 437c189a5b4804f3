/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torg-stage-removal.h"
#include "torg-test-store.h"

/* The rules of stages: what a card needs to come in, from where, by whom, and who approves it. */

typedef struct
{
  TestStore *test;
  char      *stages[4]; /* open ones, in their order */
  char      *seller;    /* roles */
  char      *head;
  char      *deal;
} Office;

static char *
add_role (TorgStore *store, const char *name, const char *edit)
{
  g_autofree char *rights = g_strdup_printf (
    "{\"role\":{\"edit\":\"%s\"},\"*\":{\"read\":\"all\",\"create\":\"all\",\"edit\":\"all\",\"delete\":\"all\"}}",
    edit);

  return test_create (store, "role", "name", name, "rights", rights, NULL);
}

static void
office_init (Office *self, guint64 seed)
{
  TorgStore *store;

  self->test = test_store_new (seed);
  store = self->test->store;
  for (guint i = 0; i < G_N_ELEMENTS (self->stages); i++)
    self->stages[i] = test_stage (store, "deals", "open", i);
  self->seller = add_role (store, "Продавец", "none");
  self->head = add_role (store, "Директор", "all");
  self->deal = test_create (store, "deal", "title", "Насосы", "stage", self->stages[0], NULL);
}

static void
office_clear (Office *self)
{
  test_check (self->test->store);
  for (guint i = 0; i < G_N_ELEMENTS (self->stages); i++)
    g_free (self->stages[i]);
  g_free (self->seller);
  g_free (self->head);
  g_free (self->deal);
  g_clear_pointer (&self->test, test_store_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Office, office_clear)

static void
set_items (TorgStore *store, const char *stage, const char *field, const char *item)
{
  g_autoptr (TorgEdit) edit = torg_edit_new (NULL);
  const char *items[] = { item, NULL };

  torg_edit_take (edit, "stage", stage, field, torg_value_from_items (items, TRUE));
  test_apply (store, edit);
}

static gboolean
move (TorgStore *store, const char *deal, const char *stage, char **words)
{
  g_autoptr (TorgEdit) edit = torg_edit_new ("move");
  g_autoptr (GError) error = NULL;

  torg_edit_move (edit, "deal", deal, stage, 0);
  if (torg_store_apply (store, edit, NULL, &error))
    return TRUE;
  g_assert_error (error, TORG_ERROR, TORG_ERROR_RULE);
  g_test_message ("%s", error->message);
  if (words != NULL)
    *words = g_strdup (error->message);
  return FALSE;
}

static void
take_role (Office *office, const char *role)
{
  test_patch (office->test->store, "user", torg_store_get_user (office->test->store), "role", role);
}

static void
test_required (void)
{
  g_auto (Office) office = { 0 };
  TorgStore       *store;
  g_autofree char *words = NULL;
  g_autoptr (TorgEdit) edit = torg_edit_new ("move");
  TorgMutation *mutation;
  g_auto (TorgValue) amount = torg_value_money (10000, "RUB");

  office_init (&office, 1);
  store = office.test->store;
  set_items (store, office.stages[1], "required", "amount");
  g_assert_false (move (store, office.deal, office.stages[1], &words));
  g_assert_nonnull (strstr (words, "Amount"));
  /* With what it lacks it comes in at once. */
  mutation = torg_edit_move (edit, "deal", office.deal, office.stages[1], 0);
  torg_mutation_set (mutation, "amount", &amount);
  test_apply (store, edit);
  test_assert_field (store, "deal", office.deal, "stage", office.stages[1]);
  /* A new one too, but for the first stage, where everything begins. */
  {
    g_autoptr (TorgRecord) record = test_new_record (store, "deal", "title", "Трубы", "stage", office.stages[1], NULL);
    g_autoptr (TorgEdit) creation = torg_edit_new ("new");
    g_autoptr (GError) error = NULL;

    torg_edit_create (creation, record);
    g_assert_false (torg_store_apply (store, creation, NULL, &error));
    g_assert_error (error, TORG_ERROR, TORG_ERROR_RULE);
  }
  set_items (store, office.stages[0], "required", "amount");
  g_free (test_create (store, "deal", "title", "Трубы", NULL));
}

static void
test_next (void)
{
  g_auto (Office) office = { 0 };
  TorgStore *store;

  office_init (&office, 2);
  store = office.test->store;
  set_items (store, office.stages[0], "next", office.stages[1]);
  set_items (store, office.stages[1], "next", office.stages[2]);
  g_assert_false (move (store, office.deal, office.stages[2], NULL));
  g_assert_true (move (store, office.deal, office.stages[1], NULL));
  g_assert_true (move (store, office.deal, office.stages[2], NULL));
  /* What one has moved oneself one takes back, and no farther. */
  g_assert_true (move (store, office.deal, office.stages[1], NULL));
  g_assert_false (move (store, office.deal, office.stages[3], NULL));
}

static void
test_movers (void)
{
  g_auto (Office) office = { 0 };
  TorgStore *store;

  office_init (&office, 3);
  store = office.test->store;
  set_items (store, office.stages[1], "movers", office.head);
  /* Whoever has no role is stopped by rights alone. */
  g_assert_true (move (store, office.deal, office.stages[1], NULL));
  g_assert_true (move (store, office.deal, office.stages[0], NULL));
  take_role (&office, office.seller);
  g_assert_true (move (store, office.deal, office.stages[1], NULL));
  g_assert_true (move (store, office.deal, office.stages[2], NULL));
  g_assert_true (move (store, office.deal, office.stages[0], NULL));
  g_assert_false (move (store, office.deal, office.stages[1], NULL));
  take_role (&office, office.head);
  g_assert_true (move (store, office.deal, office.stages[1], NULL));
}

static void
test_approval (void)
{
  g_auto (Office) office = { 0 };
  TorgStore       *store;
  g_autofree char *approval = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (TorgEdit) edit = torg_edit_new ("decide");
  g_autoptr (TorgEdit) both = torg_edit_new ("approve");
  gint64 step;

  office_init (&office, 4);
  store = office.test->store;
  set_items (store, office.stages[1], "approvers", office.head);
  take_role (&office, office.seller);
  g_assert_false (move (store, office.deal, office.stages[1], NULL));
  approval = test_create (store, "approval", "deal", office.deal, "stage", office.stages[1], NULL);
  test_assert_field (store, "approval", approval, "asked_by", torg_store_get_user (store));
  g_assert_false (move (store, office.deal, office.stages[1], NULL));
  /* Nobody approves what they ask for themselves. */
  torg_edit_take (edit, "approval", approval, "decision", torg_value_text ("approved"));
  g_assert_false (torg_store_apply (store, edit, NULL, &error));
  g_assert_error (error, TORG_ERROR, TORG_ERROR_RULE);
  take_role (&office, office.head);
  torg_edit_take (both, "approval", approval, "decision", torg_value_text ("approved"));
  torg_edit_move (both, "deal", office.deal, office.stages[1], 0);
  step = test_apply (store, both);
  test_assert_field (store, "approval", approval, "decided_by", torg_store_get_user (store));
  test_assert_field (store, "deal", office.deal, "stage", office.stages[1]);
  test_undo (store, step, 0);
  test_assert_field (store, "approval", approval, "decision", "");
  test_assert_field (store, "deal", office.deal, "stage", office.stages[0]);
  /* Once approved, whoever asked may move it. */
  test_patch (store, "approval", approval, "decision", "approved");
  take_role (&office, office.seller);
  g_assert_true (move (store, office.deal, office.stages[1], NULL));
}

/* What is hidden from a role cannot be asked of it. */
static void
test_hidden (void)
{
  g_auto (Office) office = { 0 };
  TorgStore *store;

  office_init (&office, 5);
  store = office.test->store;
  set_items (store, office.stages[1], "required", "amount");
  take_role (&office, office.seller);
  g_assert_false (move (store, office.deal, office.stages[1], NULL));
  test_patch (store, "role", office.seller, "hidden", "{\"deal\":[\"amount\"]}");
  g_assert_true (move (store, office.deal, office.stages[1], NULL));
}

static void
test_removal (void)
{
  g_auto (Office) office = { 0 };
  TorgStore *store;
  g_autoptr (GError) error = NULL;
  g_autoptr (TorgStageRemoval) removal = NULL;
  g_autofree char *lost = NULL;
  g_autofree char *next = g_strdup ("");
  guint            n = 0;

  office_init (&office, 6);
  store = office.test->store;
  lost = test_stage (store, "deals", "lost", 0);
  for (guint i = 0; i < 400; i++)
    g_free (test_create (store, "deal", "title", "Сделка", "stage", office.stages[2], NULL));
  /* The rules of where they go are not asked. */
  set_items (store, office.stages[1], "required", "amount");
  set_items (store, office.stages[2], "next", office.stages[3]);
  set_items (store, office.stages[0], "next", office.stages[2]);
  g_assert_null (torg_stage_removal_new (store, office.stages[2], lost, &error));
  g_assert_error (error, TORG_ERROR, TORG_ERROR_INVALID);
  g_clear_error (&error);
  removal = torg_stage_removal_new (store, office.stages[2], office.stages[1], &error);
  g_assert_no_error (error);
  for (n = 0; !torg_stage_removal_is_ended (removal); n++)
    {
      torg_stage_removal_step (removal, store, &error);
      g_assert_no_error (error);
    }
  g_assert_cmpuint (n, >, 1);
  g_assert_cmpint (test_int (store, "SELECT count(*) FROM deal d JOIN stage s ON s.id = d.stage WHERE s.deleted IS "
                                    "NOT NULL AND d.deleted IS NULL"),
                   ==, 0);
  g_assert_cmpint (test_int (store, "SELECT count(*) FROM stage WHERE deleted IS NOT NULL"), ==, 1);
  g_free (next);
  next = test_get (store, "stage", office.stages[0], "next");
  g_assert_nonnull (strstr (next, office.stages[1]));
  test_check (store);
  /* All of it is one step. */
  test_undo (store, torg_stage_removal_get_undo (removal), 0);
  g_assert_cmpint (test_int (store, "SELECT count(*) FROM stage WHERE deleted IS NOT NULL"), ==, 0);
  g_assert_cmpint (test_int (store, "SELECT count(*) FROM deal d JOIN stage s ON s.id = d.stage WHERE "
                                    "s.next IS NOT NULL AND d.title = 'Сделка' AND s.successor IS NULL"),
                   ==, 400);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stages/required", test_required);
  g_test_add_func ("/stages/next", test_next);
  g_test_add_func ("/stages/movers", test_movers);
  g_test_add_func ("/stages/approval", test_approval);
  g_test_add_func ("/stages/hidden", test_hidden);
  g_test_add_func ("/stages/removal", test_removal);
  return g_test_run ();
}
