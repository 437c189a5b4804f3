/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-links.h"
#include "torg-choose-dialog.h"
#include "torg-new-dialog.h"
#include "torg-words.h"

#include <glib/gi18n-lib.h>

#define FIRST_ROWS 4

struct _TorgLinks
{
  AdwBin parent_instance;

  AdwPreferencesGroup *group;
  GtkWidget           *add_button;
  GtkListBox          *list;

  TorgSession  *session; /* (owned) */
  TorgQuery    *query;   /* (owned) (nullable): none without a record */
  char         *type;    /* (owned): of what refers to the record */
  char         *title;   /* (owned) */
  char         *field;   /* (owned) */
  char         *id;      /* (owned) (nullable): the record */
  guint         limit;
  GtkWidget    *more;        /* (nullable): the row that shows all */
  GCancellable *cancellable; /* (owned) (nullable) */
  gboolean      loading;
  gboolean      again;
};

G_DEFINE_FINAL_TYPE (TorgLinks, torg_links, ADW_TYPE_BIN)

typedef struct
{
  TorgQuery *query; /* (owned) */
  guint      limit;
  GPtrArray *rows; /* (owned) (element-type TorgRow) */
  gint64     n;
} Request;

static void
request_free (Request *request)
{
  torg_query_unref (request->query);
  g_clear_pointer (&request->rows, g_ptr_array_unref);
  g_free (request);
}

static gpointer
read_links (TorgStore *store, gpointer data, GCancellable *cancellable, GError **error)
{
  Request *request = data;
  g_autoptr (GPtrArray) records = torg_store_list (store, request->query, request->limit, cancellable, error);

  if (records == NULL || !torg_store_count (store, request->query, cancellable, &request->n, error))
    return NULL;
  request->rows = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < records->len; i++)
    g_ptr_array_add (request->rows, torg_store_make_row (store, g_ptr_array_index (records, i)));
  return request;
}

static void reload (TorgLinks *self);

/* A contact of a deal is the person that it refers to, with a part to play. */
static gboolean
is_contact (TorgLinks *self)
{
  return g_str_equal (self->type, "deal_contact");
}

/* --- contacts of a deal ------------------------------------------------------------------------------------------- */

static TorgRow *
get_row (GtkWidget *widget)
{
  return g_object_get_data (G_OBJECT (gtk_widget_get_ancestor (widget, GTK_TYPE_LIST_BOX_ROW)), "torg-row");
}

typedef struct
{
  TorgLinks *self; /* (owned) */
  char      *id;   /* (owned): a contact of a deal */
} Choice;

static void
choice_free (gpointer data, GClosure *closure)
{
  Choice *choice = data;

  g_object_unref (choice->self);
  g_free (choice->id);
  g_free (choice);
}

static void
role_chosen_cb (AdwDialog *dialog, const char *id, const char *title, gpointer data)
{
  Choice          *choice = data;
  g_autofree char *label = g_strdup_printf (_ ("Role of a contact: “%s”"), title != NULL ? title : _ ("Nothing"));
  g_autoptr (TorgEdit) edit = torg_edit_new (label);
  g_auto (TorgValue) value = TORG_VALUE_INIT;

  if (id != NULL)
    value = torg_value_text (id);
  torg_edit_set (edit, "deal_contact", choice->id, "role", &value);
  torg_session_apply (choice->self->session, edit);
}

static void
role_cb (TorgLinks *self, GtkWidget *button)
{
  TorgRecord      *record = torg_row_get_record (get_row (button));
  const TorgField *field = torg_type_find_field (torg_record_get_kind (record), "role");
  AdwDialog       *dialog = torg_choose_dialog_new_for_field (self->session, field, self->type);
  Choice          *choice = g_new0 (Choice, 1);

  choice->self = g_object_ref (self);
  choice->id = g_strdup (torg_record_get_id (record));
  g_signal_connect_data (dialog, "chosen", G_CALLBACK (role_chosen_cb), choice, choice_free, G_CONNECT_DEFAULT);
  adw_dialog_present (dialog, GTK_WIDGET (self));
}

