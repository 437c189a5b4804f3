/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-replica"

#include "config.h"

#include "torg-demo.h"
#include "torg-defaults.h"
#include "torg-demo-words.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/*
 * A generated company for trying Torg out and for measuring it. All follows from the seed, the number of records, the
 * language and the day.
 */

#define DAY      (G_GINT64_CONSTANT (86400) * G_USEC_PER_SEC)
#define RANK_GAP (G_GINT64_CONSTANT (1) << 20)

typedef struct {
  TorgStore           *store;
  const TorgDemoWords *words;
  GRand               *rand;   /* (owned) */
  gint64               now;
  TorgJob             *job;    /* (nullable) */
  gint64               n_done;
  gint64               n_total;
  const char          *zone_name;
  GTimeZone           *zone; /* (owned): kept, so that it is not read for each value */

  GPtrArray           *users;     /* (owned) ids */
  GPtrArray           *companies; /* (owned) ids */
  GPtrArray           *names;     /* (owned): of the companies */
  GPtrArray           *persons;   /* (owned) ids; the n-th works for the company n modulo their number */
  GPtrArray           *products;  /* (owned) (element-type TorgRecord) */
  GPtrArray           *deals;     /* (owned) ids */
  GArray              *deal_times; /* (owned) (element-type gint64) */
  GArray              *deal_open;  /* (owned) (element-type gboolean) */
  GPtrArray           *tags;      /* (owned) ids */
  GPtrArray           *stages;    /* (owned) (element-type TorgRecord): of the deals' pipeline */
  GPtrArray           *lead_stages; /* (owned) (element-type TorgRecord) */
  GPtrArray           *sources;   /* (owned) (element-type TorgRecord) */
  GPtrArray           *reasons;   /* (owned) (element-type TorgRecord) */
  GPtrArray           *industries; /* (owned) (element-type TorgRecord) */
  GPtrArray           *units;     /* (owned) (element-type TorgRecord) */
  GPtrArray           *rates;     /* (owned) (element-type TorgRecord) */
  gint64               ranks[16];
} Demo;

static guint
dice (Demo *self,
      guint sides)
{
  return sides > 1 ? (guint) g_rand_int_range (self->rand, 0, sides) : 0;
}

static gboolean
chance (Demo *self,
        guint percent)
{
  return dice (self, 100) < percent;
}

static const char *
pick (Demo              *self,
      const char *const *list)
{
  guint n = g_strv_length ((char **) list);

  return n > 0 ? list[dice (self, n)] : NULL;
}

static gpointer
pick_any (Demo      *self,
          GPtrArray *list)
{
  return g_ptr_array_index (list, dice (self, list->len));
}

static gint64
random_moment (Demo  *self,
               gint64 from,
               gint64 to)
{
  return from + (gint64) (g_rand_double (self->rand) * (to - from));
}

static TorgRecord *
new_record (Demo       *self,
            const char *type,
            gint64      when)
{
  TorgSchema *schema = torg_store_get_schema (self->store);
  g_autofree char *id = torg_env_make_id_at (torg_store_get_env (self->store), when);

  return torg_record_new (schema, torg_schema_find (schema, type), id);
}

static gboolean
put (Demo       *self,
     TorgRecord *record,
     GError    **error)
{
  self->n_done++;
  if (self->job != NULL && self->n_done % 5000 == 0)
    {
      torg_job_report (self->job, self->n_done, self->n_total, NULL);
      if (g_cancellable_set_error_if_cancelled (torg_job_get_cancellable (self->job), error))
        return FALSE;
    }
  return torg_store_insert (self->store, record, error);
}

static TorgValue
make_date (gint64 when)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc_usec (when);
  char text[16];

  g_snprintf (text, sizeof text, "%04d-%02d-%02d", g_date_time_get_year (time), g_date_time_get_month (time),
              g_date_time_get_day_of_month (time));
  return torg_value_text (text);
}

