/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torg-demo.h"
#include "torg-field-text.h"
#include "torg-filter.h"
#include "torg-money.h"
#include "torg-phone.h"
#include "torg-test-store.h"
#include "torg-text.h"

/* What SQL lets pass is what a plain look at each record lets pass, for every field of the record and its client. */

typedef struct
{
  TorgStore      *store;
  TorgFilterSense sense;
  const TorgType *type;
  GPtrArray      *records; /* (element-type TorgRecord): all */
} World;

static const TorgValue *
look_up (World *self, TorgRecord *record, const TorgPath *path, TorgRecord **kept)
{
  static const TorgValue none = TORG_VALUE_INIT;
  const char            *id;

  if (path->via == NULL)
    return torg_record_get (record, path->field->name);
  id = torg_record_get_text (record, path->via->name);
  *kept = id != NULL ? torg_store_get (self->store, path->type->info->name, id, NULL) : NULL;
  return *kept != NULL ? torg_record_get (*kept, path->field->name) : &none;
}

static gboolean
holds_any (const TorgField *field, const TorgValue *value, char **wanted)
{
  g_auto (GStrv) items = NULL;

  if (torg_value_is_null (value))
    return FALSE;
  if (field->kind != TORG_KIND_SET)
    return g_strv_contains ((const char *const *) wanted, value->text);
  items = torg_value_dup_items (value);
  for (guint i = 0; items[i] != NULL; i++)
    if (g_strv_contains ((const char *const *) wanted, items[i]))
      return TRUE;
  return FALSE;
}

static gboolean
has_part (const TorgField *field, const TorgValue *value, const char *part)
{
  g_autofree char *wanted = torg_text_fold (part);

  if (torg_value_is_null (value))
    return FALSE;
  if (field->kind == TORG_KIND_PHONE)
    {
      g_autoptr (GPtrArray) phones = torg_phone_from_json (value->text, NULL);

      for (guint i = 0; phones != NULL && i < phones->len; i++)
        {
          const TorgPhone *phone = g_ptr_array_index (phones, i);

          if (phone->e164 != NULL && strstr (phone->e164, part) != NULL)
            return TRUE;
        }
      return FALSE;
    }
  if (field->kind == TORG_KIND_EMAIL)
    {
      g_auto (GStrv) items = torg_value_dup_items (value);

      for (guint i = 0; items[i] != NULL; i++)
        {
          g_autofree char *folded = torg_text_fold (items[i]);

          if (strstr (folded, wanted) != NULL)
            return TRUE;
        }
      return FALSE;
    }
  g_autofree char *folded = torg_text_fold (value->text);

  return strstr (folded, wanted) != NULL;
}

static char *
dup_day (gint64 moment)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc_usec (moment);
  g_autoptr (GDateTime) local = g_date_time_to_local (utc);

  return g_date_time_format (local, "%Y-%m-%d");
}

static gboolean
is_within (const TorgField *field, const TorgValue *value, const char *bound, gboolean high)
{
  TorgTextHints hints = { .decimal = TORG_DECIMAL_POINT };
  g_auto (TorgValue) parsed = TORG_VALUE_INIT;
  gint64 order;

  if (*bound == '\0')
    return TRUE;
  if (torg_value_is_null (value))
    return FALSE;
  if (field->kind == TORG_KIND_DATE)
    order = strcmp (value->text, bound);
  else if (field->kind == TORG_KIND_MOMENT || field->kind == TORG_KIND_ZONED)
    {
      g_autofree char *day = dup_day (value->number);

      order = strcmp (day, bound);
    }
  else if (field->kind == TORG_KIND_NUMBER)
    {
      gint64 number = 0;

      g_assert_true (torg_number_parse (bound, TORG_DECIMAL_POINT, &number, NULL));
      order = value->number - number;
    }
  else
    {
      g_assert_true (torg_field_parse (field, bound, &hints, &parsed, NULL));
      if (!g_str_equal (parsed.currency, value->currency))
        return FALSE;
      order = value->number - parsed.number;
    }
  return high ? order <= 0 : order >= 0;
}

static gboolean
passes (World *self, TorgRecord *record, const TorgPath *path, const TorgFilter *filter)
{
  g_autoptr (TorgRecord) kept = NULL;
  const TorgValue *value = look_up (self, record, path, &kept);

  switch (filter->op)
    {
      case TORG_FILTER_IS:
        return holds_any (path->field, value, filter->values);
      case TORG_FILTER_IS_NOT:
        return !holds_any (path->field, value, filter->values);
      case TORG_FILTER_HAS:
        return has_part (path->field, value, filter->values[0]);
      case TORG_FILTER_BETWEEN:
        return is_within (path->field, value, filter->values[0], FALSE) &&
               is_within (path->field, value, filter->values[1], TRUE);
      case TORG_FILTER_EMPTY:
        return torg_value_is_null (value);
      case TORG_FILTER_FILLED:
        return !torg_value_is_null (value);
      case TORG_FILTER_PERIOD:
      default:
        g_assert_not_reached ();
    }
}