static void
remove_cb (TorgLinks *self, GtkWidget *button)
{
  TorgRow         *row = get_row (button);
  const char      *name = torg_row_get_ref_title (row, "person");
  g_autofree char *label =
    g_strdup_printf (_ ("“%s” is no contact of the deal any more"), name != NULL ? name : _ ("No name"));
  g_autoptr (TorgEdit) edit = torg_edit_new (label);

  torg_edit_delete (edit, self->type, torg_record_get_id (torg_row_get_record (row)));
  torg_session_apply (self->session, edit);
}

static gboolean
has_contact (TorgLinks *self, const char *person)
{
  for (GtkWidget *row = gtk_widget_get_first_child (GTK_WIDGET (self->list)); row != NULL;
       row = gtk_widget_get_next_sibling (row))
    {
      TorgRow *shown = g_object_get_data (G_OBJECT (row), "torg-row");

      if (shown != NULL && g_strcmp0 (torg_record_get_text (torg_row_get_record (shown), "person"), person) == 0)
        return TRUE;
    }
  return FALSE;
}

static void
person_chosen_cb (TorgLinks *self, const char *id, const char *title)
{
  TorgSchema      *schema = torg_session_get_schema (self->session);
  g_autofree char *new_id = torg_session_make_id (self->session);
  g_autofree char *label = g_strdup_printf (_ ("“%s” is a contact of the deal"), title);
  g_autoptr (TorgRecord) record = NULL;
  g_autoptr (TorgEdit) edit = torg_edit_new (label);

  if (id == NULL || self->id == NULL || has_contact (self, id))
    return;
  record = torg_record_new (schema, torg_schema_find (schema, self->type), new_id);
  torg_record_set_text (record, self->field, self->id);
  torg_record_set_text (record, "person", id);
  torg_edit_create (edit, record);
  torg_session_apply (self->session, edit);
}

static void
add_contact (TorgLinks *self)
{
  AdwDialog *dialog = torg_choose_dialog_new (self->session, _ ("Contact of the Deal"));

  torg_choose_dialog_set_type (TORG_CHOOSE_DIALOG (dialog), "person");
  g_signal_connect_object (dialog, "chosen", G_CALLBACK (person_chosen_cb), self, G_CONNECT_SWAPPED);
  adw_dialog_present (dialog, GTK_WIDGET (self));
}

static void
add_button (TorgLinks *self, GtkWidget *row, const char *icon_name, const char *label, GCallback callback)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon_name);

  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  g_signal_connect_object (button, "clicked", callback, self, G_CONNECT_SWAPPED);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
}

/* --- the list ----------------------------------------------------------------------------------------------------- */

static gboolean
is_card (const char *type)
{
  return g_str_equal (type, "deal") || g_str_equal (type, "person") || g_str_equal (type, "company") ||
         g_str_equal (type, "legal_entity") || g_str_equal (type, "bank_account") || g_str_equal (type, "lead");
}

static void
row_activated_cb (TorgLinks *self, GtkListBoxRow *widget)
{
  TorgRow    *row = g_object_get_data (G_OBJECT (widget), "torg-row");
  const char *type = self->type;

  if (row == NULL)
    {
      self->limit = G_MAXINT;
      reload (self);
    }
  else if (is_contact (self))
    torg_session_open_record (self->session, "person", torg_record_get_text (torg_row_get_record (row), "person"), NULL,
                              GTK_INVALID_LIST_POSITION, FALSE);
  else if (is_card (type))
    torg_session_open_record (self->session, type, torg_record_get_id (torg_row_get_record (row)), NULL,
                              GTK_INVALID_LIST_POSITION, FALSE);
}

