/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-replica"

#include "torg-demo-private.h"
#include "torg-rule.h"

#include <string.h>

/* --- clients ---------------------------------------------------------------------------------------------------- */

/* Each name once, in an order of its own; with a number when all are taken. */
static char *
make_company_name (TorgDemo *self, guint index)
{
  guint n_first = g_strv_length ((char **) self->words->company_first);
  guint n = n_first * g_strv_length ((char **) self->words->company_second);
  /* A prime that divides no number of names leads through all of them. */
  guint            place = (self->first_name + (guint64) index * 7919) % n;
  g_autofree char *name =
    g_strconcat (self->words->company_first[place % n_first], self->words->company_second[place / n_first], NULL);

  return index < n ? g_steal_pointer (&name) : g_strdup_printf ("%s-%u", name, index / n + 1);
}

gboolean
torg_demo_make_company (TorgDemo *self, guint index, GError **error)
{
  gint64 created = torg_demo_random_moment_at_work (self, self->now - 720 * TORG_DEMO_DAY, self->now - TORG_DEMO_DAY);
  g_autoptr (TorgRecord) record = torg_demo_new_record (self, "company", created);
  g_autofree char *name = make_company_name (self, index);
  g_autofree char *site = g_strdup_printf ("https://company%u.example.com", index + 1);
  g_autofree char *email = g_strdup_printf ("[\"info@company%u.example.com\"]", index + 1);
  g_autofree char *address = NULL;
  guint            city = torg_demo_dice (self, g_strv_length ((char **) self->words->cities));

  torg_record_set_text (record, "name", name);
  torg_record_set_text (record, "site", site);
  torg_record_set_text (record, "emails", email);
  torg_record_set_text (record, "industry", torg_record_get_id (torg_demo_pick_any (self, self->industries)));
  torg_record_set_text (record, "city", self->words->cities[city]);
  torg_record_set_text (record, "region", self->words->regions[city]);
  address = g_strdup_printf ("%s, %u", torg_demo_pick (self, self->words->streets), torg_demo_dice (self, 120) + 1);
  torg_record_set_text (record, "address", address);
  if (torg_demo_chance (self, 50))
    torg_record_take (record, "employees",
                      torg_value_int ((gint64) (5 + torg_demo_dice (self, 900)) * TORG_NUMBER_SCALE));
  torg_demo_set_phone (self, record);
  torg_demo_set_common (self, record, created);
  g_ptr_array_add (self->companies, g_strdup (torg_record_get_id (record)));
  g_ptr_array_add (self->names, g_steal_pointer (&name));
  return torg_demo_put (self, record, error);
}

/* The check digit of a company's INN, Order of the Federal Tax Service. */
static void
make_inn (TorgDemo *self, char inn[11])
{
  static const int weights[] = { 2, 4, 10, 3, 5, 9, 4, 6, 8 };
  int              sum = 0;

  for (int i = 0; i < 9; i++)
    {
      int digit = i == 0 ? 7 : (int) torg_demo_dice (self, 10);

      inn[i] = '0' + digit;
      sum += digit * weights[i];
    }
  inn[9] = '0' + sum % 11 % 10;
  inn[10] = '\0';
}

gboolean
torg_demo_make_legal_entity (TorgDemo *self, guint company, GError **error)
{
  g_autoptr (TorgRecord) record = torg_demo_new_record (self, "legal_entity", self->now - 600 * TORG_DEMO_DAY);
  g_autofree char *name = g_strdup (g_ptr_array_index (self->names, company));
  g_autoptr (GString) full = g_string_new (self->words->company_format);
  char inn[11], kpp[10];

  make_inn (self, inn);
  g_snprintf (kpp, sizeof kpp, "%.4s01001", inn);
  g_string_replace (full, "%s", name, 1);
  torg_record_set_text (record, "name", full->str);
  torg_record_set_text (record, "company", g_ptr_array_index (self->companies, company));
  torg_record_set_text (record, "form", "ooo");
  torg_record_set_text (record, "inn", inn);
  torg_record_set_text (record, "kpp", kpp);
  return torg_demo_put (self, record, error);
}

