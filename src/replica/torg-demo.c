/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-replica"

#include "config.h"

#include "torg-demo.h"
#include "torg-defaults.h"
#include "torg-demo-private.h"
#include "torg-period.h"
#include "torg-plan.h"
#include "torg-store-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Records between two reports, and between two writes of what they are found by. */
#define CHUNK 5000

/*
 * A generated company for trying Torg out and for measuring it. All follows from the seed, the number of records, the
 * language and the day.
 */

guint
torg_demo_dice (TorgDemo *self, guint sides)
{
  return sides > 1 ? (guint) g_rand_int_range (self->rand, 0, sides) : 0;
}

gboolean
torg_demo_chance (TorgDemo *self, guint percent)
{
  return torg_demo_dice (self, 100) < percent;
}

const char *
torg_demo_pick (TorgDemo *self, const char *const *list)
{
  guint n = g_strv_length ((char **) list);

  return n > 0 ? list[torg_demo_dice (self, n)] : NULL;
}

gpointer
torg_demo_pick_any (TorgDemo *self, GPtrArray *list)
{
  return g_ptr_array_index (list, torg_demo_dice (self, list->len));
}

gint64
torg_demo_random_moment (TorgDemo *self, gint64 from, gint64 to)
{
  return from + (gint64) (g_rand_double (self->rand) * (to - from));
}

/* Of "kind kind|text" the text of one that is for a kind. */
const char *
torg_demo_pick_for (TorgDemo *self, const char *const *list, const char *kind)
{
  const char *fitting[32];
  guint       n = 0;

  for (guint i = 0; list[i] != NULL && n < G_N_ELEMENTS (fitting); i++)
    {
      const char *bar = strchr (list[i], '|');

      if (g_strstr_len (list[i], bar - list[i], kind) != NULL)
        fitting[n++] = bar + 1;
    }
  return n > 0 ? fitting[torg_demo_dice (self, n)] : NULL;
}

/* The same time of day, on the last day at work. */
static gint64
at_work (TorgDemo *self, gint64 day, gint64 time)
{
  guint  weekday = (day + 3) % 7; /* 0 is Monday */
  gint64 local = (weekday < 5 ? day : day - (weekday - 4)) * TORG_DEMO_DAY + time;
  int    interval = g_time_zone_find_interval (self->zone, G_TIME_TYPE_STANDARD, local / G_USEC_PER_SEC);

  return local - (gint64) g_time_zone_get_offset (self->zone, interval) * G_USEC_PER_SEC;
}

/* Within working hours, and no later than now; before @from only where no such time is between. */
gint64
torg_demo_random_moment_at_work (TorgDemo *self, gint64 from, gint64 to)
{
  gint64 day = torg_demo_random_moment (self, from, to) / TORG_DEMO_DAY;
  gint64 time = (9 * 60 + torg_demo_dice (self, 108) * 5) * G_GINT64_CONSTANT (60) * G_USEC_PER_SEC;
  gint64 moment = at_work (self, day, time);

  for (gint64 later = day + 1; moment < from && later < day + 5; later++)
    moment = at_work (self, later, time);
  while (moment > self->now)
    moment = at_work (self, --day, time);
  return moment;
}

TorgRecord *
torg_demo_new_record (TorgDemo *self, const char *type, gint64 when)
{
  TorgSchema      *schema = torg_store_get_schema (self->store);
  g_autofree char *id = torg_env_make_id_at (torg_store_get_env (self->store), when);

  return torg_record_new (schema, torg_schema_find (schema, type), id);
}

gboolean
torg_demo_put (TorgDemo *self, TorgRecord *record, GError **error)
{
  self->n_done++;
  if (self->n_done % CHUNK == 0)
    {
      gboolean ok = torg_held_end (self->store, TRUE, error);

      torg_held_begin (self->store);
      if (!ok)
        return FALSE;
    }
  if (self->job != NULL && self->n_done % CHUNK == 0)
    {
      torg_job_report (self->job, self->n_done, self->n_total, NULL);
      if (g_cancellable_set_error_if_cancelled (torg_job_get_cancellable (self->job), error))
        return FALSE;
    }
  return torg_store_insert (self->store, record, error);
}

