/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-core"

#include "config.h"

#include "torg-path.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* The client of a record: what is asked about through these is offered by itself. */
static const char *const clients[] = { "company", "person" };

/* References of the company's own lie in `extra`, where no index leads from. */
static const TorgType *
find_target (TorgSchema *schema, const TorgField *via)
{
  g_autofree char *target = NULL;

  if (via == NULL || via->kind != TORG_KIND_REF || (via->flags & TORG_FIELD_CUSTOM) != 0)
    return NULL;
  target = torg_field_dup_target_type (via);
  return target != NULL ? torg_schema_find (schema, target) : NULL;
}

/**
 * torg_path_find:
 * @schema: a schema
 * @type: the type of the record that the path begins at
 * @text: a field's name, or a reference's and a field's of what it refers to with a point between
 * @path: (out caller-allocates): what was found
 *
 * Finds what a path leads to.
 *
 * Returns: whether there is such a field
 */
gboolean
torg_path_find (TorgSchema *schema, const TorgType *type, const char *text, TorgPath *path)
{
  const char      *point = strchr (text, '.');
  g_autofree char *via = NULL;

  *path = (TorgPath) { NULL, type, NULL };
  if (point != NULL)
    {
      via = g_strndup (text, (gsize) (point - text));
      path->via = torg_type_find_field (type, via);
      path->type = find_target (schema, path->via);
      text = point + 1;
    }
  path->field = path->type != NULL ? torg_type_find_field (path->type, text) : NULL;
  return path->field != NULL;
}

/**
 * torg_path_dup_text:
 *
 * Writes a path as [func@path_find] reads it.
 *
 * Returns: (transfer full): text
 */
char *
torg_path_dup_text (const TorgPath *self)
{
  return self->via != NULL ? g_strconcat (self->via->name, ".", self->field->name, NULL) : g_strdup (self->field->name);
}

static char *
lower_first (const char *text)
{
  const char      *rest = *text != '\0' ? g_utf8_next_char (text) : text;
  g_autofree char *first = g_utf8_strdown (text, rest - text);

  /* A name that is a word of capitals stays. */
  if (*rest != '\0' && g_unichar_isupper (g_utf8_get_char (rest)))
    return g_strdup (text);
  return g_strconcat (first, rest, NULL);
}

/**
 * torg_path_dup_label:
 *
 * Tells what a path is called.
 *
 * Returns: (transfer full): text in the user's language
 */
char *
torg_path_dup_label (const TorgPath *self)
{
  g_autofree char *via = NULL;

  if (self->via == NULL)
    return g_strdup (torg_field_get_label (self->field));
  via = lower_first (torg_field_get_label (self->via));
  /* Translators: a field of another record and what that is to this one, such as “Region (company)” */
  return g_strdup_printf (C_ ("field", "%s (%s)"), torg_field_get_label (self->field), via);
}

/* What the program keeps for itself is not asked about, but for when something was or is to be. */
static gboolean
is_asked_about (const TorgField *field)
{
  return field->kind != TORG_KIND_FILE && ((field->flags & TORG_FIELD_HIDDEN) == 0 || field->kind == TORG_KIND_MOMENT);
}

static void
append_fields (GArray *paths, const TorgField *via, const TorgType *type)
{
  for (guint i = 0; i < type->n_fields; i++)
    if (is_asked_about (&type->fields[i]))
      {
        TorgPath path = { via, type, &type->fields[i] };

        g_array_append_val (paths, path);
      }
}

/**
 * torg_path_list:
 * @schema: a schema
 * @type: a type
 *
 * Lists what can be asked about records of a type: their fields, then those of their client.
 *
 * Returns: (transfer full) (element-type TorgPath): the paths
 */
GArray *
torg_path_list (TorgSchema *schema, const TorgType *type)
{
  GArray *paths = g_array_new (FALSE, FALSE, sizeof (TorgPath));

  append_fields (paths, NULL, type);
  for (guint i = 0; i < G_N_ELEMENTS (clients); i++)
    {
      const TorgField *via = torg_type_find_field (type, clients[i]);
      const TorgType  *target = find_target (schema, via);

      if (target != NULL)
        append_fields (paths, via, target);
    }
  return paths;
}