gboolean
torg_demo_make_person (TorgDemo *self, guint index, GError **error)
{
  gint64 created = torg_demo_random_moment_at_work (self, self->now - 720 * TORG_DEMO_DAY, self->now - TORG_DEMO_DAY);
  g_autoptr (TorgRecord) record = torg_demo_new_record (self, "person", created);
  guint city = torg_demo_dice (self, g_strv_length ((char **) self->words->cities));

  torg_demo_set_name (self, record, torg_demo_chance (self, 50));
  torg_record_set_text (record, "job", torg_demo_pick (self, self->words->jobs));
  torg_record_set_text (record, "city", self->words->cities[city]);
  /* One in twenty is a private client. */
  if (index % 20 != 19)
    torg_record_set_text (record, "company", g_ptr_array_index (self->companies, index % self->companies->len));
  if (torg_demo_chance (self, 70))
    {
      g_autofree char *email =
        g_strdup_printf ("[\"person%u@company%u.example.com\"]", index + 1, index % self->companies->len + 1);

      torg_record_set_text (record, "emails", email);
    }
  torg_demo_set_phone (self, record);
  torg_demo_set_common (self, record, created);
  g_ptr_array_add (self->persons, g_strdup (torg_record_get_id (record)));
  return torg_demo_put (self, record, error);
}

gboolean
torg_demo_make_company_person (TorgDemo *self, guint index, GError **error)
{
  g_autoptr (TorgRecord) record = torg_demo_new_record (self, "company_person", self->now - 500 * TORG_DEMO_DAY);

  torg_record_set_text (record, "company", g_ptr_array_index (self->companies, index % self->companies->len));
  torg_record_set_text (record, "person", g_ptr_array_index (self->persons, index % self->persons->len));
  torg_record_set_text (record, "role", torg_demo_pick (self, self->words->roles));
  return torg_demo_put (self, record, error);
}

/* --- the pipeline ----------------------------------------------------------------------------------------------- */

static void
place (TorgDemo *self, TorgRecord *record, GPtrArray *stages, guint stage, guint first_rank)
{
  TorgRecord *found = g_ptr_array_index (stages, stage);

  torg_record_set (record, "pipeline", torg_record_get (found, "pipeline"));
  torg_record_set_text (record, "stage", torg_record_get_id (found));
  self->ranks[first_rank + stage] += TORG_RULE_RANK_GAP;
  torg_record_take (record, "rank", torg_value_int (self->ranks[first_rank + stage]));
}

gboolean
torg_demo_make_lead (TorgDemo *self, guint index, GError **error)
{
  gint64 created = torg_demo_random_moment_at_work (self, self->now - 60 * TORG_DEMO_DAY, self->now);
  g_autoptr (TorgRecord) record = torg_demo_new_record (self, "lead", created);
  const char      *product = torg_demo_pick (self, self->words->products);
  g_autofree char *need = g_strndup (product, strchr (product, '|') - product);
  g_autofree char *name = torg_demo_make_full_name (self);

  torg_record_set_text (record, "title", need);
  torg_record_set_text (record, "name", name);
  if (torg_demo_chance (self, 60))
    {
      g_autofree char *company = g_strconcat (torg_demo_pick (self, self->words->company_first),
                                              torg_demo_pick (self, self->words->company_second), NULL);

      torg_record_set_text (record, "company_name", company);
    }
  place (self, record, self->lead_stages, torg_demo_dice (self, self->lead_stages->len), 8);
  torg_demo_set_phone (self, record);
  torg_demo_set_common (self, record, created);
  return torg_demo_put (self, record, error);
}