TorgValue
torg_demo_make_date (gint64 when)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc_usec (when);
  char text[16];

  g_snprintf (text, sizeof text, "%04d-%02d-%02d", g_date_time_get_year (time), g_date_time_get_month (time),
              g_date_time_get_day_of_month (time));
  return torg_value_text (text);
}

/* A time at work on the day of @when. */
TorgValue
torg_demo_make_time_at_work (TorgDemo *self, gint64 when)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc_usec (when);
  char text[64];

  g_snprintf (text, sizeof text, "%04d-%02d-%02dT%02u:%02u %s", g_date_time_get_year (time),
              g_date_time_get_month (time), g_date_time_get_day_of_month (time), 9 + torg_demo_dice (self, 9),
              torg_demo_dice (self, 4) * 15, self->zone_name);
  return torg_value_zoned (text);
}

void
torg_demo_set_phone (TorgDemo *self, TorgRecord *record)
{
  g_autoptr (GString) json = g_string_new ("[");
  guint    n = torg_demo_chance (self, 20) ? 2 : 1;
  gboolean russian = g_str_equal (self->words->currency, "RUB");

  for (guint i = 0; i < n; i++)
    {
      static const char *const codes[] = { "903", "912", "916", "922", "926", "951", "965", "985", "495", "343" };
      const char              *code = codes[torg_demo_dice (self, G_N_ELEMENTS (codes))];
      guint a = torg_demo_dice (self, 900) + 100, b = torg_demo_dice (self, 100), c = torg_demo_dice (self, 100);

      if (i > 0)
        g_string_append_c (json, ',');
      if (russian)
        g_string_append_printf (json, "{\"raw\":\"8 (%s) %03u-%02u-%02u\",\"e164\":\"+7%s%03u%02u%02u\"}", code, a, b,
                                c, code, a, b, c);
      else
        g_string_append_printf (json, "{\"raw\":\"07%s %03u%02u%02u\",\"e164\":\"+447%s%03u%02u%02u\"}", code + 1, a, b,
                                c, code + 1, a, b, c);
    }
  g_string_append_c (json, ']');
  torg_record_set_text (record, "phones", json->str);
}

void
torg_demo_set_common (TorgDemo *self, TorgRecord *record, gint64 created)
{
  torg_record_set_text (record, "owner", torg_demo_pick_any (self, self->users));
  torg_record_take (record, "created", torg_value_int (created));
  if (torg_demo_chance (self, 12))
    {
      g_autofree char *json = g_strconcat ("[\"", torg_demo_pick_any (self, self->tags), "\"]", NULL);

      torg_record_set_text (record, "tags", json);
    }
  if (torg_demo_chance (self, 60))
    torg_record_set_text (record, "source", torg_record_get_id (torg_demo_pick_any (self, self->sources)));
}

/* --- people ----------------------------------------------------------------------------------------------------- */

void
torg_demo_set_name (TorgDemo *self, TorgRecord *record, gboolean man)
{
  g_autofree char *surname =
    g_strconcat (torg_demo_pick (self, self->words->surnames), man ? NULL : self->words->feminine, NULL);

  torg_record_set_text (record, "surname", surname);
  torg_record_set_text (record, "name", torg_demo_pick (self, man ? self->words->men : self->words->women));
  torg_record_set_text (record, "patronymic",
                        torg_demo_pick (self, man ? self->words->men_fathers : self->words->women_fathers));
  torg_record_set_text (record, "gender", man ? "male" : "female");
}

char *
torg_demo_make_full_name (TorgDemo *self)
{
  gboolean man = torg_demo_chance (self, 50);

  return g_strconcat (torg_demo_pick (self, self->words->surnames), man ? "" : self->words->feminine, " ",
                      torg_demo_pick (self, man ? self->words->men : self->words->women), NULL);
}