/* A time at work on the day of @when. */
static TorgValue
make_time_at_work (Demo  *self,
                   gint64 when)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc_usec (when);
  char text[64];

  g_snprintf (text, sizeof text, "%04d-%02d-%02dT%02u:%02u %s", g_date_time_get_year (time),
              g_date_time_get_month (time), g_date_time_get_day_of_month (time), 9 + dice (self, 9), dice (self, 4) * 15,
              self->zone_name);
  return torg_value_zoned (text);
}

static void
set_phone (Demo       *self,
           TorgRecord *record)
{
  g_autoptr (GString) json = g_string_new ("[");
  guint n = chance (self, 20) ? 2 : 1;
  gboolean russian = g_str_equal (self->words->currency, "RUB");

  for (guint i = 0; i < n; i++)
    {
      static const char *const codes[] = { "903", "912", "916", "922", "926", "951", "965", "985", "495", "343" };
      const char *code = codes[dice (self, G_N_ELEMENTS (codes))];
      guint a = dice (self, 900) + 100, b = dice (self, 100), c = dice (self, 100);

      if (i > 0)
        g_string_append_c (json, ',');
      if (russian)
        g_string_append_printf (json, "{\"raw\":\"8 (%s) %03u-%02u-%02u\",\"e164\":\"+7%s%03u%02u%02u\"}", code, a, b, c,
                                code, a, b, c);
      else
        g_string_append_printf (json, "{\"raw\":\"07%s %03u%02u%02u\",\"e164\":\"+447%s%03u%02u%02u\"}", code + 1, a, b, c,
                                code + 1, a, b, c);
    }
  g_string_append_c (json, ']');
  torg_record_set_text (record, "phones", json->str);
}

static void
set_common (Demo       *self,
            TorgRecord *record,
            gint64      created)
{
  torg_record_set_text (record, "owner", pick_any (self, self->users));
  torg_record_take (record, "created", torg_value_int (created));
  if (chance (self, 12))
    {
      g_autofree char *json = g_strconcat ("[\"", pick_any (self, self->tags), "\"]", NULL);

      torg_record_set_text (record, "tags", json);
    }
  if (chance (self, 60))
    torg_record_set_text (record, "source", torg_record_get_id (pick_any (self, self->sources)));
}

/* --- people ----------------------------------------------------------------------------------------------------- */

static void
set_name (Demo       *self,
          TorgRecord *record,
          gboolean    man)
{
  g_autofree char *surname = g_strconcat (pick (self, self->words->surnames), man ? NULL : self->words->feminine, NULL);

  torg_record_set_text (record, "surname", surname);
  torg_record_set_text (record, "name", pick (self, man ? self->words->men : self->words->women));
  torg_record_set_text (record, "patronymic", pick (self, man ? self->words->men_fathers : self->words->women_fathers));
  torg_record_set_text (record, "gender", man ? "male" : "female");
}

static char *
make_full_name (Demo *self)
{
  gboolean man = chance (self, 50);

  return g_strconcat (pick (self, self->words->surnames), man ? "" : self->words->feminine, " ",
                      pick (self, man ? self->words->men : self->words->women), NULL);
}