static guint
pick_stage (TorgDemo *self)
{
  static const guint weights[] = { 16, 14, 12, 10, 8, 6, 18, 16 };
  guint throw = torg_demo_dice (self, 100);

  for (guint i = 0; i < G_N_ELEMENTS (weights); i++)
    {
      if (throw < weights[i])
        return i;
      throw -= weights[i];
    }
  return 0;
}

/* Some deals say in whose name they are made, and how they are paid for. */
static void
set_terms (TorgDemo *self, TorgRecord *deal)
{
  guint index = self->deals->len;

  if (index % 20 == 1)
    torg_record_set_text (deal, "own_entity", g_ptr_array_index (self->own_entities, 1));
  if (index % 4 != 0)
    return;
  torg_record_set_text (deal, "own_entity", g_ptr_array_index (self->own_entities, 0));
  torg_record_set (deal, "shipment", torg_record_get (deal, "expected"));
  torg_record_take (deal, "prepayment", torg_value_int (30 * TORG_NUMBER_SCALE));
  torg_record_take (deal, "deferral", torg_value_int (14 * TORG_NUMBER_SCALE));
}

gboolean
torg_demo_make_deal (TorgDemo *self, guint index, GError **error)
{
  guint    stage = pick_stage (self);
  gboolean open = stage < TORG_DEMO_STAGE_WON;
  gint64   created = torg_demo_random_moment_at_work (self, self->now - (open ? 90 : 700) * TORG_DEMO_DAY,
                                                      self->now - TORG_DEMO_DAY / 4);
  gint64   moved = stage > 0 ? torg_demo_random_moment_at_work (self, created + 5 * G_USEC_PER_SEC * 60,
                                                                MIN (created + 60 * TORG_DEMO_DAY, self->now))
                             : created;
  g_autoptr (TorgRecord) record = torg_demo_new_record (self, "deal", created);
  guint            company = torg_demo_dice (self, self->companies->len);
  const char      *product = torg_demo_pick (self, self->words->products);
  g_autofree char *group = g_strndup (product, strchr (product, '|') - product);
  g_autoptr (GString) title = g_string_new (torg_demo_pick (self, self->words->deals));
  g_autofree char *number = g_strdup_printf ("%u", index + 1);
  gint64 amount = (gint64) ((10 + torg_demo_dice (self, 90)) * (torg_demo_chance (self, 20) ? 100000 : 10000)) * 100;

  if (g_str_equal (self->words->currency, "GBP"))
    amount /= 100;
  g_string_replace (title, "%s", group, 1);
  torg_record_set_text (record, "title", title->str);
  torg_record_set_text (record, "number", number);
  place (self, record, self->stages, stage, 0);
  if (stage > 0 || torg_demo_chance (self, 70))
    torg_record_take (record, "amount", torg_value_money (amount, self->words->currency));
  if (torg_demo_chance (self, 95))
    torg_record_set_text (record, "company", g_ptr_array_index (self->companies, company));
  if (company < self->persons->len && torg_demo_chance (self, 70))
    torg_record_set_text (record, "person", g_ptr_array_index (self->persons, company));
  moved = MAX (moved, created);
  torg_record_take (record, "stage_since", torg_value_int (moved));
  torg_record_take (
    record, "expected",
    torg_demo_make_date (torg_demo_random_moment (self, created + 20 * TORG_DEMO_DAY, self->now + 90 * TORG_DEMO_DAY)));
  set_terms (self, record);
  if (!open)
    torg_record_take (record, "closed", torg_demo_make_date (moved));
  if (stage == TORG_DEMO_STAGE_WON && moved > self->now - 365 * TORG_DEMO_DAY)
    self->won += amount;
  if (stage == TORG_DEMO_STAGE_LOST)
    torg_record_set_text (record, "lost_reason",
                          torg_record_get_id (g_ptr_array_index (self->reasons, torg_demo_dice (self, 6))));
  if (open && torg_demo_chance (self, 3))
    {
      torg_record_take (record, "postponed",
                        torg_demo_make_date (self->now + (5 + torg_demo_dice (self, 40)) * TORG_DEMO_DAY));
      torg_record_set_text (record, "postponed_reason", torg_demo_pick_for (self, self->words->results, "postponed"));
    }
  torg_demo_set_common (self, record, created);
  g_ptr_array_add (self->deals, g_strdup (torg_record_get_id (record)));
  g_ptr_array_add (self->deal_companies, torg_record_get_text (record, "company") != NULL
                                           ? g_ptr_array_index (self->companies, company)
                                           : NULL);
  g_ptr_array_add (self->deal_persons,
                   torg_record_get_text (record, "person") != NULL ? g_ptr_array_index (self->persons, company) : NULL);
  g_array_append_val (self->deal_times, created);
  g_array_append_val (self->deal_moves, moved);
  g_array_append_val (self->deal_stages, stage);
  return torg_demo_put (self, record, error);
}

