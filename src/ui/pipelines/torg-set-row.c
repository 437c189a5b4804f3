/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "torg-set-row.h"

struct _TorgSetRow
{
  AdwExpanderRow parent_instance;

  GPtrArray *switches; /* (owned) (element-type AdwSwitchRow): belong to the row */
  GPtrArray *keys;     /* (owned) (element-type utf8): what they stand for */
  char      *none;     /* (owned) (nullable): what it means that nothing is chosen */
  char      *titles;   /* (owned) (nullable): what the switches were made of */
  gboolean   filling;
};

G_DEFINE_FINAL_TYPE (TorgSetRow, torg_set_row, ADW_TYPE_EXPANDER_ROW)

enum
{
  SIGNAL_EDITED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* “Director, Head of sales” */
static void
update (TorgSetRow *self)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < self->switches->len; i++)
    if (adw_switch_row_get_active (self->switches->pdata[i]))
      g_string_append_printf (text, "%s%s", text->len > 0 ? ", " : "",
                              adw_preferences_row_get_title (self->switches->pdata[i]));
  adw_expander_row_set_subtitle (ADW_EXPANDER_ROW (self), text->len > 0 ? text->str : self->none);
}

static void
switched_cb (TorgSetRow *self)
{
  update (self);
  if (!self->filling)
    g_signal_emit (self, signals[SIGNAL_EDITED], 0);
}

static void
torg_set_row_finalize (GObject *object)
{
  TorgSetRow *self = TORG_SET_ROW (object);

  g_ptr_array_unref (self->switches);
  g_ptr_array_unref (self->keys);
  g_free (self->none);
  g_free (self->titles);
  G_OBJECT_CLASS (torg_set_row_parent_class)->finalize (object);
}

static void
torg_set_row_class_init (TorgSetRowClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = torg_set_row_finalize;

  signals[SIGNAL_EDITED] =
    g_signal_new ("edited", TORG_TYPE_SET_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
torg_set_row_init (TorgSetRow *self)
{
  self->switches = g_ptr_array_new ();
  self->keys = g_ptr_array_new_with_free_func (g_free);
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (self), FALSE);
}

static void
make_switches (TorgSetRow *self, GPtrArray *keys, GPtrArray *titles)
{
  for (guint i = 0; i < self->switches->len; i++)
    adw_expander_row_remove (ADW_EXPANDER_ROW (self), self->switches->pdata[i]);
  g_ptr_array_set_size (self->switches, 0);
  g_ptr_array_set_size (self->keys, 0);
  for (guint i = 0; i < keys->len; i++)
    {
      GtkWidget *row = adw_switch_row_new ();

      adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), titles->pdata[i]);
      g_signal_connect_object (row, "notify::active", G_CALLBACK (switched_cb), self, G_CONNECT_SWAPPED);
      adw_expander_row_add_row (ADW_EXPANDER_ROW (self), row);
      g_ptr_array_add (self->switches, row);
      g_ptr_array_add (self->keys, g_strdup (keys->pdata[i]));
    }
}

/**
 * torg_set_row_set_choices:
 * @keys: (element-type utf8): what can be in the set
 * @titles: (element-type utf8): what each is called
 * @none: what it means that nothing is chosen
 * @value: what is in the set
 *
 * Shows a set. The switches stay where they are while the choices are the same.
 */
void
torg_set_row_set_choices (TorgSetRow      *self,
                          GPtrArray       *keys,
                          GPtrArray       *titles,
                          const char      *none,
                          const TorgValue *value)
{
  g_auto (GStrv) items = torg_value_dup_items (value);
  g_autoptr (GString) all = g_string_new (NULL);

  for (guint i = 0; i < keys->len; i++)
    g_string_append_printf (all, "%s %s\n", (const char *) keys->pdata[i], (const char *) titles->pdata[i]);
  g_set_str (&self->none, none);
  self->filling = TRUE;
  if (g_set_str (&self->titles, all->str))
    make_switches (self, keys, titles);
  for (guint i = 0; i < self->switches->len; i++)
    adw_switch_row_set_active (self->switches->pdata[i],
                               g_strv_contains ((const char *const *) items, self->keys->pdata[i]));
  self->filling = FALSE;
  update (self);
}

/**
 * torg_set_row_dup_value:
 *
 * Gives what is chosen.
 *
 * Returns: (transfer full): a set; null where nothing is
 */
TorgValue
torg_set_row_dup_value (TorgSetRow *self)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) items = NULL;

  for (guint i = 0; i < self->switches->len; i++)
    if (adw_switch_row_get_active (self->switches->pdata[i]))
      g_strv_builder_add (builder, self->keys->pdata[i]);
  items = g_strv_builder_end (builder);
  return items[0] != NULL ? torg_value_from_items ((const char *const *) items, TRUE) : (TorgValue) TORG_VALUE_INIT;
}