static gboolean
make_staff (Demo   *self,
            GError **error)
{
  g_autoptr (GPtrArray) departments = g_ptr_array_new_with_free_func (g_free);
  guint n_users = CLAMP (self->n_total / 20000, 5, 40);

  for (guint i = 0; self->words->departments[i] != NULL; i++)
    {
      g_autoptr (TorgRecord) record = new_record (self, "department", self->now - 700 * DAY);

      torg_record_set_text (record, "name", self->words->departments[i]);
      if (i > 0)
        torg_record_set_text (record, "parent", g_ptr_array_index (departments, 0));
      g_ptr_array_add (departments, g_strdup (torg_record_get_id (record)));
      if (!put (self, record, error))
        return FALSE;
    }
  for (guint i = 0; i < n_users; i++)
    {
      g_autoptr (TorgRecord) record = new_record (self, "user", self->now - 700 * DAY);
      g_autofree char *name = make_full_name (self);
      g_autofree char *email = g_strdup_printf ("[\"user%u@example.com\"]", i + 1);

      torg_record_set_text (record, "name", name);
      torg_record_set_text (record, "emails", email);
      torg_record_set_text (record, "department", g_ptr_array_index (departments, i % departments->len));
      g_ptr_array_add (self->users, g_strdup (torg_record_get_id (record)));
      if (!put (self, record, error))
        return FALSE;
    }
  for (guint i = 0; self->words->tags[i] != NULL; i++)
    {
      static const char *const colors[] = { "#3584e4", "#e01b24", "#e5a50a", "#2ec27e", "#9141ac", "#865e3c" };
      g_autoptr (TorgRecord) record = new_record (self, "tag", self->now - 700 * DAY);

      torg_record_set_text (record, "name", self->words->tags[i]);
      torg_record_set_text (record, "color", colors[i % G_N_ELEMENTS (colors)]);
      g_ptr_array_add (self->tags, g_strdup (torg_record_get_id (record)));
      if (!put (self, record, error))
        return FALSE;
    }
  return torg_store_set_user (self->store, g_ptr_array_index (self->users, 0), error);
}

static TorgRecord *
find_named (GPtrArray  *records,
            const char *name)
{
  for (guint i = 0; i < records->len; i++)
    if (g_strcmp0 (torg_record_get_text (g_ptr_array_index (records, i), "name"), name) == 0)
      return g_ptr_array_index (records, i);
  return NULL;
}

static gboolean
make_products (Demo   *self,
               GError **error)
{
  for (guint i = 0; self->words->products[i] != NULL; i++)
    {
      g_auto (GStrv) parts = g_strsplit (self->words->products[i], "|", 4);
      g_autoptr (TorgRecord) record = new_record (self, "product", self->now - 650 * DAY + i * G_USEC_PER_SEC);
      TorgRecord *unit = find_named (self->units, parts[2]);
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
      if (!put (self, record, error))
        return FALSE;
    }
  return TRUE;
}

/* --- clients ---------------------------------------------------------------------------------------------------- */

static gboolean
make_company (Demo   *self,
              guint   index,
              GError **error)
{
  gint64 created = random_moment (self, self->now - 720 * DAY, self->now - DAY);
  g_autoptr (TorgRecord) record = new_record (self, "company", created);
  g_autofree char *name = g_strconcat (pick (self, self->words->company_first), pick (self, self->words->company_second), NULL);
  g_autofree char *site = g_strdup_printf ("https://company%u.example.com", index + 1);
  g_autofree char *email = g_strdup_printf ("[\"info@company%u.example.com\"]", index + 1);
  g_autofree char *address = NULL;
  guint city = dice (self, g_strv_length ((char **) self->words->cities));

  if (index >= 400)
    {
      g_autofree char *short_name = g_steal_pointer (&name);

      name = g_strdup_printf ("%s-%u", short_name, index / 400 + 1);
    }
  torg_record_set_text (record, "name", name);
  torg_record_set_text (record, "site", site);
  torg_record_set_text (record, "emails", email);
  torg_record_set_text (record, "industry", torg_record_get_id (pick_any (self, self->industries)));
  torg_record_set_text (record, "city", self->words->cities[city]);
  torg_record_set_text (record, "region", self->words->regions[city]);
  address = g_strdup_printf ("%s, %u", pick (self, self->words->streets), dice (self, 120) + 1);
  torg_record_set_text (record, "address", address);
  if (chance (self, 50))
    torg_record_take (record, "employees", torg_value_int ((gint64) (5 + dice (self, 900)) * TORG_NUMBER_SCALE));
  set_phone (self, record);
  set_common (self, record, created);
  g_ptr_array_add (self->companies, g_strdup (torg_record_get_id (record)));
  g_ptr_array_add (self->names, g_steal_pointer (&name));
  return put (self, record, error);
}