gboolean
torg_demo_make_line (TorgDemo *self, guint index, GError **error)
{
  g_autoptr (TorgRecord) record = torg_demo_new_record (self, "deal_line", self->now - TORG_DEMO_DAY);
  TorgRecord *product = torg_demo_pick_any (self, self->products);

  torg_record_set_text (record, "deal", g_ptr_array_index (self->deals, index % self->deals->len));
  torg_record_set_text (record, "product", torg_record_get_id (product));
  torg_record_set (record, "name", torg_record_get (product, "name"));
  torg_record_set (record, "unit", torg_record_get (product, "unit"));
  torg_record_set (record, "price", torg_record_get (product, "price"));
  torg_record_set (record, "vat_rate", torg_record_get (product, "vat_rate"));
  torg_record_take (record, "quantity", torg_value_int ((gint64) (1 + torg_demo_dice (self, 40)) * TORG_NUMBER_SCALE));
  torg_record_take (record, "position", torg_value_int (TORG_NUMBER_SCALE * (index / self->deals->len)));
  return torg_demo_put (self, record, error);
}

/* A deal's client is the activity's too. */
static void
set_deal (TorgDemo *self, TorgRecord *record, guint deal)
{
  torg_record_set_text (record, "deal", g_ptr_array_index (self->deals, deal));
  torg_record_set_text (record, "company", g_ptr_array_index (self->deal_companies, deal));
  torg_record_set_text (record, "person", g_ptr_array_index (self->deal_persons, deal));
}

static gboolean
put_activity (TorgDemo *self, TorgRecord *record, gint64 at, GError **error)
{
  torg_record_set_text (record, "owner", torg_demo_pick_any (self, self->users));
  torg_record_take (record, "at", torg_value_int (at));
  return torg_demo_put (self, record, error);
}

gboolean
torg_demo_make_next_step (TorgDemo *self, guint deal, GError **error)
{
  gint64 when = self->now + ((gint64) torg_demo_dice (self, 16) - 4) * TORG_DEMO_DAY;
  g_autoptr (TorgRecord) record =
    torg_demo_new_record (self, "activity", self->now - TORG_DEMO_DAY * (5 + torg_demo_dice (self, 5)));
  g_auto (GStrv) parts = g_strsplit (torg_demo_pick (self, self->words->next_steps), "|", 2);

  torg_record_set_text (record, "kind", parts[0]);
  torg_record_set_text (record, "subject", parts[1]);
  set_deal (self, record, deal);
  if (torg_demo_chance (self, 25))
    {
      g_auto (TorgValue) date = torg_demo_make_date (when);

      torg_record_take (record, "due", torg_value_zoned (date.text));
    }
  else
    torg_record_take (record, "due", torg_demo_make_time_at_work (self, when));
  return put_activity (self, record, torg_record_get_number (record, "due"), error);
}

