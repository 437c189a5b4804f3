/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-card.h"
#include "torg-deal-look.h"
#include "torg-input.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>
#include <math.h>

#define GAP 3        /* between the lines */
#define ICON_SIZE 14 /* of the next step */
#define FACE_SIZE 20 /* of the owner's initials */
#define FACE_SCALE 0.68f

struct _TorgCard
{
  GtkWidget parent_instance;

  TorgSession  *session; /* (owned) */
  GtkListItem  *item;    /* the list's; it owns this card */
  TorgRow      *row;     /* (owned) (nullable) */
  gulong        row_handler;
  TorgDealLook *look;      /* (owned) (nullable): NULL until the row is filled */
  const char   *css_class; /* (nullable): of the tone */

  PangoLayout *layouts[6]; /* (owned) (nullable) */
  int          line_height;
};

G_DEFINE_FINAL_TYPE (TorgCard, torg_card, GTK_TYPE_WIDGET)

enum
{
  TITLE,
  AMOUNT,
  CLIENT,
  NEXT,
  STILL,
  INITIALS,
};

/* The colours of faces, readable under white letters in light and dark. */
static const GdkRGBA face_colors[] = {
  { 0.11f, 0.44f, 0.85f, 1 }, { 0.18f, 0.49f, 0.20f, 1 }, { 0.65f, 0.35f, 0.00f, 1 }, { 0.48f, 0.23f, 0.58f, 1 },
  { 0.72f, 0.16f, 0.19f, 1 }, { 0.00f, 0.47f, 0.50f, 1 }, { 0.40f, 0.30f, 0.22f, 1 }, { 0.33f, 0.36f, 0.42f, 1 },
};

static void
forget_layouts (TorgCard *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->layouts); i++)
    g_clear_object (&self->layouts[i]);
}

static struct
{
  PangoFontDescription *font; /* (owned) (nullable) */
  double                resolution;
  int                   height;
} measured;

static int
get_line_height (TorgCard *self)
{
  if (self->line_height == 0)
    {
      PangoContext               *context = gtk_widget_get_pango_context (GTK_WIDGET (self));
      const PangoFontDescription *font = pango_context_get_font_description (context);
      double                      resolution = pango_cairo_context_get_resolution (context);

      /* All cards have one font: the line is measured once for all of them. */
      if (measured.font == NULL || !pango_font_description_equal (measured.font, font) ||
          measured.resolution != resolution)
        {
          g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), "Щg");

          pango_layout_get_pixel_size (layout, NULL, &measured.height);
          g_clear_pointer (&measured.font, pango_font_description_free);
          measured.font = pango_font_description_copy (font);
          measured.resolution = resolution;
        }
      self->line_height = MAX (measured.height, ICON_SIZE + 2);
    }
  return self->line_height;
}

static PangoLayout *
ensure_layout (TorgCard *self, guint which, const char *text)
{
  PangoAttrList *attributes;

  if (self->layouts[which] != NULL)
    return self->layouts[which];
  self->layouts[which] = gtk_widget_create_pango_layout (GTK_WIDGET (self), text);
  pango_layout_set_single_paragraph_mode (self->layouts[which], TRUE);
  pango_layout_set_ellipsize (self->layouts[which], PANGO_ELLIPSIZE_END);
  attributes = pango_attr_list_new ();
  switch (which)
    {
      case TITLE:
        pango_attr_list_insert (attributes, pango_attr_weight_new (PANGO_WEIGHT_BOLD));
        break;
      case AMOUNT:
        pango_attr_list_insert (attributes, pango_attr_font_features_new ("tnum=1"));
        break;
      case INITIALS:
        pango_attr_list_insert (attributes, pango_attr_weight_new (PANGO_WEIGHT_BOLD));
        break;
      default:
        break;
    }
  pango_layout_set_attributes (self->layouts[which], attributes);
  pango_attr_list_unref (attributes);
  return self->layouts[which];
}

static void
draw_layout (GtkSnapshot *snapshot, PangoLayout *layout, float x, float y, int width, const GdkRGBA *color)
{
  float baseline;

  /* On a whole pixel the letters are sharp, and the drawn ones are found again. */
  pango_layout_set_width (layout, MAX (width, 0) * PANGO_SCALE);
  baseline = (float) pango_layout_get_baseline (layout) / PANGO_SCALE;
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (x, roundf (y + baseline) - baseline));
  gtk_snapshot_append_layout (snapshot, layout, color);
  gtk_snapshot_restore (snapshot);
}