static gboolean
make_staff (TorgDemo *self, GError **error)
{
  g_autoptr (GPtrArray) departments = g_ptr_array_new_with_free_func (g_free);
  guint n_users = CLAMP (self->n_total / 20000, 5, 40);

  for (guint i = 0; self->words->departments[i] != NULL; i++)
    {
      g_autoptr (TorgRecord) record = torg_demo_new_record (self, "department", self->now - 700 * TORG_DEMO_DAY);

      torg_record_set_text (record, "name", self->words->departments[i]);
      if (i > 0)
        torg_record_set_text (record, "parent", g_ptr_array_index (departments, 0));
      g_ptr_array_add (departments, g_strdup (torg_record_get_id (record)));
      if (!torg_demo_put (self, record, error))
        return FALSE;
    }
  for (guint i = 0; i < n_users; i++)
    {
      g_autoptr (TorgRecord) record = torg_demo_new_record (self, "user", self->now - 700 * TORG_DEMO_DAY);
      g_autofree char *name = torg_demo_make_full_name (self);
      g_autofree char *email = g_strdup_printf ("[\"user%u@example.com\"]", i + 1);

      torg_record_set_text (record, "name", name);
      torg_record_set_text (record, "emails", email);
      torg_record_set_text (record, "department", g_ptr_array_index (departments, i % departments->len));
      g_ptr_array_add (self->users, g_strdup (torg_record_get_id (record)));
      if (!torg_demo_put (self, record, error))
        return FALSE;
    }
  for (guint i = 0; self->words->tags[i] != NULL; i++)
    {
      static const char *const colors[] = { "#3584e4", "#e01b24", "#e5a50a", "#2ec27e", "#9141ac", "#865e3c" };
      g_autoptr (TorgRecord) record = torg_demo_new_record (self, "tag", self->now - 700 * TORG_DEMO_DAY);

      torg_record_set_text (record, "name", self->words->tags[i]);
      torg_record_set_text (record, "color", colors[i % G_N_ELEMENTS (colors)]);
      g_ptr_array_add (self->tags, g_strdup (torg_record_get_id (record)));
      if (!torg_demo_put (self, record, error))
        return FALSE;
    }
  return torg_store_set_user (self->store, g_ptr_array_index (self->users, 0), error);
}

static TorgRecord *
find_named (GPtrArray *records, const char *name)
{
  for (guint i = 0; i < records->len; i++)
    if (g_strcmp0 (torg_record_get_text (g_ptr_array_index (records, i), "name"), name) == 0)
      return g_ptr_array_index (records, i);
  return NULL;
}

static gboolean
make_products (TorgDemo *self, GError **error)
{
  for (guint i = 0; self->words->products[i] != NULL; i++)
    {
      g_auto (GStrv) parts = g_strsplit (self->words->products[i], "|", 4);
      g_autoptr (TorgRecord) record =
        torg_demo_new_record (self, "product", self->now - 650 * TORG_DEMO_DAY + i * G_USEC_PER_SEC);
      TorgRecord      *unit = find_named (self->units, parts[2]);
      g_autofree char *sku = g_strdup_printf ("%05u", 10000 + i * 37);

      torg_record_set_text (record, "category", parts[0]);
      torg_record_set_text (record, "name", parts[1]);
      torg_record_set_text (record, "sku", sku);
      if (unit != NULL)
        torg_record_set_text (record, "unit", torg_record_get_id (unit));
      torg_record_take (record, "price",
                        torg_value_money (g_ascii_strtoll (parts[3], NULL, 10) * 100, self->words->currency));
      torg_record_set_text (record, "vat_rate", torg_record_get_id (g_ptr_array_index (self->rates, 0)));
      g_ptr_array_add (self->products, torg_record_ref (record));
      if (!torg_demo_put (self, record, error))
        return FALSE;
    }
  return TRUE;
}