/* The check digit of a company's INN, Order of the Federal Tax Service. */
static void
make_inn (Demo *self,
          char  inn[11])
{
  static const int weights[] = { 2, 4, 10, 3, 5, 9, 4, 6, 8 };
  int sum = 0;

  for (int i = 0; i < 9; i++)
    {
      int digit = i == 0 ? 7 : (int) dice (self, 10);

      inn[i] = '0' + digit;
      sum += digit * weights[i];
    }
  inn[9] = '0' + sum % 11 % 10;
  inn[10] = '\0';
}

static gboolean
make_legal_entity (Demo   *self,
                   guint   company,
                   GError **error)
{
  g_autoptr (TorgRecord) record = new_record (self, "legal_entity", self->now - 600 * DAY);
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
  return put (self, record, error);
}

static gboolean
make_person (Demo   *self,
             guint   index,
             GError **error)
{
  gint64 created = random_moment (self, self->now - 720 * DAY, self->now - DAY);
  g_autoptr (TorgRecord) record = new_record (self, "person", created);
  guint city = dice (self, g_strv_length ((char **) self->words->cities));

  set_name (self, record, chance (self, 50));
  torg_record_set_text (record, "job", pick (self, self->words->jobs));
  torg_record_set_text (record, "city", self->words->cities[city]);
  /* One in twenty is a private client. */
  if (index % 20 != 19)
    torg_record_set_text (record, "company", g_ptr_array_index (self->companies, index % self->companies->len));
  if (chance (self, 70))
    {
      g_autofree char *email = g_strdup_printf ("[\"person%u@company%u.example.com\"]", index + 1,
                                                index % self->companies->len + 1);

      torg_record_set_text (record, "emails", email);
    }
  set_phone (self, record);
  set_common (self, record, created);
  g_ptr_array_add (self->persons, g_strdup (torg_record_get_id (record)));
  return put (self, record, error);
}

static gboolean
make_company_person (Demo   *self,
                     guint   index,
                     GError **error)
{
  g_autoptr (TorgRecord) record = new_record (self, "company_person", self->now - 500 * DAY);

  torg_record_set_text (record, "company", g_ptr_array_index (self->companies, index % self->companies->len));
  torg_record_set_text (record, "person", g_ptr_array_index (self->persons, index % self->persons->len));
  torg_record_set_text (record, "role", pick (self, self->words->roles));
  return put (self, record, error);
}

/* --- the pipeline ----------------------------------------------------------------------------------------------- */

static void
place (Demo       *self,
       TorgRecord *record,
       GPtrArray  *stages,
       guint       stage,
       guint       first_rank)
{
  TorgRecord *found = g_ptr_array_index (stages, stage);

  torg_record_set (record, "pipeline", torg_record_get (found, "pipeline"));
  torg_record_set_text (record, "stage", torg_record_get_id (found));
  self->ranks[first_rank + stage] += RANK_GAP;
  torg_record_take (record, "rank", torg_value_int (self->ranks[first_rank + stage]));
}

static gboolean
make_lead (Demo   *self,
           guint   index,
           GError **error)
{
  gint64 created = random_moment (self, self->now - 60 * DAY, self->now);
  g_autoptr (TorgRecord) record = new_record (self, "lead", created);
  const char *product = pick (self, self->words->products);
  g_autofree char *need = g_strndup (product, strchr (product, '|') - product);
  g_autofree char *name = make_full_name (self);

  torg_record_set_text (record, "title", need);
  torg_record_set_text (record, "name", name);
  if (chance (self, 60))
    {
      g_autofree char *company =
        g_strconcat (pick (self, self->words->company_first), pick (self, self->words->company_second), NULL);

      torg_record_set_text (record, "company_name", company);
    }
  place (self, record, self->lead_stages, dice (self, self->lead_stages->len), 8);
  set_phone (self, record);
  set_common (self, record, created);
  return put (self, record, error);
}