gboolean
torg_demo_make_done_activity (TorgDemo *self, guint index, GError **error)
{
  guint  deal = torg_demo_dice (self, self->deals->len);
  gint64 begun = g_array_index (self->deal_times, gint64, deal);
  gint64 done = torg_demo_random_moment_at_work (self, begun, self->now);
  g_autoptr (TorgRecord) record = torg_demo_new_record (self, "activity", done);
  g_auto (GStrv) parts = g_strsplit (torg_demo_pick (self, self->words->next_steps), "|", 2);

  if (index % 4 == 0)
    {
      torg_record_set_text (record, "kind", "note");
      torg_record_set_text (record, "body", torg_demo_pick (self, self->words->notes));
    }
  else
    {
      torg_record_set_text (record, "kind", parts[0]);
      torg_record_set_text (record, "subject", parts[1]);
      torg_record_set_text (record, "result", torg_demo_pick_for (self, self->words->results, parts[0]));
    }
  torg_record_take (record, "done", torg_value_int (done));
  /* Most belong to deals, some to the company or the person alone. */
  if (index % 10 == 1)
    torg_record_set_text (record, "company", torg_demo_pick_any (self, self->companies));
  else if (index % 10 == 2)
    torg_record_set_text (record, "person", torg_demo_pick_any (self, self->persons));
  else
    set_deal (self, record, deal);
  return put_activity (self, record, done, error);
}

static TorgRecord *
new_line (TorgDemo *self, guint deal, gint64 at)
{
  TorgRecord *record = torg_demo_new_record (self, "history", at);

  torg_record_set_text (record, "record_type", "deal");
  torg_record_set_text (record, "record", g_ptr_array_index (self->deals, deal));
  torg_record_take (record, "at", torg_value_int (at));
  torg_record_set_text (record, "author", torg_demo_pick_any (self, self->users));
  return record;
}

gboolean
torg_demo_make_creation (TorgDemo *self, guint deal, GError **error)
{
  g_autoptr (TorgRecord) record = new_line (self, deal, g_array_index (self->deal_times, gint64, deal));

  return torg_demo_put (self, record, error);
}

static gboolean
make_move (TorgDemo *self, guint deal, guint from, guint to, gint64 at, GError **error)
{
  g_autoptr (TorgRecord) record = new_line (self, deal, at);
  g_autofree char *old = g_strconcat ("\"", torg_record_get_id (g_ptr_array_index (self->stages, from)), "\"", NULL);
  g_autofree char *new = g_strconcat ("\"", torg_record_get_id (g_ptr_array_index (self->stages, to)), "\"", NULL);

  torg_record_set_text (record, "field", "stage");
  torg_record_set_text (record, "old", old);
  torg_record_set_text (record, "new", new);
  return torg_demo_put (self, record, error);
}

/* How a deal came into its stage, from the first one on; takes the lines off @budget. */
gboolean
torg_demo_make_moves (TorgDemo *self, guint deal, gint64 *budget, GError **error)
{
  guint  last = g_array_index (self->deal_stages, guint, deal);
  gint64 before = g_array_index (self->deal_times, gint64, deal);
  gint64 end = g_array_index (self->deal_moves, gint64, deal);
  guint  at = 0;
  guint  n = last < TORG_DEMO_STAGE_WON ? last : 2 + torg_demo_dice (self, TORG_DEMO_STAGE_WON - 1);

  if (last == 0 || *budget < n || !torg_demo_chance (self, 50))
    return TRUE;
  for (guint i = 1; i < n; i++)
    {
      gint64 when = torg_demo_random_moment_at_work (self, before, before + (end - before) / (n - i + 1));

      /* Where there is no time between, it went on at once. */
      if (when <= before || when >= end)
        continue;
      if (!make_move (self, deal, at, i, when, error))
        return FALSE;
      (*budget)--;
      before = when;
      at = i;
    }
  (*budget)--;
  return make_move (self, deal, at, last, end, error);
}