/* Whom the company sells in the name of. */
static gboolean
make_own_entities (TorgDemo *self, GError **error)
{
  static const char *const fields[] = { "name", "form", "pays_vat", "inn", "kpp", "ogrn" };

  for (guint i = 0; self->words->own_entities[i] != NULL; i++)
    {
      g_auto (GStrv) parts = g_strsplit (self->words->own_entities[i], "|", G_N_ELEMENTS (fields));
      g_autoptr (TorgRecord) record =
        torg_demo_new_record (self, "own_entity", self->now - 700 * TORG_DEMO_DAY + i * G_USEC_PER_SEC);

      for (guint j = 0; j < G_N_ELEMENTS (fields); j++)
        if (*parts[j] != '\0')
          torg_record_set_text (record, fields[j], parts[j]);
      torg_record_take (record, "position", torg_value_int ((i + 1) * TORG_NUMBER_SCALE));
      g_ptr_array_add (self->own_entities, g_strdup (torg_record_get_id (record)));
      if (!torg_demo_put (self, record, error))
        return FALSE;
    }
  return TRUE;
}

/* --- all of it -------------------------------------------------------------------------------------------------- */

typedef gboolean (*MakeFunc) (TorgDemo *self, guint index, GError **error);

static gboolean
make_many (TorgDemo *self, gint64 n, MakeFunc func, GError **error)
{
  for (gint64 i = 0; i < n; i++)
    if (!func (self, i, error))
      return FALSE;
  return TRUE;
}

static GPtrArray *
list_named (TorgDemo *self, const char *type, const char *field, const char *value, GError **error)
{
  g_autoptr (TorgQuery) query = torg_query_new (type);

  if (field != NULL)
    torg_query_add_text (query, field, TORG_MATCH_IS, value);
  torg_query_sort (query, "position", FALSE);
  return torg_store_list (self->store, query, 0, NULL, error);
}

static gboolean
load_defaults (TorgDemo *self, GError **error)
{
  g_autoptr (TorgQuery) all = torg_query_new ("pipeline");
  g_autoptr (GPtrArray) pipelines = torg_store_list (self->store, all, 0, NULL, error);

  if (pipelines == NULL)
    return FALSE;
  for (guint i = 0; i < pipelines->len; i++)
    {
      TorgRecord *pipeline = g_ptr_array_index (pipelines, i);
      gboolean    leads = g_strcmp0 (torg_record_get_text (pipeline, "kind"), "leads") == 0;
      GPtrArray **stages = leads ? &self->lead_stages : &self->stages;

      *stages = list_named (self, "stage", "pipeline", torg_record_get_id (pipeline), error);
    }
  self->sources = list_named (self, "dictionary", "dictionary", "source", error);
  self->reasons = list_named (self, "dictionary", "dictionary", "lost_reason", error);
  self->industries = list_named (self, "dictionary", "dictionary", "industry", error);
  self->units = list_named (self, "dictionary", "dictionary", "unit", error);
  self->rates = list_named (self, "vat_rate", NULL, NULL, error);
  return TRUE;
}

static gint64
count_all (TorgStore *store)
{
  TorgSchema *schema = torg_store_get_schema (store);
  gint64      total = 0;

  for (guint i = 0; i < torg_schema_get_n_types (schema); i++)
    {
      g_autoptr (TorgQuery) query = torg_query_new (torg_schema_nth (schema, i)->info->name);
      gint64 n = 0;

      torg_store_count (store, query, NULL, &n, NULL);
      total += n;
    }
  return total;
}

/* Of how many months everybody has a plan: at most one record of fifty. */
static guint
count_months (TorgDemo *self)
{
  return (guint) CLAMP (self->n_total / 50 / self->users->len, 1, 12);
}

/* The last months, this one among them: a little more than what each of them wins in the middle. */
static gboolean
make_plans (TorgDemo *self, GError **error)
{
  g_auto (TorgValue) today = torg_demo_make_date (self->now);
  gint64 unit = g_str_equal (self->words->currency, "GBP") ? 100000 : 5000000;
  gint64 amount = (self->won * 11 / 10 / 12 / self->users->len / unit + 1) * unit;

  for (guint i = 0; i < count_months (self); i++)
    for (guint j = 0; j < self->users->len; j++)
      {
        g_autoptr (TorgRecord) record = torg_demo_new_record (self, TORG_PLAN_TYPE, self->now - TORG_DEMO_DAY);
        g_autofree char *month = torg_month_shift (today.text, -(int) i);

        torg_record_set_text (record, "owner", self->users->pdata[j]);
        torg_record_set_text (record, "month", month);
        torg_record_take (record, "amount", torg_value_money (amount + (j % 3) * unit, self->words->currency));
        if (!torg_demo_put (self, record, error))
          return FALSE;
      }
  return TRUE;
}