/* Fills a row, which is made when there is none; gives the one after it. */
static GtkWidget *
fill_row (TorgLinks *self, GtkWidget *widget, TorgRow *row)
{
  const char      *person = is_contact (self) ? torg_row_get_ref_title (row, "person") : NULL;
  g_autofree char *title = is_contact (self) ? g_strdup (person != NULL ? person : _ ("Not available"))
                                             : torg_words_title (torg_row_get_record (row));
  g_autofree char *details = torg_words_details (self->session, row, self->field);

  if (widget == NULL)
    {
      widget = adw_action_row_new ();
      adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (widget), FALSE);
      adw_action_row_set_title_lines (ADW_ACTION_ROW (widget), 1);
      adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (widget), 1);
      adw_action_row_add_prefix (ADW_ACTION_ROW (widget),
                                 gtk_image_new_from_icon_name (torg_words_type_icon (self->type)));
      gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (widget), TRUE);
      if (is_contact (self))
        {
          add_button (self, widget, "document-edit-symbolic", _ ("Change the Role"), G_CALLBACK (role_cb));
          add_button (self, widget, "user-trash-symbolic", _ ("Remove from the Deal"), G_CALLBACK (remove_cb));
        }
      gtk_list_box_append (self->list, widget);
    }
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (widget), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (widget), details);
  g_object_set_data_full (G_OBJECT (widget), "torg-row", g_object_ref (row), g_object_unref);
  return gtk_widget_get_next_sibling (widget);
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TorgLinks) self = data;
  g_autoptr (GError) error = NULL;
  Request         *request = torg_replica_call_finish (TORG_REPLICA (source), result, &error);
  GtkWidget       *widget;
  g_autofree char *title = NULL;

  /* Another record is shown meanwhile. */
  if (self->list == NULL || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) ||
      (request != NULL && request->query != self->query))
    {
      g_clear_pointer (&request, request_free);
      return;
    }
  self->loading = FALSE;
  if (request == NULL)
    {
      torg_session_fail (self->session, error);
      return;
    }
  if (self->more != NULL)
    gtk_list_box_remove (self->list, self->more);
  self->more = NULL;
  widget = gtk_widget_get_first_child (GTK_WIDGET (self->list));
  for (guint i = 0; i < request->rows->len; i++)
    widget = fill_row (self, widget, g_ptr_array_index (request->rows, i));
  while (widget != NULL)
    {
      GtkWidget *next = gtk_widget_get_next_sibling (widget);

      gtk_list_box_remove (self->list, widget);
      widget = next;
    }
  gtk_widget_set_opacity (GTK_WIDGET (self->list), 1);
  if (request->n > request->rows->len)
    {
      GtkWidget       *more = adw_button_row_new ();
      g_autofree char *number = g_strdup_printf ("%" G_GINT64_FORMAT, request->n);
      g_autofree char *label = g_strdup_printf (_ ("Show All (%s)"), number);

      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (more), label);
      gtk_list_box_append (self->list, more);
      self->more = more;
    }
  /* Translators: a heading and how many there are: “Deals 12” */
  title = request->n > 0
            ? g_strdup_printf ("%s  <span alpha=\"60%%\">%" G_GINT64_FORMAT "</span>", self->title, request->n)
            : g_strdup (self->title);
  adw_preferences_group_set_title (self->group, title);
  gtk_widget_set_visible (GTK_WIDGET (self->list), request->n > 0);
  gtk_widget_set_visible (GTK_WIDGET (self), request->n > 0 || gtk_widget_get_visible (self->add_button));
  request_free (request);
  if (self->again)
    reload (self);
}

static void
reload (TorgLinks *self)
{
  Request *request;

  if (self->query == NULL)
    return;
  if (self->loading)
    {
      self->again = TRUE;
      return;
    }
  request = g_new0 (Request, 1);
  request->query = torg_query_ref (self->query);
  request->limit = self->limit;
  self->loading = TRUE;
  self->again = FALSE;
  torg_replica_call_async (torg_session_get_replica (self->session), TORG_LANE_READ, read_links, request, NULL,
                           (GDestroyNotify) request_free, self->cancellable, read_cb, g_object_ref (self));
}

