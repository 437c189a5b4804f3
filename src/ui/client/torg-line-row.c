/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-line-row.h"
#include "torg-lazy-menu.h"
#include "torg-money.h"
#include "torg-value-text.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>

/* What is typed: the entries of a line. */
typedef struct
{
  GtkEntry        *entry;
  const TorgField *field;
  char            *shown; /* (owned) (nullable): the value as it is written; another text is being typed */
} Cell;

enum
{
  CELL_NAME,
  CELL_QUANTITY,
  CELL_PRICE,
  CELL_DISCOUNT,
  N_CELLS
};

static const char *const cell_fields[N_CELLS] = { "name", "quantity", "price", "discount" };

struct _TorgLineRow
{
  GtkListBoxRow parent_instance;

  GtkBox        *line;
  GtkWidget     *handle;
  GtkEntry      *name;
  GtkEntry      *quantity;
  GtkButton     *unit;
  GtkEntry      *price;
  GtkEntry      *discount;
  GtkButton     *vat;
  GtkLabel      *sum;
  GtkMenuButton *menu;
  GMenuModel    *line_menu;
  GtkLabel      *message;

  TorgSession *session; /* (owned) */
  TorgRow     *row;     /* (owned) (nullable) */
  char         currency[4];
  Cell         cells[N_CELLS];
  char        *trouble; /* (owned) (nullable): why the line cannot be worked out */
  gboolean     vat_is_valid;
  gboolean     vat_fits;
  gboolean     narrow;
  guint        place;
};

G_DEFINE_FINAL_TYPE (TorgLineRow, torg_line_row, GTK_TYPE_LIST_BOX_ROW)

enum
{
  SIGNAL_EDITED,
  SIGNAL_CHOOSE,
  SIGNAL_STEP,
  SIGNAL_MOVE,
  SIGNAL_DROP,
  SIGNAL_OPEN,
  SIGNAL_REMOVE,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static const TorgValue *
get_value (TorgLineRow *self, const Cell *cell)
{
  return torg_record_nth (torg_row_get_record (self->row), cell->field->index);
}

/* --- showing ------------------------------------------------------------------------------------------------------ */

static char *
write_value (const Cell *cell, const TorgValue *value)
{
  g_autofree char *text = torg_value_text_edit (cell->field, value);

  return *text != '\0' && g_str_equal (cell->field->name, "discount") ? g_strconcat (text, "\302\240%", NULL)
                                                                      : g_steal_pointer (&text);
}

/* What is being typed stays. */
static void
show_value (Cell *cell, const TorgValue *value)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (cell->entry));
  gboolean    typed = cell->shown != NULL && g_strcmp0 (text, cell->shown) != 0;

  g_free (cell->shown);
  cell->shown = write_value (cell, value);
  /* Where it is the same, what is selected stays so. */
  if (!typed && g_strcmp0 (text, cell->shown) != 0)
    gtk_editable_set_text (GTK_EDITABLE (cell->entry), cell->shown);
}

static void
set_message (TorgLineRow *self, Cell *cell, const char *message)
{
  const char *text = message != NULL ? message : self->trouble;

  for (guint i = 0; i < N_CELLS; i++)
    if (message != NULL && cell == &self->cells[i])
      gtk_widget_add_css_class (GTK_WIDGET (self->cells[i].entry), "error");
    else if (message == NULL && (cell == NULL || cell == &self->cells[i]))
      gtk_widget_remove_css_class (GTK_WIDGET (self->cells[i].entry), "error");
  gtk_label_set_label (self->message, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (self->message), text != NULL);
}