static guint
pick_stage (Demo *self)
{
  static const guint weights[] = { 16, 14, 12, 10, 8, 6, 18, 16 };
  guint throw = dice (self, 100);

  for (guint i = 0; i < G_N_ELEMENTS (weights); i++)
    {
      if (throw < weights[i])
        return i;
      throw -= weights[i];
    }
  return 0;
}

static gboolean
make_deal (Demo   *self,
           guint   index,
           GError **error)
{
  guint stage = pick_stage (self);
  gboolean open = stage < 6;
  gint64 created = random_moment (self, self->now - (open ? 90 : 700) * DAY, self->now - DAY / 4);
  gint64 moved = random_moment (self, created, MIN (created + 60 * DAY, self->now));
  g_autoptr (TorgRecord) record = new_record (self, "deal", created);
  guint company = dice (self, self->companies->len);
  const char *product = pick (self, self->words->products);
  g_autofree char *group = g_strndup (product, strchr (product, '|') - product);
  g_autoptr (GString) title = g_string_new (pick (self, self->words->deals));
  g_autofree char *number = g_strdup_printf ("%u", index + 1);
  gint64 amount = (gint64) ((10 + dice (self, 90)) * (chance (self, 20) ? 100000 : 10000)) * 100;

  if (g_str_equal (self->words->currency, "GBP"))
    amount /= 100;
  g_string_replace (title, "%s", group, 1);
  torg_record_set_text (record, "title", title->str);
  torg_record_set_text (record, "number", number);
  place (self, record, self->stages, stage, 0);
  if (stage > 0 || chance (self, 70))
    torg_record_take (record, "amount", torg_value_money (amount, self->words->currency));
  if (chance (self, 95))
    torg_record_set_text (record, "company", g_ptr_array_index (self->companies, company));
  if (company < self->persons->len && chance (self, 70))
    torg_record_set_text (record, "person", g_ptr_array_index (self->persons, company));
  torg_record_take (record, "stage_since", torg_value_int (moved));
  torg_record_take (record, "expected", make_date (random_moment (self, created + 20 * DAY, self->now + 90 * DAY)));
  if (!open)
    torg_record_take (record, "closed", make_date (moved));
  if (stage == 7)
    torg_record_set_text (record, "lost_reason", torg_record_get_id (g_ptr_array_index (self->reasons, dice (self, 6))));
  if (open && chance (self, 3))
    {
      torg_record_take (record, "postponed", make_date (self->now + (5 + dice (self, 40)) * DAY));
      torg_record_set_text (record, "postponed_reason", pick (self, self->words->results));
    }
  set_common (self, record, created);
  g_ptr_array_add (self->deals, g_strdup (torg_record_get_id (record)));
  g_array_append_val (self->deal_times, created);
  g_array_append_val (self->deal_open, open);
  return put (self, record, error);
}

static gboolean
make_line (Demo   *self,
           guint   index,
           GError **error)
{
  g_autoptr (TorgRecord) record = new_record (self, "deal_line", self->now - DAY);
  TorgRecord *product = pick_any (self, self->products);

  torg_record_set_text (record, "deal", g_ptr_array_index (self->deals, index % self->deals->len));
  torg_record_set_text (record, "product", torg_record_get_id (product));
  torg_record_set (record, "name", torg_record_get (product, "name"));
  torg_record_set (record, "unit", torg_record_get (product, "unit"));
  torg_record_set (record, "price", torg_record_get (product, "price"));
  torg_record_set (record, "vat_rate", torg_record_get (product, "vat_rate"));
  torg_record_take (record, "quantity", torg_value_int ((gint64) (1 + dice (self, 40)) * TORG_NUMBER_SCALE));
  torg_record_take (record, "position", torg_value_int (TORG_NUMBER_SCALE * (index / self->deals->len)));
  return put (self, record, error);
}

static gboolean
put_activity (Demo       *self,
              TorgRecord *record,
              gint64      at,
              GError    **error)
{
  torg_record_set_text (record, "owner", pick_any (self, self->users));
  torg_record_take (record, "at", torg_value_int (at));
  return put (self, record, error);
}

