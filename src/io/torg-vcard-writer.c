/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-io"

#include "config.h"

#include "torg-vcard-writer.h"

#include <glib/gi18n-lib.h>
#include <gmodule.h>
#include <libebook-contacts/libebook-contacts.h>

#include "torg-error.h"
#include "torg-phone.h"

/* A person as a card (vCard 3.0), which every phone and address book reads. */
#define VCARD_LIBRARY "libebook-contacts-1.2.so.4"

typedef struct
{
  EVCard *(*new) (void);
  EVCardAttribute *(*attribute_new) (const char *group, const char *name);
  void (*add_value) (EVCardAttribute *attribute, const char *value);
  void (*append) (EVCard *card, EVCardAttribute *attribute);
  char *(*to_string) (EVCard *card, EVCardFormat format);
} WriterLibrary;

/* Called once. */
static gpointer
load_library (gpointer data)
{
  static WriterLibrary library;
  GModule             *module = g_module_open (VCARD_LIBRARY, G_MODULE_BIND_LAZY | G_MODULE_BIND_LOCAL);

  if (module == NULL || !g_module_symbol (module, "e_vcard_new", (gpointer *) &library.new) ||
      !g_module_symbol (module, "e_vcard_attribute_new", (gpointer *) &library.attribute_new) ||
      !g_module_symbol (module, "e_vcard_attribute_add_value", (gpointer *) &library.add_value) ||
      !g_module_symbol (module, "e_vcard_append_attribute", (gpointer *) &library.append) ||
      !g_module_symbol (module, "e_vcard_to_string", (gpointer *) &library.to_string))
    return NULL;
  g_module_make_resident (module);
  return &library;
}

static const WriterLibrary *
get_library (void)
{
  static GOnce once = G_ONCE_INIT;

  return g_once (&once, load_library, NULL);
}

/* A property with its parts; none where all of them are empty. */
static void
append (const WriterLibrary *library, EVCard *card, const char *name, const char *const *parts, guint n_parts)
{
  EVCardAttribute *attribute;
  gboolean         any = FALSE;

  for (guint i = 0; i < n_parts; i++)
    any |= parts[i] != NULL && *parts[i] != '\0';
  if (!any)
    return;
  attribute = library->attribute_new (NULL, name);
  for (guint i = 0; i < n_parts; i++)
    library->add_value (attribute, parts[i] != NULL ? parts[i] : "");
  library->append (card, attribute);
}

static void
append_text (const WriterLibrary *library, EVCard *card, const char *name, const char *text)
{
  append (library, card, name, &text, 1);
}

static void
append_phones (const WriterLibrary *library, EVCard *card, const TorgValue *value)
{
  g_autoptr (GPtrArray) phones =
    !torg_value_is_null (value) ? torg_phone_from_json (torg_value_get_text (value), NULL) : NULL;

  for (guint i = 0; phones != NULL && i < phones->len; i++)
    {
      const TorgPhone *phone = g_ptr_array_index (phones, i);
      const char      *number = *phone->e164 != '\0' ? phone->e164 : phone->raw;
      /* Telephones dial what stands behind the comma after a pause. */
      g_autofree char *text = *phone->ext != '\0' ? g_strconcat (number, ",", phone->ext, NULL) : g_strdup (number);

      append_text (library, card, "TEL", text);
    }
}

/**
 * torg_vcard_write:
 * @person: a `person`
 * @company: (nullable): what the person's company is called
 * @error: return location
 *
 * Writes a person as a card. It may be put behind others into one file.
 *
 * Source: RFC 2426.
 *
 * Returns: (transfer full) (nullable): a card with its last line end
 */
char *
torg_vcard_write (TorgRecord *person, const char *company, GError **error)
{
  const WriterLibrary *library = get_library ();
  const char          *name[] = { torg_record_get_text (person, "surname"), torg_record_get_text (person, "name"),
                                  torg_record_get_text (person, "patronymic"), NULL, NULL };
  const char          *address[] = { NULL,
                                     NULL,
                                     torg_record_get_text (person, "address"),
                                     torg_record_get_text (person, "city"),
                                     torg_record_get_text (person, "region"),
                                     NULL,
                                     torg_record_get_text (person, "country") };
  const TorgValue     *emails = torg_record_get (person, "emails");
  g_autofree char     *title = torg_record_dup_title (person);
  g_autofree char     *text = NULL;
  g_auto (GStrv) items = torg_value_is_null (emails) ? NULL : torg_value_dup_items (emails);
  g_autoptr (EVCard) card = NULL;

  if (library == NULL)
    {
      g_set_error_literal (error, TORG_ERROR, TORG_ERROR_UNSUPPORTED,
                           _ ("Cards cannot be written here: libebook-contacts is missing. Install it."));
      return NULL;
    }
  card = library->new ();
  append_text (library, card, "FN", title);
  append (library, card, "N", name, G_N_ELEMENTS (name));
  append_text (library, card, "ORG", company);
  append_text (library, card, "TITLE", torg_record_get_text (person, "job"));
  append_phones (library, card, torg_record_get (person, "phones"));
  for (guint i = 0; items != NULL && items[i] != NULL; i++)
    append_text (library, card, "EMAIL", items[i]);
  append (library, card, "ADR", address, G_N_ELEMENTS (address));
  append_text (library, card, "BDAY", torg_record_get_text (person, "birthday"));
  append_text (library, card, "NOTE", torg_record_get_text (person, "note"));
  text = library->to_string (card, EVC_FORMAT_VCARD_30);
  return g_strconcat (text, g_str_has_suffix (text, "\n") ? NULL : "\r\n", NULL);
}