static void
label_cell (GtkWidget *widget, const char *label, const char *title)
{
  g_autofree char *text = g_strdup_printf ("%s: %s", label, title);

  gtk_widget_set_tooltip_text (widget, label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
}

static void
update_choices (TorgLineRow *self)
{
  const char      *unit = torg_row_get_ref_title (self->row, "unit");
  const char      *rate = torg_row_get_ref_title (self->row, "vat_rate");
  g_autofree char *title = torg_line_row_dup_title (self);
  g_autofree char *unit_label = g_strdup_printf ("%s: %s", _ ("Unit"), unit != NULL ? unit : _ ("empty"));
  g_autofree char *vat_label = g_strdup_printf ("%s: %s", _ ("VAT"), rate != NULL ? rate : _ ("empty"));
  /* Translators: the rate of VAT of a line where there is no heading above it, such as VAT 22 % */
  g_autofree char *named = rate != NULL ? g_strdup_printf (_ ("VAT %s"), rate) : NULL;

  gtk_button_set_label (self->unit, unit != NULL ? unit : "—");
  gtk_button_set_label (self->vat, rate == NULL ? "—" : self->narrow && g_ascii_isdigit (*rate) ? named : rate);
  /* A button is named by what stands in it, unless it is told otherwise. */
  gtk_accessible_reset_relation (GTK_ACCESSIBLE (self->unit), GTK_ACCESSIBLE_RELATION_LABELLED_BY);
  gtk_accessible_reset_relation (GTK_ACCESSIBLE (self->vat), GTK_ACCESSIBLE_RELATION_LABELLED_BY);
  label_cell (GTK_WIDGET (self->unit), unit_label, title);
  label_cell (GTK_WIDGET (self->vat), vat_label, title);
  if (self->vat_is_valid && self->vat_fits)
    gtk_widget_remove_css_class (GTK_WIDGET (self->vat), "warning");
  else
    {
      gtk_widget_add_css_class (GTK_WIDGET (self->vat), "warning");
      gtk_widget_set_tooltip_text (GTK_WIDGET (self->vat),
                                   self->vat_fits
                                     ? _ ("This rate is not in force when the goods are shipped. Choose another one.")
                                     : _ ("Our legal entity of this deal does not pay VAT. Choose “No VAT”."));
    }
}

/* --- editing ------------------------------------------------------------------------------------------------------ */

static gboolean
parse (TorgLineRow *self, const Cell *cell, const char *text, TorgValue *value, GError **error)
{
  g_autofree char *stripped = g_strstrip (g_strdup (text));
  gint64           amount;

  if (cell->field->kind == TORG_KIND_MONEY && *stripped != '\0')
    return torg_money_parse (stripped, self->currency, TORG_DECIMAL_AUTO, value, error) &&
           torg_field_validate (cell->field, value, error);
  if (!torg_value_text_parse (self->session, cell->field, stripped, value, error))
    return FALSE;
  return !g_str_equal (cell->field->name, "discount") || torg_value_is_null (value) ||
         torg_line_amount (0, 0, value->number, &amount, error);
}

static gboolean
accept (TorgLineRow *self, Cell *cell)
{
  g_auto (TorgValue) value = TORG_VALUE_INIT;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = g_strdup (gtk_editable_get_text (GTK_EDITABLE (cell->entry)));

  if (self->row == NULL || g_strcmp0 (text, cell->shown) == 0)
    return TRUE;
  if (!parse (self, cell, text, &value, &error))
    {
      set_message (self, cell, error->message);
      return FALSE;
    }
  set_message (self, cell, NULL);
  g_clear_pointer (&cell->shown, g_free);
  show_value (cell, &value);
  if (!torg_value_equal (&value, get_value (self, cell)))
    g_signal_emit (self, signals[SIGNAL_EDITED], 0, cell->field->name, &value);
  return TRUE;
}

static Cell *
find_cell (TorgLineRow *self, GtkWidget *widget)
{
  for (guint i = 0; i < N_CELLS; i++)
    if (GTK_WIDGET (self->cells[i].entry) == widget ||
        gtk_widget_is_ancestor (widget, GTK_WIDGET (self->cells[i].entry)))
      return &self->cells[i];
  return NULL;
}

static void
activate_cb (TorgLineRow *self, GtkEntry *entry)
{
  Cell *cell = find_cell (self, GTK_WIDGET (entry));

  if (accept (self, cell))
    gtk_editable_select_region (GTK_EDITABLE (entry), 0, -1);
}

static void
focus_left_cb (TorgLineRow *self, GtkEventController *controller)
{
  Cell *cell = find_cell (self, gtk_event_controller_get_widget (controller));

  accept (self, cell);
  gtk_editable_select_region (GTK_EDITABLE (cell->entry), 0, 0);
}

static gboolean
key_pressed_cb (TorgLineRow           *self,
                guint                  keyval,
                guint                  keycode,
                GdkModifierType        state,
                GtkEventControllerKey *controller)
{
  Cell *cell = find_cell (self, gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (controller)));

  if ((state & gtk_accelerator_get_default_mod_mask ()) != 0)
    return GDK_EVENT_PROPAGATE;
  if (keyval == GDK_KEY_Escape && g_strcmp0 (gtk_editable_get_text (GTK_EDITABLE (cell->entry)), cell->shown) != 0)
    {
      gtk_editable_set_text (GTK_EDITABLE (cell->entry), cell->shown);
      set_message (self, cell, NULL);
      return GDK_EVENT_STOP;
    }
  if (keyval != GDK_KEY_Up && keyval != GDK_KEY_Down)
    return GDK_EVENT_PROPAGATE;
  g_signal_emit (self, signals[SIGNAL_STEP], 0, cell->field->name, keyval == GDK_KEY_Up ? -1 : 1);
  return GDK_EVENT_STOP;
}