static gboolean
make_next_step (Demo   *self,
                guint   deal,
                GError **error)
{
  gint64 when = self->now + ((gint64) dice (self, 16) - 4) * DAY;
  g_autoptr (TorgRecord) record = new_record (self, "activity", self->now - DAY * (5 + dice (self, 5)));
  g_auto (GStrv) parts = g_strsplit (pick (self, self->words->next_steps), "|", 2);

  torg_record_set_text (record, "kind", parts[0]);
  torg_record_set_text (record, "subject", parts[1]);
  torg_record_set_text (record, "deal", g_ptr_array_index (self->deals, deal));
  if (chance (self, 25))
    {
      g_auto (TorgValue) date = make_date (when);

      torg_record_take (record, "due", torg_value_zoned (date.text));
    }
  else
    torg_record_take (record, "due", make_time_at_work (self, when));
  return put_activity (self, record, torg_record_get_number (record, "due"), error);
}

static gboolean
make_done_activity (Demo   *self,
                    guint   index,
                    GError **error)
{
  guint deal = dice (self, self->deals->len);
  gint64 begun = g_array_index (self->deal_times, gint64, deal);
  gint64 done = random_moment (self, begun, self->now);
  g_autoptr (TorgRecord) record = new_record (self, "activity", done);
  g_auto (GStrv) parts = g_strsplit (pick (self, self->words->next_steps), "|", 2);

  if (index % 4 == 0)
    {
      torg_record_set_text (record, "kind", "note");
      torg_record_set_text (record, "body", pick (self, self->words->notes));
    }
  else
    {
      torg_record_set_text (record, "kind", parts[0]);
      torg_record_set_text (record, "subject", parts[1]);
      torg_record_set_text (record, "result", pick (self, self->words->results));
      torg_record_take (record, "done", torg_value_int (done));
    }
  /* Most belong to deals, some to the company or the person alone. */
  if (index % 10 == 1)
    torg_record_set_text (record, "company", pick_any (self, self->companies));
  else if (index % 10 == 2)
    torg_record_set_text (record, "person", pick_any (self, self->persons));
  else
    torg_record_set_text (record, "deal", g_ptr_array_index (self->deals, deal));
  return put_activity (self, record, done, error);
}

static gboolean
make_history (Demo   *self,
              guint   index,
              GError **error)
{
  guint deal = index % self->deals->len;
  gint64 at = g_array_index (self->deal_times, gint64, deal) + index / self->deals->len * DAY;
  g_autoptr (TorgRecord) record = new_record (self, "history", at);

  torg_record_set_text (record, "record_type", "deal");
  torg_record_set_text (record, "record", g_ptr_array_index (self->deals, deal));
  torg_record_take (record, "at", torg_value_int (at));
  torg_record_set_text (record, "author", pick_any (self, self->users));
  if (index >= self->deals->len)
    {
      guint stage = index / self->deals->len % 5;
      g_autofree char *old =
        g_strconcat ("\"", torg_record_get_id (g_ptr_array_index (self->stages, stage)), "\"", NULL);
      g_autofree char *new =
        g_strconcat ("\"", torg_record_get_id (g_ptr_array_index (self->stages, stage + 1)), "\"", NULL);

      torg_record_set_text (record, "field", "stage");
      torg_record_set_text (record, "old", old);
      torg_record_set_text (record, "new", new);
    }
  return put (self, record, error);
}

/* --- all of it -------------------------------------------------------------------------------------------------- */

typedef gboolean (*MakeFunc) (Demo    *self,
                              guint    index,
                              GError **error);

static gboolean
make_many (Demo    *self,
           gint64   n,
           MakeFunc func,
           GError **error)
{
  for (gint64 i = 0; i < n; i++)
    if (!func (self, i, error))
      return FALSE;
  return TRUE;
}

