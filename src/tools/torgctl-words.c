/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "torgctl.h"

#include "torg-field-text.h"
#include "torg-json.h"

#include <glib/gi18n-lib.h>

/* What was done, as people read it in a terminal. */

/* A value in JSON, of history, of a difference or of an edit, as people read it. */
char *
torg_ctl_say_value (TorgCtl *self, const TorgField *field, const char *json)
{
  g_auto (TorgValue) value = TORG_VALUE_INIT;
  g_autofree char *title = NULL;

  if (json == NULL)
    return g_strdup ("—");
  if (field == NULL || !torg_value_from_json_text (json, field->kind, &value))
    return g_strdup (json);
  if (field->kind == TORG_KIND_REF && value.text != NULL)
    {
      g_autofree char *target = torg_field_dup_target_type (field);

      title = torg_store_dup_title (self->store, target, value.text);
    }
  if (field->kind == TORG_KIND_SET && field->target != NULL)
    {
      g_auto (GStrv) items = torg_value_dup_items (&value);

      for (guint i = 0; items[i] != NULL; i++)
        {
          char *name = torg_store_dup_title (self->store, field->target, items[i]);

          if (name == NULL)
            continue;
          g_free (items[i]);
          items[i] = name;
        }
      return items[0] != NULL ? g_strjoinv (", ", items) : g_strdup ("—");
    }
  return torg_value_is_null (&value) ? g_strdup ("—") : torg_field_format (field, &value, title);
}

char *
torg_ctl_say_time (gint64 at)
{
  g_autoptr (GDateTime) when = g_date_time_new_from_unix_local_usec (at);

  return when != NULL ? g_date_time_format (when, "%x %H:%M") : g_strdup ("");
}

static const char *
say_op (TorgWireMutation *mutation)
{
  switch (mutation->op)
    {
      case TORG_OP_CREATE:
        return C_ ("an edit", "new");
      case TORG_OP_DELETE:
        return C_ ("an edit", "deleted");
      case TORG_OP_RESTORE:
        return C_ ("an edit", "brought back");
      case TORG_OP_COMMAND:
        if (g_strcmp0 (mutation->command, "convert") == 0)
          return C_ ("an edit", "converted");
        return g_strcmp0 (mutation->command, "merge") == 0 ? C_ ("an edit", "merged") : C_ ("an edit", "moved");
      case TORG_OP_PATCH:
      default:
        return C_ ("an edit", "changed");
    }
}

/* “City: Tver → Omsk”; what is new has nothing before the arrow. */
static void
append_change (TorgCtl *self, const TorgType *type, const char *name, JsonNode *change, GString *words)
{
  const TorgField *field = type != NULL ? torg_type_find_field (type, name) : NULL;
  JsonObject      *object = JSON_NODE_HOLDS_OBJECT (change) ? json_node_get_object (change) : NULL;
  JsonNode        *base = object != NULL ? json_object_get_member (object, "base") : NULL;
  JsonNode *new = object != NULL ? json_object_get_member (object, "new") : NULL;
  g_autofree char *before = base != NULL ? json_to_string (base, FALSE) : NULL;
  g_autofree char *after = json_to_string (new != NULL ? new : change, FALSE);
  g_autofree char *old = torg_ctl_say_value (self, field, before);
  g_autofree char *said = torg_ctl_say_value (self, field, after);

  if (words->len > 0)
    g_string_append (words, " · ");
  g_string_append_printf (words, "%s: ", field != NULL ? torg_field_get_label (field) : name);
  if (before != NULL && !g_str_equal (before, "null"))
    g_string_append_printf (words, "%s → ", old);
  g_string_append (words, said);
}

/* All that a mutation writes, but for what the program itself keeps. */
char *
torg_ctl_say_changes (TorgCtl *self, TorgWireMutation *mutation)
{
  const TorgType *type = torg_schema_find (torg_store_get_schema (self->store), mutation->type);
  GString        *words = g_string_new (NULL);
  JsonObjectIter  iter;
  const char     *name;
  JsonNode       *change;

  json_object_iter_init (&iter, json_node_get_object (mutation->fields));
  while (json_object_iter_next (&iter, &name, &change))
    {
      const TorgField *field = type != NULL ? torg_type_find_field (type, name) : NULL;

      if (field == NULL || (field->flags & TORG_FIELD_HIDDEN) == 0)
        append_change (self, type, name, change, words);
    }
  return g_string_free_and_steal (words);
}

/* A line: when, what, of which record. */
char *
torg_ctl_say_mutation (TorgCtl *self, TorgWireMutation *mutation)
{
  const TorgType  *type = torg_schema_find (torg_store_get_schema (self->store), mutation->type);
  g_autofree char *title = torg_store_dup_title (self->store, mutation->type, mutation->record);
  g_autofree char *at = torg_ctl_say_time (mutation->edited_at);
  g_autofree char *changes = torg_ctl_say_changes (self, mutation);

  return g_strdup_printf ("%s  %s %s (%s)%s%s", at, type != NULL ? torg_type_get_label (type) : mutation->type,
                          title != NULL ? title : mutation->record, say_op (mutation), *changes != '\0' ? "  " : "",
                          changes);
}