static void
unit_cb (TorgLineRow *self)
{
  g_signal_emit (self, signals[SIGNAL_CHOOSE], 0, "unit");
}

static void
vat_cb (TorgLineRow *self)
{
  g_signal_emit (self, signals[SIGNAL_CHOOSE], 0, "vat_rate");
}

static void
line_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TorgLineRow *self = TORG_LINE_ROW (widget);

  torg_line_row_leave (self);
  if (g_str_equal (name, "line.product"))
    g_signal_emit (self, signals[SIGNAL_CHOOSE], 0, "product");
  else if (g_str_equal (name, "line.open"))
    g_signal_emit (self, signals[SIGNAL_OPEN], 0);
  else if (g_str_equal (name, "line.remove"))
    g_signal_emit (self, signals[SIGNAL_REMOVE], 0);
  else
    g_signal_emit (self, signals[SIGNAL_MOVE], 0, g_str_equal (name, "line.up") ? -1 : 1);
}

/* --- dragging ----------------------------------------------------------------------------------------------------- */

static GdkContentProvider *
drag_prepare_cb (TorgLineRow *self)
{
  return gdk_content_provider_new_typed (TORG_TYPE_LINE_ROW, self);
}

static void
drag_begin_cb (TorgLineRow *self, GdkDrag *drag, GtkDragSource *source)
{
  g_autoptr (GdkPaintable) picture = gtk_widget_paintable_new (GTK_WIDGET (self));

  gtk_drag_source_set_icon (source, picture, 0, 0);
}

static gboolean
drop_cb (TorgLineRow *self, const GValue *value)
{
  TorgLineRow *dragged = g_value_get_object (value);

  /* Only within one list. */
  if (dragged == NULL || dragged == self ||
      gtk_widget_get_parent (GTK_WIDGET (dragged)) != gtk_widget_get_parent (GTK_WIDGET (self)))
    return FALSE;
  g_signal_emit (self, signals[SIGNAL_DROP], 0, dragged);
  return TRUE;
}

/* --- the widget --------------------------------------------------------------------------------------------------- */

static void
torg_line_row_dispose (GObject *object)
{
  TorgLineRow *self = TORG_LINE_ROW (object);

  g_clear_object (&self->row);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (self), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (object), TORG_TYPE_LINE_ROW);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (torg_line_row_parent_class)->dispose (object);
}