static void
replica_changed_cb (TorgLinks *self, GPtrArray *changes)
{
  gboolean concerned = changes == NULL;

  for (guint i = 0; changes != NULL && i < changes->len; i++)
    concerned |= g_str_equal (((TorgChange *) g_ptr_array_index (changes, i))->type->name, self->type);
  if (concerned)
    reload (self);
}

static void
add_cb (TorgLinks *self)
{
  if (is_contact (self))
    add_contact (self);
  else
    adw_dialog_present (torg_new_dialog_new (self->session, self->type, self->field, self->id), GTK_WIDGET (self));
}

static void
torg_links_dispose (GObject *object)
{
  g_cancellable_cancel (TORG_LINKS (object)->cancellable);
  adw_bin_set_child (ADW_BIN (object), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (object), TORG_TYPE_LINKS);
  G_OBJECT_CLASS (torg_links_parent_class)->dispose (object);
}

static void
torg_links_finalize (GObject *object)
{
  TorgLinks *self = TORG_LINKS (object);

  g_clear_object (&self->session);
  g_clear_object (&self->cancellable);
  g_free (self->type);
  g_clear_pointer (&self->query, torg_query_unref);
  g_free (self->title);
  g_free (self->field);
  g_free (self->id);
  G_OBJECT_CLASS (torg_links_parent_class)->finalize (object);
}

static void
torg_links_class_init (TorgLinksClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = torg_links_dispose;
  G_OBJECT_CLASS (klass)->finalize = torg_links_finalize;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/torgcrm/Torg/ui/client/torg-links.ui");
  gtk_widget_class_bind_template_child (widget_class, TorgLinks, group);
  gtk_widget_class_bind_template_child (widget_class, TorgLinks, add_button);
  gtk_widget_class_bind_template_child (widget_class, TorgLinks, list);
  gtk_widget_class_bind_template_callback (widget_class, add_cb);
  gtk_widget_class_bind_template_callback (widget_class, row_activated_cb);
}

static void
torg_links_init (TorgLinks *self)
{
  self->limit = FIRST_ROWS;
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * torg_links_new:
 * @session: the session
 * @title: what they are called here, in the user's language
 * @type: the type of the records
 * @field: their field that refers to the record
 *
 * Makes a list of what refers to a record, to be given one.
 *
 * Returns: a new list
 */
GtkWidget *
torg_links_new (TorgSession *session, const char *title, const char *type, const char *field)
{
  TorgLinks       *self = g_object_new (TORG_TYPE_LINKS, NULL);
  g_autofree char *label = g_strdup_printf (_ ("Add: %s"), title);

  self->session = g_object_ref (session);
  self->title = g_strdup (title);
  self->field = g_strdup (field);
  self->type = g_strdup (type);
  adw_preferences_group_set_title (self->group, title);
  /* A lead becomes something by being converted. */
  gtk_widget_set_visible (self->add_button, !g_str_equal (field, "parent") && !g_str_equal (type, "lead"));
  gtk_widget_set_tooltip_text (self->add_button, label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->add_button), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  g_signal_connect_object (torg_session_get_replica (session), "changed", G_CALLBACK (replica_changed_cb), self,
                           G_CONNECT_SWAPPED);
  return GTK_WIDGET (self);
}

/**
 * torg_links_set_record:
 * @id: (nullable): a record
 *
 * Lists what refers to another record.
 */
void
torg_links_set_record (TorgLinks *self, const char *id)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->query, torg_query_unref);
  g_set_str (&self->id, id);
  self->loading = FALSE;
  self->limit = FIRST_ROWS;
  gtk_widget_set_opacity (GTK_WIDGET (self->list), 0);
  if (id == NULL)
    return;
  self->cancellable = g_cancellable_new ();
  self->query = torg_query_new (self->type);
  torg_query_add_text (self->query, self->field, TORG_MATCH_IS, id);
  reload (self);
}