/* A value that some record has, as a filter writes it; NULL where a few have none. */
static char *
pick_text (World *self, const TorgPath *path)
{
  for (guint i = 0; i < 30; i++)
    {
      TorgRecord *record = g_ptr_array_index (self->records, g_test_rand_int_range (0, (int) self->records->len));
      g_autoptr (TorgRecord) kept = NULL;
      const TorgValue *value = look_up (self, record, path, &kept);

      if (torg_value_is_null (value))
        continue;
      if (path->field->kind == TORG_KIND_MOMENT || path->field->kind == TORG_KIND_ZONED)
        return dup_day (value->number);
      if (path->field->kind == TORG_KIND_SET || path->field->kind == TORG_KIND_EMAIL)
        {
          g_auto (GStrv) items = torg_value_dup_items (value);

          return g_strdup (items[0]);
        }
      if (path->field->kind == TORG_KIND_PHONE)
        {
          g_autoptr (GPtrArray) phones = torg_phone_from_json (value->text, NULL);
          const TorgPhone *phone = phones != NULL ? g_ptr_array_index (phones, 0) : NULL;

          return g_strdup (phone != NULL && phone->e164 != NULL ? phone->e164 + 1 : NULL);
        }
      return torg_field_to_plain (path->field, value, NULL);
    }
  return NULL;
}

static char *
dup_part (const char *text)
{
  glong            length = g_utf8_strlen (text, -1);
  glong            from = g_test_rand_int_range (0, (int) length);
  glong            to = g_test_rand_int_range ((int) from + 1, (int) length + 1);
  g_autofree char *part = g_utf8_substring (text, from, to);

  return g_test_rand_bit () ? g_utf8_strup (part, -1) : g_strdup (part);
}

static TorgFilter *
make_filter (World *self, const TorgPath *path)
{
  TorgFilterOp     op = (TorgFilterOp) g_test_rand_int_range (0, TORG_FILTER_N_OPS);
  g_autofree char *text = torg_path_dup_text (path);
  g_autofree char *one = pick_text (self, path), *two = pick_text (self, path);
  g_autofree char *part = NULL;
  const char      *values[3] = { NULL };

  if (!torg_filter_takes (path->field, op) || op == TORG_FILTER_PERIOD)
    return NULL;
  if (op != TORG_FILTER_EMPTY && op != TORG_FILTER_FILLED && (one == NULL || *one == '\0'))
    return NULL;
  if (op == TORG_FILTER_IS || op == TORG_FILTER_IS_NOT)
    {
      values[0] = one;
      values[1] = g_test_rand_bit () ? two : NULL;
    }
  else if (op == TORG_FILTER_HAS)
    values[0] = part = path->field->kind == TORG_KIND_PHONE ? g_strdup (one + 2) : dup_part (one);
  else if (op == TORG_FILTER_BETWEEN)
    {
      guint which = (guint) g_test_rand_int_range (0, 3);

      values[0] = which == 1 ? "" : one;
      values[1] = which == 0 ? "" : two;
      if (values[1] == NULL || (*values[0] == '\0' && *values[1] == '\0'))
        return NULL;
    }
  return torg_filter_new (text, op, values);
}

static void
check_filter (World *self, const TorgPath *path, const TorgFilter *filter)
{
  g_autoptr (TorgQuery) query = torg_query_new (self->type->info->name);
  g_autoptr (GHashTable) found = g_hash_table_new (g_int64_hash, g_int64_equal);
  g_autoptr (GArray) rowids = NULL;
  g_autoptr (GError) error = NULL;
  guint n = 0;

  torg_filter_add_to (filter, &self->sense, query, &error);
  g_assert_no_error (error);
  rowids = torg_store_list_rowids (self->store, query, 0, NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < rowids->len; i++)
    g_hash_table_add (found, &g_array_index (rowids, gint64, i));
  for (guint i = 0; i < self->records->len; i++)
    {
      TorgRecord *record = g_ptr_array_index (self->records, i);
      gint64      rowid = torg_record_get_rowid (record);
      gboolean    expected = passes (self, record, path, filter);

      n += expected ? 1 : 0;
      if (g_hash_table_contains (found, &rowid) != expected)
        g_error ("%s %u “%s” “%s”: SQL says %d", filter->path, filter->op,
                 filter->values[0] != NULL ? filter->values[0] : "",
                 filter->values[0] != NULL && filter->values[1] != NULL ? filter->values[1] : "", !expected);
    }
  g_assert_cmpuint (n, ==, rowids->len);
}

