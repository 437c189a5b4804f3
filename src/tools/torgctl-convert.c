/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torgctl"

#include "config.h"

#include "torg-convert.h"
#include "torgctl.h"

#include <glib/gi18n.h>

/* The command that converts a lead. */

static gboolean
choose (TorgCtl *self, TorgConvert *convert, TorgConversionPart part, const char *what, GError **error)
{
  g_autoptr (TorgRecord) record = NULL;

  if (what == NULL)
    return TRUE;
  if (g_str_equal (what, "new"))
    torg_convert_choose (convert, part, TORG_CONVERT_NEW, NULL);
  else if (g_str_equal (what, "none"))
    torg_convert_choose (convert, part, TORG_CONVERT_NONE, NULL);
  else
    {
      record = torg_store_get (self->store, torg_conversion_get_type (part), what, error);
      if (record == NULL)
        return FALSE;
      torg_convert_choose (convert, part, TORG_CONVERT_JOIN, what);
    }
  return TRUE;
}

static void
print_json (TorgConvert *convert)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  JsonObject *object = json_object_new ();

  json_node_take_object (node, object);
  for (guint i = 0; i < TORG_CONVERSION_N_PARTS; i++)
    if (torg_convert_get_result (convert, i) != NULL)
      json_object_set_string_member (object, torg_conversion_get_type (i), torg_convert_get_result (convert, i));
  torg_ctl_print_json (node);
}

static void
print_parts (TorgConvert *convert)
{
  for (guint i = 0; i < TORG_CONVERSION_N_PARTS; i++)
    if (torg_convert_get_result (convert, i) != NULL)
      g_print ("%s  %s  %s\n", torg_convert_get_result (convert, i), torg_conversion_get_type (i),
               torg_convert_get_way (convert, i) == TORG_CONVERT_JOIN ? C_ ("conversion", "was there")
                                                                      : C_ ("conversion", "made"));
}

int
torg_ctl_convert (TorgCtl *self, int argc, char **argv, GError **error)
{
  g_autofree char *company = NULL, *person = NULL, *title = NULL;
  gboolean         no_deal = FALSE;
  g_autoptr (TorgConvert) convert = NULL;
  g_autoptr (TorgEdit) edit = NULL;
  GOptionEntry entries[] = {
    { "company", 0, 0, G_OPTION_ARG_STRING, &company, NULL, NULL },
    { "person", 0, 0, G_OPTION_ARG_STRING, &person, NULL, NULL },
    { "no-deal", 0, 0, G_OPTION_ARG_NONE, &no_deal, NULL, NULL },
    { "title", 0, 0, G_OPTION_ARG_STRING, &title, NULL, NULL },
    G_OPTION_ENTRY_NULL,
  };

  if (!torg_ctl_parse (&argc, &argv, entries, error) || argc != 2)
    return TORG_CTL_USAGE;
  if (!torg_ctl_open (self, TRUE, error))
    return TORG_CTL_FAILED;
  convert = torg_convert_new (self->store, argv[1], error);
  if (convert == NULL || !choose (self, convert, TORG_CONVERSION_COMPANY, company, error) ||
      !choose (self, convert, TORG_CONVERSION_PERSON, person, error))
    return TORG_CTL_FAILED;
  if (no_deal)
    torg_convert_choose (convert, TORG_CONVERSION_DEAL, TORG_CONVERT_NONE, NULL);
  if (title != NULL)
    torg_record_set_text (torg_convert_get_made (convert, TORG_CONVERSION_DEAL), "title", title);
  edit = torg_convert_make_edit (convert, error);
  if (edit == NULL || !torg_store_apply (self->store, edit, NULL, error))
    return TORG_CTL_FAILED;
  if (self->json)
    print_json (convert);
  else
    print_parts (convert);
  return TORG_CTL_OK;
}