static void
draw_placeholder (GtkSnapshot *snapshot, GdkRGBA color, int width, int line)
{
  static const float shares[] = { 0.7f, 0.5f, 0.4f };

  color.alpha *= 0.10f;
  for (guint i = 0; i < G_N_ELEMENTS (shares); i++)
    {
      GskRoundedRect bar;

      gsk_rounded_rect_init_from_rect (&bar,
                                       &GRAPHENE_RECT_INIT (0, (float) i * (float) (line + GAP) + (float) line / 4,
                                                            (float) width * shares[i], (float) line / 2),
                                       (float) line / 4);
      gtk_snapshot_push_rounded_clip (snapshot, &bar);
      gtk_snapshot_append_color (snapshot, &color, &bar.bounds);
      gtk_snapshot_pop (snapshot);
    }
}

static void
draw_icon (TorgCard *self, GtkSnapshot *snapshot, const char *name, float x, float y, const GdkRGBA *color)
{
  GtkIconTheme *theme = gtk_icon_theme_get_for_display (gtk_widget_get_display (GTK_WIDGET (self)));
  gboolean      rtl = gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL;
  g_autoptr (GtkIconPaintable) icon =
    gtk_icon_theme_lookup_icon (theme, name, NULL, ICON_SIZE, gtk_widget_get_scale_factor (GTK_WIDGET (self)),
                                rtl ? GTK_TEXT_DIR_RTL : GTK_TEXT_DIR_LTR, GTK_ICON_LOOKUP_FORCE_SYMBOLIC);

  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (x, y));
  gtk_symbolic_paintable_snapshot_symbolic (GTK_SYMBOLIC_PAINTABLE (icon), GDK_SNAPSHOT (snapshot), ICON_SIZE,
                                            ICON_SIZE, color, 1);
  gtk_snapshot_restore (snapshot);
}

static void
draw_face (TorgCard *self, GtkSnapshot *snapshot, float x, float y)
{
  static const GdkRGBA white = { 1, 1, 1, 1 };
  PangoLayout         *layout = ensure_layout (self, INITIALS, self->look->initials);
  GskRoundedRect       circle;
  int                  width, height;

  gsk_rounded_rect_init_from_rect (&circle, &GRAPHENE_RECT_INIT (x, y, FACE_SIZE, FACE_SIZE), FACE_SIZE / 2.f);
  gtk_snapshot_push_rounded_clip (snapshot, &circle);
  gtk_snapshot_append_color (snapshot, &face_colors[self->look->hue % G_N_ELEMENTS (face_colors)], &circle.bounds);
  gtk_snapshot_pop (snapshot);
  pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_NONE);
  pango_layout_set_width (layout, -1);
  pango_layout_get_pixel_size (layout, &width, &height);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (x + (FACE_SIZE - (float) width * FACE_SCALE) / 2,
                                                          y + (FACE_SIZE - (float) height * FACE_SCALE) / 2));
  gtk_snapshot_scale (snapshot, FACE_SCALE, FACE_SCALE);
  gtk_snapshot_append_layout (snapshot, layout, &white);
  gtk_snapshot_restore (snapshot);
}

static int
measure_width (PangoLayout *layout)
{
  int width;

  pango_layout_set_width (layout, -1);
  pango_layout_get_pixel_size (layout, &width, NULL);
  return width;
}

#define STILL_MARGIN (ICON_SIZE + 3 + 6)

/* How long the deal has not moved, from the right; the number alone where the next step needs the room. Gives the width
 * that it takes.
 */
