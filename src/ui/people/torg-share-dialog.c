/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-share-dialog.h"
#include "torg-choose-dialog.h"
#include "torg-own-right.h"

#include <glib/gi18n-lib.h>

struct _TorgShareDialog
{
  AdwDialog parent_instance;

  GtkWidget           *add_button;
  AdwPreferencesGroup *group;
  GtkListBox          *list;

  TorgSession  *session;     /* (owned) */
  GCancellable *cancellable; /* (owned) */
  char         *type;        /* (owned) */
  char         *id;          /* (owned) */
  GPtrArray    *shares;      /* (owned) (nullable) (element-type TorgRecord): until they are read */
};

G_DEFINE_FINAL_TYPE (TorgShareDialog, torg_share_dialog, ADW_TYPE_DIALOG)

/* What a dialog reads. */
typedef struct
{
  GPtrArray *shares; /* (owned) (element-type TorgRecord) */
  gboolean   may;    /* change them */
} Sharing;

static void
sharing_free (gpointer data)
{
  Sharing *sharing = data;

  g_clear_pointer (&sharing->shares, g_ptr_array_unref);
  g_free (sharing);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Sharing, sharing_free)

/* --- rows --------------------------------------------------------------------------------------------------------- */

static void
remove_cb (TorgShareDialog *self, GtkWidget *button)
{
  const char      *id = g_object_get_data (G_OBJECT (button), "torg-id");
  const char      *name = g_object_get_data (G_OBJECT (button), "torg-name");
  g_autofree char *label = g_strdup_printf (_ ("No longer shared with %s"), name);
  g_autoptr (TorgEdit) edit = torg_edit_new (label);

  torg_edit_delete (edit, "share", id);
  torg_session_apply (self->session, edit);
  gtk_widget_grab_focus (self->add_button);
}

static GtkWidget *
create_row (TorgShareDialog *self, TorgRecord *share, gboolean may)
{
  TorgLookup      *lookup = torg_session_get_lookup (self->session);
  const char      *id = torg_record_get_text (share, "user");
  TorgRecord      *user = torg_lookup_get (lookup, id);
  const char      *department = user != NULL ? torg_record_get_text (user, "department") : NULL;
  g_autofree char *name = torg_lookup_dup_title (lookup, id);
  g_autofree char *where = department != NULL ? torg_lookup_dup_title (lookup, department) : NULL;
  GtkWidget       *row = adw_action_row_new ();

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), name);
  if (where != NULL)
    adw_action_row_set_subtitle (ADW_ACTION_ROW (row), where);
  if (may)
    {
      GtkWidget       *button = gtk_button_new_from_icon_name ("user-trash-symbolic");
      g_autofree char *label = g_strdup_printf (_ ("No longer share with %s"), name);

      gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
      gtk_widget_add_css_class (button, "flat");
      gtk_widget_set_tooltip_text (button, label);
      gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
      g_object_set_data_full (G_OBJECT (button), "torg-id", g_strdup (torg_record_get_id (share)), g_free);
      g_object_set_data_full (G_OBJECT (button), "torg-name", g_strdup (name), g_free);
      g_signal_connect_object (button, "clicked", G_CALLBACK (remove_cb), self, G_CONNECT_SWAPPED);
      adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
    }
  return row;
}

static GtkWidget *
create_nobody (void)
{
  GtkWidget *row = adw_action_row_new ();

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _ ("Shared with nobody yet"));
  gtk_widget_add_css_class (row, "dim-label");
  return row;
}

static gpointer
read_sharing (TorgStore *store, gpointer data, GCancellable *cancellable, GError **error)
{
  char **key = data;
  g_autoptr (Sharing) sharing = g_new0 (Sharing, 1);
  g_autoptr (TorgQuery) query = torg_query_new ("share");
  g_autoptr (TorgOwnRight) right = torg_own_right_new (store, "edit", error);
  g_autoptr (TorgRecord) record = right != NULL ? torg_store_get (store, key[0], key[1], error) : NULL;

  if (record == NULL)
    return NULL;
  torg_query_add_text (query, "record", TORG_MATCH_IS, key[1]);
  sharing->shares = torg_store_list (store, query, 0, cancellable, error);
  if (sharing->shares == NULL)
    return NULL;
  sharing->may = torg_own_right_allows (right, record);
  return g_steal_pointer (&sharing);
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TorgShareDialog) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (Sharing) sharing = torg_replica_call_finish (TORG_REPLICA (source), result, &error);

  if (self->list == NULL || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (sharing == NULL)
    {
      torg_session_fail (self->session, error);
      return;
    }
  g_clear_pointer (&self->shares, g_ptr_array_unref);
  self->shares = g_ptr_array_ref (sharing->shares);
  gtk_list_box_remove_all (self->list);
  for (guint i = 0; i < self->shares->len; i++)
    gtk_list_box_append (self->list, create_row (self, self->shares->pdata[i], sharing->may));
  if (self->shares->len == 0)
    gtk_list_box_append (self->list, create_nobody ());
  gtk_widget_set_visible (self->add_button, sharing->may);
  adw_preferences_group_set_description (
    self->group, sharing->may
                   ? _ ("They see the card and what hangs on it even if their roles do not show it to them. To change "
                        "it still takes the right to.")
                   : _ ("They see the card and what hangs on it even if their roles do not show it to them. It is "
                        "shared by whoever may change it."));
}