static gboolean
make_all (TorgDemo *self, GError **error)
{
  gint64 rest, n_deals, n_moves, n_plans;

  self->n_done = count_all (self->store);
  if (!load_defaults (self, error) || !make_staff (self, error) || !make_own_entities (self, error) ||
      !make_products (self, error))
    return FALSE;
  rest = self->n_total - self->n_done;
  n_deals = rest * 15 / 100;
  if (!make_many (self, rest * 6 / 100, torg_demo_make_company, error) ||
      !make_many (self, rest * 5 / 100, torg_demo_make_legal_entity, error) ||
      !make_many (self, rest * 8 / 100, torg_demo_make_person, error) ||
      !make_many (self, rest * 2 / 100, torg_demo_make_company_person, error) ||
      !make_many (self, rest * 3 / 100, torg_demo_make_lead, error) ||
      !make_many (self, n_deals, torg_demo_make_deal, error) ||
      !make_many (self, rest * 13 / 100, torg_demo_make_line, error) ||
      !make_many (self, n_deals, torg_demo_make_creation, error))
    return FALSE;
  n_moves = rest * 5 / 100;
  for (guint i = 0; i < n_deals; i++)
    if (!torg_demo_make_moves (self, i, &n_moves, error))
      return FALSE;
  for (guint i = 0; i < n_deals; i++)
    {
      if (g_array_index (self->deal_stages, guint, i) >= TORG_DEMO_STAGE_WON || !torg_demo_chance (self, 75) ||
          self->n_done >= self->n_total)
        continue;
      if (!torg_demo_make_next_step (self, i, error))
        return FALSE;
    }
  n_plans = (gint64) count_months (self) * self->users->len;
  return make_many (self, self->n_total - self->n_done - n_plans, torg_demo_make_done_activity, error) &&
         make_plans (self, error);
}

static void
demo_clear (TorgDemo *self)
{
  GPtrArray **lists[] = { &self->users,   &self->companies,  &self->names,  &self->persons,     &self->products,
                          &self->deals,   &self->tags,       &self->stages, &self->lead_stages, &self->sources,
                          &self->reasons, &self->industries, &self->units,  &self->rates,       &self->own_entities };

  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    g_clear_pointer (lists[i], g_ptr_array_unref);
  g_clear_pointer (&self->deal_companies, g_ptr_array_unref);
  g_clear_pointer (&self->deal_persons, g_ptr_array_unref);
  g_clear_pointer (&self->deal_times, g_array_unref);
  g_clear_pointer (&self->deal_moves, g_array_unref);
  g_clear_pointer (&self->deal_stages, g_array_unref);
  g_clear_pointer (&self->rand, g_rand_free);
  g_clear_pointer (&self->zone, g_time_zone_unref);
}

/**
 * torg_demo_fill:
 * @store: an empty store
 * @n_records: how many records of all types there shall be, at least %TORG_DEMO_MIN_RECORDS
 * @seed: what all follows from
 * @lang: `ru` or `en`
 * @job: (nullable): for progress and to cancel it
 * @error: place for an error
 *
 * Fills a store with a generated company, in one transaction.
 *
 * Returns: whether that worked; if not, the store is as before
 */