static GPtrArray *
list_named (Demo       *self,
            const char *type,
            const char *field,
            const char *value,
            GError    **error)
{
  g_autoptr (TorgQuery) query = torg_query_new (type);

  if (field != NULL)
    torg_query_add_text (query, field, TORG_MATCH_IS, value);
  torg_query_sort (query, "position", FALSE);
  return torg_store_list (self->store, query, 0, NULL, error);
}

static gboolean
load_defaults (Demo   *self,
               GError **error)
{
  g_autoptr (TorgQuery) all = torg_query_new ("pipeline");
  g_autoptr (GPtrArray) pipelines = torg_store_list (self->store, all, 0, NULL, error);

  if (pipelines == NULL)
    return FALSE;
  for (guint i = 0; i < pipelines->len; i++)
    {
      TorgRecord *pipeline = g_ptr_array_index (pipelines, i);
      gboolean leads = g_strcmp0 (torg_record_get_text (pipeline, "kind"), "leads") == 0;
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
  gint64 total = 0;

  for (guint i = 0; i < torg_schema_get_n_types (schema); i++)
    {
      g_autoptr (TorgQuery) query = torg_query_new (torg_schema_nth (schema, i)->info->name);
      gint64 n = 0;

      torg_store_count (store, query, NULL, &n, NULL);
      total += n;
    }
  return total;
}

static gboolean
make_all (Demo    *self,
          GError **error)
{
  gint64 rest, n_deals, n_steps = 0;

  self->n_done = count_all (self->store);
  if (!load_defaults (self, error) || !make_staff (self, error) || !make_products (self, error))
    return FALSE;
  rest = self->n_total - self->n_done;
  n_deals = rest * 15 / 100;
  if (!make_many (self, rest * 6 / 100, make_company, error) ||
      !make_many (self, rest * 5 / 100, make_legal_entity, error) ||
      !make_many (self, rest * 8 / 100, make_person, error) ||
      !make_many (self, rest * 2 / 100, make_company_person, error) ||
      !make_many (self, rest * 3 / 100, make_lead, error) || !make_many (self, n_deals, make_deal, error) ||
      !make_many (self, rest * 13 / 100, make_line, error) || !make_many (self, rest * 20 / 100, make_history, error))
    return FALSE;
  for (guint i = 0; i < n_deals; i++)
    {
      if (!g_array_index (self->deal_open, gboolean, i) || !chance (self, 75) || self->n_done >= self->n_total)
        continue;
      if (!make_next_step (self, i, error))
        return FALSE;
      n_steps++;
    }
  return make_many (self, self->n_total - self->n_done, make_done_activity, error);
}

static void
demo_clear (Demo *self)
{
  GPtrArray **lists[] = { &self->users,   &self->companies,   &self->names,   &self->persons, &self->products,
                          &self->deals,   &self->tags,        &self->stages,  &self->lead_stages, &self->sources,
                          &self->reasons, &self->industries,  &self->units,   &self->rates };

  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    g_clear_pointer (lists[i], g_ptr_array_unref);
  g_clear_pointer (&self->deal_times, g_array_unref);
  g_clear_pointer (&self->deal_open, g_array_unref);
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
torg_demo_fill (TorgStore  *store,
                gint64      n_records,
                guint64     seed,
                const char *lang,
                TorgJob    *job,
                GError    **error)
{
  guint32 parts[] = { (guint32) seed, (guint32) (seed >> 32) };
  Demo self = { 0 };
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
  self.deal_times = g_array_new (FALSE, FALSE, sizeof (gint64));
  self.deal_open = g_array_new (FALSE, FALSE, sizeof (gboolean));
  self.tags = g_ptr_array_new_with_free_func (g_free);

  ok = torg_store_begin (store, error);
  if (ok)
    {
      ok = torg_defaults_fill (store, lang, NULL, error) && make_all (&self, error);
      if (ok)
        ok = torg_store_commit (store, error);
      else
        torg_store_rollback (store);
    }
  demo_clear (&self);
  return ok;
}

static gboolean
sync_file (const char *path,
           GError    **error)
{
  int fd = g_open (path, O_RDONLY | O_CLOEXEC, 0);
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