static void
look (TorgShareDialog *self)
{
  torg_replica_call_async (torg_session_get_replica (self->session), TORG_LANE_READ, read_sharing,
                           g_strdupv ((char *[]) { self->type, self->id, NULL }), (GDestroyNotify) g_strfreev,
                           sharing_free, self->cancellable, read_cb, g_object_ref (self));
}

static void
replica_changed_cb (TorgShareDialog *self, GPtrArray *changes)
{
  gboolean concerned = changes == NULL;

  for (guint i = 0; changes != NULL && i < changes->len; i++)
    {
      const TorgChange *change = g_ptr_array_index (changes, i);

      concerned |= g_str_equal (change->type->name, "share") || g_strcmp0 (change->id, self->id) == 0;
    }
  if (concerned)
    look (self);
}

/* --- with whom ---------------------------------------------------------------------------------------------------- */

static void
chosen_cb (TorgShareDialog *self, const char *user, const char *name)
{
  g_autofree char *id = torg_session_make_id (self->session);
  g_autofree char *label = g_strdup_printf (_ ("Shared with %s"), name);
  g_autoptr (TorgRecord) share = torg_record_new (
    torg_session_get_schema (self->session), torg_schema_find (torg_session_get_schema (self->session), "share"), id);
  g_autoptr (TorgEdit) edit = torg_edit_new (label);

  torg_record_set_text (share, "record_type", self->type);
  torg_record_set_text (share, "record", self->id);
  torg_record_set_text (share, "user", user);
  torg_edit_create (edit, share);
  torg_session_apply (self->session, edit);
}

static gboolean
is_in (TorgShareDialog *self, const char *user)
{
  for (guint i = 0; i < self->shares->len; i++)
    if (g_strcmp0 (torg_record_get_text (self->shares->pdata[i], "user"), user) == 0)
      return TRUE;
  return g_strcmp0 (torg_session_get_user (self->session), user) == 0;
}

/* Whoever works here, has left or sees it by a share already is not offered. */
static void
choose_cb (TorgShareDialog *self)
{
  g_autoptr (GPtrArray) users = torg_lookup_list_colleagues (torg_session_get_lookup (self->session));
  AdwDialog *dialog = torg_choose_dialog_new (self->session, _ ("Share With"));

  for (guint i = users->len; i > 0; i--)
    if (is_in (self, torg_record_get_id (users->pdata[i - 1])))
      g_ptr_array_remove_index (users, i - 1);
  torg_choose_dialog_set_records (TORG_CHOOSE_DIALOG (dialog), users);
  g_signal_connect_object (dialog, "chosen", G_CALLBACK (chosen_cb), self, G_CONNECT_SWAPPED);
  adw_dialog_present (dialog, GTK_WIDGET (self));
}

/* --- the dialog --------------------------------------------------------------------------------------------------- */

static void
torg_share_dialog_closed (AdwDialog *dialog)
{
  g_cancellable_cancel (TORG_SHARE_DIALOG (dialog)->cancellable);
}

static void
torg_share_dialog_dispose (GObject *object)
{
  TorgShareDialog *self = TORG_SHARE_DIALOG (object);

  gtk_widget_dispose_template (GTK_WIDGET (object), TORG_TYPE_SHARE_DIALOG);
  g_clear_pointer (&self->shares, g_ptr_array_unref);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (torg_share_dialog_parent_class)->dispose (object);
}

static void
torg_share_dialog_finalize (GObject *object)
{
  TorgShareDialog *self = TORG_SHARE_DIALOG (object);

  g_clear_object (&self->cancellable);
  g_free (self->type);
  g_free (self->id);
  G_OBJECT_CLASS (torg_share_dialog_parent_class)->finalize (object);
}

static void
torg_share_dialog_class_init (TorgShareDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = torg_share_dialog_dispose;
  G_OBJECT_CLASS (klass)->finalize = torg_share_dialog_finalize;
  ADW_DIALOG_CLASS (klass)->closed = torg_share_dialog_closed;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/torgcrm/Torg/ui/people/torg-share-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, TorgShareDialog, add_button);
  gtk_widget_class_bind_template_child (widget_class, TorgShareDialog, group);
  gtk_widget_class_bind_template_child (widget_class, TorgShareDialog, list);
  gtk_widget_class_bind_template_callback (widget_class, choose_cb);
}

static void
torg_share_dialog_init (TorgShareDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->cancellable = g_cancellable_new ();
}

/**
 * torg_share_dialog_takes:
 * @session: the session
 * @type: a type's name
 *
 * Tells whether records of a type can be shared: where several people work, what not everybody sees anyway.
 *
 * Returns: whether they can
 */
gboolean
torg_share_dialog_takes (TorgSession *session, const char *type)
{
  return torg_syncer_get_state (torg_session_get_syncer (session)) != TORG_SYNC_STATE_LOCAL &&
         torg_type_find_field (torg_schema_find (torg_session_get_schema (session), type), "owner") != NULL;
}

/**
 * torg_share_dialog_new:
 * @session: the session
 * @type: a type that [func@share_dialog_takes]
 * @id: a record of that type
 *
 * Makes the list of those with whom a record is shared.
 *
 * Returns: a new dialog
 */
AdwDialog *
torg_share_dialog_new (TorgSession *session, const char *type, const char *id)
{
  TorgShareDialog *self = g_object_new (TORG_TYPE_SHARE_DIALOG, NULL);

  self->session = g_object_ref (session);
  self->type = g_strdup (type);
  self->id = g_strdup (id);
  g_signal_connect_object (torg_session_get_replica (session), "changed", G_CALLBACK (replica_changed_cb), self,
                           G_CONNECT_SWAPPED);
  look (self);
  return ADW_DIALOG (self);
}