static void
torg_line_row_finalize (GObject *object)
{
  TorgLineRow *self = TORG_LINE_ROW (object);

  for (guint i = 0; i < N_CELLS; i++)
    g_free (self->cells[i].shown);
  g_free (self->trouble);
  G_OBJECT_CLASS (torg_line_row_parent_class)->finalize (object);
}

static void
torg_line_row_class_init (TorgLineRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = torg_line_row_dispose;
  G_OBJECT_CLASS (klass)->finalize = torg_line_row_finalize;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/torgcrm/Torg/ui/client/torg-line-row.ui");
  gtk_widget_class_bind_template_child (widget_class, TorgLineRow, line);
  gtk_widget_class_bind_template_child (widget_class, TorgLineRow, handle);
  gtk_widget_class_bind_template_child (widget_class, TorgLineRow, name);
  gtk_widget_class_bind_template_child (widget_class, TorgLineRow, quantity);
  gtk_widget_class_bind_template_child (widget_class, TorgLineRow, unit);
  gtk_widget_class_bind_template_child (widget_class, TorgLineRow, price);
  gtk_widget_class_bind_template_child (widget_class, TorgLineRow, discount);
  gtk_widget_class_bind_template_child (widget_class, TorgLineRow, vat);
  gtk_widget_class_bind_template_child (widget_class, TorgLineRow, sum);
  gtk_widget_class_bind_template_child (widget_class, TorgLineRow, menu);
  gtk_widget_class_bind_template_child (widget_class, TorgLineRow, line_menu);
  gtk_widget_class_bind_template_child (widget_class, TorgLineRow, message);
  gtk_widget_class_bind_template_callback (widget_class, unit_cb);
  gtk_widget_class_bind_template_callback (widget_class, vat_cb);

  gtk_widget_class_install_action (widget_class, "line.up", NULL, line_action);
  gtk_widget_class_install_action (widget_class, "line.down", NULL, line_action);
  gtk_widget_class_install_action (widget_class, "line.product", NULL, line_action);
  gtk_widget_class_install_action (widget_class, "line.open", NULL, line_action);
  gtk_widget_class_install_action (widget_class, "line.remove", NULL, line_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Up, GDK_ALT_MASK | GDK_SHIFT_MASK, "line.up", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Down, GDK_ALT_MASK | GDK_SHIFT_MASK, "line.down", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Delete, GDK_ALT_MASK, "line.remove", NULL);

  signals[SIGNAL_EDITED] = g_signal_new ("edited", TORG_TYPE_LINE_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_POINTER);
  signals[SIGNAL_CHOOSE] =
    g_signal_new ("choose", TORG_TYPE_LINE_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SIGNAL_STEP] = g_signal_new ("step", TORG_TYPE_LINE_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                       2, G_TYPE_STRING, G_TYPE_INT);
  signals[SIGNAL_MOVE] =
    g_signal_new ("move", TORG_TYPE_LINE_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT);
  signals[SIGNAL_DROP] = g_signal_new ("drop", TORG_TYPE_LINE_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                       1, TORG_TYPE_LINE_ROW);
  signals[SIGNAL_OPEN] =
    g_signal_new ("open", TORG_TYPE_LINE_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_REMOVE] =
    g_signal_new ("remove", TORG_TYPE_LINE_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
watch_entry (TorgLineRow *self, GtkEntry *entry)
{
  GtkEventController *focus = gtk_event_controller_focus_new ();
  GtkEventController *keys = gtk_event_controller_key_new ();

  g_signal_connect_object (focus, "leave", G_CALLBACK (focus_left_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (entry), focus);
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_object (keys, "key-pressed", G_CALLBACK (key_pressed_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (entry), keys);
  g_signal_connect_object (entry, "activate", G_CALLBACK (activate_cb), self, G_CONNECT_SWAPPED);
}

static void
torg_line_row_init (TorgLineRow *self)
{
  GtkDragSource *source = gtk_drag_source_new ();
  GtkDropTarget *target = gtk_drop_target_new (TORG_TYPE_LINE_ROW, GDK_ACTION_MOVE);

  gtk_widget_init_template (GTK_WIDGET (self));
  self->cells[CELL_NAME].entry = self->name;
  self->cells[CELL_QUANTITY].entry = self->quantity;
  self->cells[CELL_PRICE].entry = self->price;
  self->cells[CELL_DISCOUNT].entry = self->discount;
  for (guint i = 0; i < N_CELLS; i++)
    watch_entry (self, self->cells[i].entry);
  torg_lazy_menu_set (self->menu, self->line_menu);

  gtk_drag_source_set_actions (source, GDK_ACTION_MOVE);
  g_signal_connect_object (source, "prepare", G_CALLBACK (drag_prepare_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (source, "drag-begin", G_CALLBACK (drag_begin_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (self->handle, GTK_EVENT_CONTROLLER (source));
  g_signal_connect_object (target, "drop", G_CALLBACK (drop_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (target));
}

/**
 * torg_line_row_new:
 * @session: the session
 * @columns: (array fixed-size=7): what keeps each TorgLineColumn as wide in all rows
 *
 * Makes a row, to be given a line.
 *
 * Returns: a new row
 */
GtkWidget *
torg_line_row_new (TorgSession *session, GtkSizeGroup **columns)
{
  TorgLineRow    *self = g_object_new (TORG_TYPE_LINE_ROW, NULL);
  const TorgType *type = torg_schema_find (torg_session_get_schema (session), "deal_line");
  GtkWidget      *widgets[TORG_LINE_N_COLUMNS] = {
    GTK_WIDGET (self->quantity), GTK_WIDGET (self->unit), GTK_WIDGET (self->price), GTK_WIDGET (self->discount),
    GTK_WIDGET (self->vat),      GTK_WIDGET (self->sum),  GTK_WIDGET (self->menu),
  };

  self->session = g_object_ref (session);
  for (guint i = 0; i < N_CELLS; i++)
    self->cells[i].field = torg_type_find_field (type, cell_fields[i]);
  for (guint i = 0; i < TORG_LINE_N_COLUMNS; i++)
    gtk_size_group_add_widget (columns[i], widgets[i]);
  return GTK_WIDGET (self);
}

/**
 * torg_line_row_set_line:
 * @line: a line
 * @currency: that of a price typed without one, where the line has no price yet
 *
 * Shows a line; what is being typed stays.
 */
void
torg_line_row_set_line (TorgLineRow *self, TorgDealLine *line, const char *currency)
{
  TorgRecord      *record = torg_row_get_record (line->row);
  const TorgValue *price = torg_record_get (record, "price");
  const char      *product = torg_row_get_ref_title (line->row, "product");
  g_autofree char *title = NULL;
  g_autofree char *sum = NULL;
  gboolean         had_trouble = self->trouble != NULL;

  g_set_object (&self->row, line->row);
  g_set_str (&self->trouble, line->trouble);
  self->vat_is_valid = line->vat_is_valid;
  self->vat_fits = line->vat_fits;
  g_strlcpy (self->currency, torg_value_is_null (price) ? currency : price->currency, sizeof self->currency);
  title = torg_line_row_dup_title (self);
  gtk_entry_set_placeholder_text (self->name, product != NULL ? product : _ ("Name"));
  for (guint i = 0; i < N_CELLS; i++)
    {
      Cell *cell = &self->cells[i];

      show_value (cell, get_value (self, cell));
      label_cell (GTK_WIDGET (cell->entry), torg_field_get_label (cell->field), title);
    }
  update_choices (self);
  label_cell (GTK_WIDGET (self->menu), _ ("Menu"), title);
  sum = line->sum.is_counted ? torg_money_format (line->sum.amount, line->sum.currency, TORG_NUMBER_STYLE_LOCALE)
                             : g_strdup ("—");
  gtk_label_set_label (self->sum, sum);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "line.open", torg_record_get_text (record, "product") != NULL);
  if (self->trouble != NULL || had_trouble)
    set_message (self, NULL, NULL);
}

/**
 * torg_line_row_set_place:
 * @place: which line of the deal it is, from 0
 * @n_lines: how many there are
 *
 * Says where the row stands.
 */
void
torg_line_row_set_place (TorgLineRow *self, guint place, guint n_lines)
{
  self->place = place;
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "line.up", place > 0);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "line.down", place + 1 < n_lines);
}

/**
 * torg_line_row_get_place:
 *
 * Tells where the row stands.
 *
 * Returns: which line of the deal it is, from 0
 */
guint
torg_line_row_get_place (TorgLineRow *self)
{
  return self->place;
}

/**
 * torg_line_row_set_narrow:
 * @narrow: whether there is no room for a table
 *
 * Puts the name above the rest, or beside it.
 */
void
torg_line_row_set_narrow (TorgLineRow *self, gboolean narrow)
{
  self->narrow = narrow;
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self->line),
                                  narrow ? GTK_ORIENTATION_VERTICAL : GTK_ORIENTATION_HORIZONTAL);
  /* There are no headings then. */
  gtk_entry_set_placeholder_text (self->quantity, narrow ? C_ ("column", "Qty") : NULL);
  gtk_entry_set_placeholder_text (self->price, narrow ? _ ("Price") : NULL);
  gtk_entry_set_placeholder_text (self->discount, narrow ? _ ("Discount") : NULL);
  if (self->row != NULL)
    update_choices (self);
}

/**
 * torg_line_row_get_id:
 *
 * Tells which line it is.
 *
 * Returns: (transfer none): the id of a `deal_line`
 */
const char *
torg_line_row_get_id (TorgLineRow *self)
{
  return torg_record_get_id (torg_row_get_record (self->row));
}

/**
 * torg_line_row_get_record:
 *
 * Gives the line.
 *
 * Returns: (transfer none): a `deal_line`
 */
TorgRecord *
torg_line_row_get_record (TorgLineRow *self)
{
  return torg_row_get_record (self->row);
}

/**
 * torg_line_row_dup_title:
 *
 * Says what is sold: the line's own name, or the product's.
 *
 * Returns: (transfer full): text
 */
char *
torg_line_row_dup_title (TorgLineRow *self)
{
  const char *name = torg_record_get_text (torg_row_get_record (self->row), "name");

  if (name == NULL)
    name = torg_row_get_ref_title (self->row, "product");
  return g_strdup (name != NULL ? name : _ ("Product"));
}

/**
 * torg_line_row_focus:
 * @field: the name of a field that is typed
 *
 * Goes to a field of the line.
 */
void
torg_line_row_focus (TorgLineRow *self, const char *field)
{
  for (guint i = 0; i < N_CELLS; i++)
    if (g_str_equal (cell_fields[i], field))
      gtk_widget_grab_focus (GTK_WIDGET (self->cells[i].entry));
}

/**
 * torg_line_row_leave:
 *
 * Ends what is being typed: what can be saved is.
 */
void
torg_line_row_leave (TorgLineRow *self)
{
  for (guint i = 0; i < N_CELLS; i++)
    accept (self, &self->cells[i]);
}

/**
 * torg_line_row_fail:
 * @field: the name of the field that was edited
 * @message: why it could not be saved
 *
 * Says that an edit was not saved; what was typed stays to be corrected.
 */
void
torg_line_row_fail (TorgLineRow *self, const char *field, const char *message)
{
  for (guint i = 0; i < N_CELLS && self->row != NULL; i++)
    if (g_str_equal (cell_fields[i], field))
      {
        g_free (self->cells[i].shown);
        self->cells[i].shown = write_value (&self->cells[i], get_value (self, &self->cells[i]));
        set_message (self, &self->cells[i], message);
      }
}