static int
draw_still (TorgCard *self, GtkSnapshot *snapshot, int right, int room, float y, int line)
{
  static const GdkRGBA on_light = { 0.56f, 0.33f, 0.00f, 1 }, on_dark = { 1.00f, 0.76f, 0.32f, 1 };
  AdwStyleManager     *style = adw_style_manager_get_for_display (gtk_widget_get_display (GTK_WIDGET (self)));
  const GdkRGBA       *color = adw_style_manager_get_dark (style) ? &on_dark : &on_light;
  PangoLayout         *layout = ensure_layout (self, STILL, self->look->still);
  int                  width;

  pango_layout_set_text (layout, self->look->still, -1);
  width = measure_width (layout);
  if (width + STILL_MARGIN > room)
    {
      g_autofree char *days = g_strdup_printf ("%d", self->look->still_days);

      pango_layout_set_text (layout, days, -1);
      width = measure_width (layout);
    }
  draw_icon (self, snapshot, "torg-rot-symbolic", (float) (right - width - ICON_SIZE - 3),
             y + (float) (line - ICON_SIZE) / 2, color);
  draw_layout (snapshot, layout, (float) (right - width), y, width, color);
  return width + STILL_MARGIN;
}

static void
torg_card_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  TorgCard    *self = TORG_CARD (widget);
  int          width = gtk_widget_get_width (widget);
  int          line = get_line_height (self);
  int          amount_width = 0;
  int          title_x = 0;
  int          right = width;
  int          next_width;
  float        y = 0;
  PangoLayout *layout;
  GdkRGBA      color, dim, tone;

  /* The colour of the tone is the card's own, the text has that of what is around it. */
  gtk_widget_get_color (gtk_widget_get_parent (widget), &color);
  gtk_widget_get_color (widget, &tone);
  dim = color;
  dim.alpha *= 0.62f;
  if (self->look == NULL)
    {
      draw_placeholder (snapshot, color, width, line);
      return;
    }
  if (*self->look->amount != '\0')
    {
      layout = ensure_layout (self, AMOUNT, self->look->amount);
      amount_width = MIN (measure_width (layout), width / 2);
      draw_layout (snapshot, layout, (float) (width - amount_width), y, amount_width, &color);
      amount_width += 8;
    }
  if (self->look->asked)
    {
      draw_icon (self, snapshot, "torg-clock-symbolic", 0, y + (float) (line - ICON_SIZE) / 2, &color);
      title_x = ICON_SIZE + 4;
    }
  draw_layout (snapshot, ensure_layout (self, TITLE, self->look->title), (float) title_x, y,
               width - amount_width - title_x, &color);
  y += (float) (line + GAP);
  draw_layout (snapshot, ensure_layout (self, CLIENT, self->look->client), 0, y, width, &dim);
  y += (float) (line + GAP);
  if (torg_deal_tone_css_class (self->look->tone) == NULL)
    tone = dim;
  if (*self->look->initials != '\0')
    right -= FACE_SIZE + 6;
  next_width = right - ICON_SIZE - 6;
  layout = ensure_layout (self, NEXT, self->look->next);
  if (self->look->still != NULL)
    next_width -= draw_still (self, snapshot, right, next_width - measure_width (layout), y, line);
  draw_icon (self, snapshot, self->look->icon_name, 0, y + (float) (line - ICON_SIZE) / 2, &tone);
  draw_layout (snapshot, layout, ICON_SIZE + 6, y, next_width, &tone);
  if (*self->look->initials != '\0')
    draw_face (self, snapshot, (float) (width - FACE_SIZE), y + (float) (line - FACE_SIZE) / 2);
}

static void
torg_card_measure (GtkWidget     *widget,
                   GtkOrientation orientation,
                   int            for_size,
                   int           *minimum,
                   int           *natural,
                   int           *minimum_baseline,
                   int           *natural_baseline)
{
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      *minimum = 120;
      *natural = 240;
    }
  else
    *minimum = *natural = 3 * get_line_height (TORG_CARD (widget)) + 2 * GAP;
}