gboolean
torg_demo_fill (TorgStore *store, gint64 n_records, guint64 seed, const char *lang, TorgJob *job, GError **error)
{
  guint32  parts[] = { (guint32) seed, (guint32) (seed >> 32) };
  TorgDemo self = { 0 };
  gboolean ok;

  if (n_records < TORG_DEMO_MIN_RECORDS)
    {
      g_set_error (error, TORG_ERROR, TORG_ERROR_LIMIT, _ ("A company has at least %d records. Ask for more."),
                   TORG_DEMO_MIN_RECORDS);
      return FALSE;
    }
  if (!torg_store_is_empty (store))
    {
      g_set_error_literal (error, TORG_ERROR, TORG_ERROR_DUPLICATE,
                           _ ("There is data already. The demo company needs a file of its own."));
      return FALSE;
    }
  self.store = store;
  self.words = torg_demo_words (lang);
  self.rand = g_rand_new_with_seed_array (parts, G_N_ELEMENTS (parts));
  self.now = torg_env_get_now (torg_store_get_env (store));
  self.first_name = torg_demo_dice (&self, 10000);
  self.job = job;
  self.n_total = n_records;
  self.zone_name = g_strcmp0 (lang, "en") == 0 ? "Europe/London" : "Europe/Moscow";
  self.zone = g_time_zone_new_identifier (self.zone_name);
  self.users = g_ptr_array_new_with_free_func (g_free);
  self.companies = g_ptr_array_new_with_free_func (g_free);
  self.names = g_ptr_array_new_with_free_func (g_free);
  self.persons = g_ptr_array_new_with_free_func (g_free);
  self.products = g_ptr_array_new_with_free_func ((GDestroyNotify) torg_record_unref);
  self.deals = g_ptr_array_new_with_free_func (g_free);
  self.deal_companies = g_ptr_array_new ();
  self.deal_persons = g_ptr_array_new ();
  self.deal_times = g_array_new (FALSE, FALSE, sizeof (gint64));
  self.deal_moves = g_array_new (FALSE, FALSE, sizeof (gint64));
  self.deal_stages = g_array_new (FALSE, FALSE, sizeof (guint));
  self.tags = g_ptr_array_new_with_free_func (g_free);
  self.own_entities = g_ptr_array_new_with_free_func (g_free);

  ok = torg_store_begin (store, error);
  if (ok)
    {
      ok = torg_defaults_fill (store, lang, NULL, error);
      if (ok)
        {
          torg_held_begin (store);
          ok = make_all (&self, error);
          ok = torg_held_end (store, ok, ok ? error : NULL) && ok;
        }
      if (ok)
        ok = torg_store_commit (store, error);
      else
        torg_store_rollback (store);
    }
  demo_clear (&self);
  return ok;
}

static gboolean
sync_file (const char *path, GError **error)
{
  int      fd = g_open (path, O_RDONLY | O_CLOEXEC, 0);
  gboolean ok = fd >= 0 && fsync (fd) == 0;

  if (!ok)
    g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), _ ("“%s” could not be saved: %s."), path,
                 g_strerror (errno));
  if (fd >= 0)
    close (fd);
  return ok;
}

/**
 * torg_demo_make:
 * @path: a file, which must be missing
 * @n_records: how many records of all types there shall be
 * @seed: what all follows from
 * @lang: `ru` or `en`
 * @now: the day that it is for the company, in microseconds UTC
 * @job: (nullable): for progress and to cancel it
 * @error: place for an error
 *
 * Makes a replica with a generated company, the fast way: it is built beside and put in place when it is whole.
 *
 * Returns: whether that worked
 */
gboolean
torg_demo_make (const char *path,
                gint64      n_records,
                guint64     seed,
                const char *lang,
                gint64      now,
                TorgJob    *job,
                GError    **error)
{
  g_autoptr (TorgEnv) env = torg_env_new_seeded (seed, now, NULL);
  g_autofree char *building = g_strconcat (path, ".building", NULL);
  g_autoptr (TorgStore) store = NULL;
  gboolean ok;

  if (g_file_test (path, G_FILE_TEST_EXISTS))
    {
      g_set_error (error, TORG_ERROR, TORG_ERROR_DUPLICATE, _ ("“%s” is there already. Choose another file."), path);
      return FALSE;
    }
  g_unlink (building);
  store = torg_store_open (env, building, TORG_STORE_BULK, error);
  if (store == NULL)
    return FALSE;
  ok = torg_demo_fill (store, n_records, seed, lang, job, error);
  if (!torg_store_close (store, ok ? error : NULL))
    ok = FALSE;
  if (ok)
    ok = sync_file (building, error);
  if (ok && g_rename (building, path) != 0)
    {
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), _ ("“%s” could not be saved: %s."), path,
                   g_strerror (errno));
      ok = FALSE;
    }
  if (!ok)
    g_unlink (building);
  return ok;
}