static void
check_type (TorgStore *store, const char *name, guint rounds)
{
  TorgSchema *schema = torg_store_get_schema (store);
  g_autoptr (TorgQuery) all = torg_query_new (name);
  g_autoptr (GPtrArray) records = torg_store_list (store, all, 0, NULL, NULL);
  World self = {
    store, { schema, torg_store_get_user (store), TEST_NOW, NULL }, torg_schema_find (schema, name), records
  };
  g_autoptr (GArray) paths = torg_path_list (schema, self.type);
  guint n = 0;

  g_assert_cmpuint (records->len, >, 50);
  for (guint i = 0; i < paths->len * rounds; i++)
    {
      const TorgPath *path = &g_array_index (paths, TorgPath, i % paths->len);
      g_autoptr (TorgFilter) filter = make_filter (&self, path);

      if (filter == NULL)
        continue;
      check_filter (&self, path, filter);
      n++;
    }
  g_test_message ("%s: %u filters over %u records", name, n, records->len);
  g_assert_cmpuint (n, >, paths->len);
}

static void
test_every_field (void)
{
  g_autofree char *dir = g_dir_make_tmp ("torg-test-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (dir, "replica.db", NULL);
  g_autoptr (TorgEnv) env = torg_env_new_seeded (1, TEST_NOW, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (TorgStore) store = NULL;
  guint rounds = test_is_long () ? 100 : 8;

  torg_demo_make (path, 3000, 1, "ru", TEST_NOW, NULL, &error);
  g_assert_no_error (error);
  store = torg_store_open (env, path, TORG_STORE_NONE, &error);
  g_assert_no_error (error);
  check_type (store, "deal", rounds);
  check_type (store, "lead", rounds);
  check_type (store, "company", rounds);
  check_type (store, "person", rounds);
  torg_store_close (store, NULL);
  test_remove_dir (dir);
}

/* An edit of the company brings the deals of a filter by its region; the counters of such a filter are counted. */
static void
test_through (void)
{
  g_autoptr (TestStore) test = test_store_new (3);
  g_autofree char *stage = test_stage (test->store, "deals", "open", 0);
  g_autofree char *pipeline = test_get (test->store, "stage", stage, "pipeline");
  g_autofree char *company =
    test_create (test->store, "company", "name", "Ромашка", "region", "Тверская область", NULL);
  g_autofree char *with = test_create (test->store, "deal", "title", "А", "pipeline", pipeline, "stage", stage,
                                       "amount", "1000", "company", company, NULL);
  g_autofree char *without =
    test_create (test->store, "deal", "title", "Б", "pipeline", pipeline, "stage", stage, NULL);
  TorgFilterSense sense = { torg_store_get_schema (test->store), NULL, TEST_NOW, NULL };
  const char     *region[] = { "москва", NULL };
  g_autoptr (TorgFilter) filter = torg_filter_new ("company.region", TORG_FILTER_HAS, region);
  g_autoptr (TorgFilter) empty = torg_filter_new ("company.region", TORG_FILTER_EMPTY, NULL);
  g_autoptr (TorgQuery) query = torg_query_new ("deal");
  g_autoptr (TorgQuery) nothing = torg_query_new ("deal");
  g_autoptr (GPtrArray) counters = NULL;
  gint64 n = -1;

  g_assert_true (torg_filter_add_to (filter, &sense, query, NULL));
  g_assert_true (torg_filter_add_to (empty, &sense, nothing, NULL));
  g_assert_true (torg_query_is_through (query, sense.schema, "company"));
  g_assert_false (torg_query_is_through (query, sense.schema, "person"));
  g_assert_true (torg_store_count (test->store, query, NULL, &n, NULL));
  g_assert_cmpint (n, ==, 0);
  g_assert_true (torg_store_count (test->store, nothing, NULL, &n, NULL));
  g_assert_cmpint (n, ==, 1);
  test_patch (test->store, "company", company, "region", "Москва");
  g_assert_true (torg_store_count (test->store, query, NULL, &n, NULL));
  g_assert_cmpint (n, ==, 1);
  counters = torg_store_list_counters (test->store, query, NULL, NULL);
  g_assert_cmpuint (counters->len, ==, 1);
  g_assert_cmpint (((TorgCounter *) counters->pdata[0])->sum, ==, 100000);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/filter-sql/every-field", test_every_field);
  g_test_add_func ("/filter-sql/through", test_through);
  return g_test_run ();
}