static void
update_look (TorgCard *self)
{
  const char      *css_class;
  g_autofree char *description = NULL;

  g_clear_pointer (&self->look, torg_deal_look_free);
  if (self->row != NULL && torg_row_get_record (self->row) != NULL)
    self->look = torg_deal_look_new (self->session, self->row);
  css_class = self->look != NULL ? torg_deal_tone_css_class (self->look->tone) : NULL;
  if (css_class != self->css_class)
    {
      if (self->css_class != NULL)
        gtk_widget_remove_css_class (GTK_WIDGET (self), self->css_class);
      if (css_class != NULL)
        gtk_widget_add_css_class (GTK_WIDGET (self), css_class);
      self->css_class = css_class;
    }
  forget_layouts (self);
  description = self->look != NULL ? torg_deal_look_describe (self->look) : g_strdup (_ ("Loading…"));
  gtk_list_item_set_accessible_label (self->item, description);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* Somebody has asked for an approval, or given it. */
static void
lookup_changed_cb (TorgCard *self)
{
  TorgRecord *record = self->row != NULL ? torg_row_get_record (self->row) : NULL;
  gboolean    asked = record != NULL && torg_lookup_find_approval (torg_session_get_lookup (self->session),
                                                                   torg_record_get_id (record)) != NULL;

  if (self->look != NULL && self->look->asked != asked)
    update_look (self);
}

static void
torg_card_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  TorgCard *self = TORG_CARD (widget);

  GTK_WIDGET_CLASS (torg_card_parent_class)->css_changed (widget, change);
  self->line_height = 0;
  forget_layouts (self);
}

static void
torg_card_system_setting_changed (GtkWidget *widget, GtkSystemSetting setting)
{
  TorgCard *self = TORG_CARD (widget);

  GTK_WIDGET_CLASS (torg_card_parent_class)->system_setting_changed (widget, setting);
  self->line_height = 0;
  forget_layouts (self);
  gtk_widget_queue_resize (widget);
}

static void
torg_card_dispose (GObject *object)
{
  TorgCard *self = TORG_CARD (object);

  torg_card_bind (self, NULL);
  forget_layouts (self);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (torg_card_parent_class)->dispose (object);
}

static void
torg_card_class_init (TorgCardClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = torg_card_dispose;
  widget_class->snapshot = torg_card_snapshot;
  widget_class->measure = torg_card_measure;
  widget_class->css_changed = torg_card_css_changed;
  widget_class->system_setting_changed = torg_card_system_setting_changed;
  gtk_widget_class_set_css_name (widget_class, "torgcard");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);

  g_signal_new ("clicked", TORG_TYPE_CARD, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 4, G_TYPE_UINT,
                GDK_TYPE_MODIFIER_TYPE, G_TYPE_DOUBLE, G_TYPE_DOUBLE);
}

static void
torg_card_init (TorgCard *self)
{
  torg_input_add_clicks (GTK_WIDGET (self));
}

/**
 * torg_card_new:
 * @session: the session
 * @item: the item of the list that shows the card
 *
 * Makes a card that is not bound.
 *
 * Returns: a new card
 */
GtkWidget *
torg_card_new (TorgSession *session, GtkListItem *item)
{
  TorgCard *self = g_object_new (TORG_TYPE_CARD, NULL);

  self->session = g_object_ref (session);
  self->item = item;
  g_signal_connect_object (torg_session_get_lookup (session), "changed", G_CALLBACK (lookup_changed_cb), self,
                           G_CONNECT_SWAPPED);
  return GTK_WIDGET (self);
}

/**
 * torg_card_bind:
 * @row: (nullable): a row of a deal, which may be filled later
 *
 * Shows another deal.
 */
void
torg_card_bind (TorgCard *self, TorgRow *row)
{
  if (self->row != NULL)
    g_clear_signal_handler (&self->row_handler, self->row);
  g_set_object (&self->row, row);
  if (row == NULL)
    {
      g_clear_pointer (&self->look, torg_deal_look_free);
      return;
    }
  self->row_handler = g_signal_connect_swapped (row, "changed", G_CALLBACK (update_look), self);
  update_look (self);
}

/**
 * torg_card_get_row:
 *
 * Gives the deal.
 *
 * Returns: (transfer none) (nullable): the row
 */
TorgRow *
torg_card_get_row (TorgCard *self)
{
  return self->row;
}

/**
 * torg_card_get_position:
 *
 * Tells where the card stands.
 *
 * Returns: its position in the list
 */
guint
torg_card_get_position (TorgCard *self)
{
  return gtk_list_item_get_position (self->item);
}

/**
 * torg_card_get_title:
 *
 * Tells what the deal is called.
 *
 * Returns: (transfer none): its title, empty until it is known
 */
const char *
torg_card_get_title (TorgCard *self)
{
  return self->look != NULL ? self->look->title : "";
}
