/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-bar-chart.h"

#include <adwaita.h>

/*
 * A picture beside a table that says the same in figures and is what the keyboard and a screen reader work with: the
 * picture itself is described in a sentence.
 */

#define ROW_HEIGHT 30
#define BAR_HEIGHT 18
#define GAP 12
#define MOST_LABEL 240

typedef struct
{
  PangoLayout *label; /* (owned) */
  PangoLayout *text;  /* (owned) */
  double       parts[TORG_BAR_MAX_PARTS];
  guint        n_parts;
  double       mark; /* below 0: none */
} Bar;

struct _TorgBarChart
{
  GtkWidget parent_instance;

  GArray *bars; /* (owned) (element-type Bar) */
};

G_DEFINE_FINAL_TYPE (TorgBarChart, torg_bar_chart, GTK_TYPE_WIDGET)

static void
bar_clear (gpointer data)
{
  Bar *bar = data;

  g_clear_object (&bar->label);
  g_clear_object (&bar->text);
}

static double
get_length (const Bar *bar)
{
  double length = 0;

  for (guint i = 0; i < bar->n_parts; i++)
    length += bar->parts[i];
  return length;
}

static double
get_most (TorgBarChart *self)
{
  double most = 0;

  for (guint i = 0; i < self->bars->len; i++)
    {
      const Bar *bar = &g_array_index (self->bars, Bar, i);

      most = MAX (most, MAX (get_length (bar), bar->mark));
    }
  return most;
}

static int
get_width (PangoLayout *layout)
{
  int width;

  pango_layout_get_pixel_size (layout, &width, NULL);
  return width;
}

static void
get_widths (TorgBarChart *self, int *label, int *text)
{
  *label = *text = 0;
  for (guint i = 0; i < self->bars->len; i++)
    {
      const Bar *bar = &g_array_index (self->bars, Bar, i);

      *label = MAX (*label, get_width (bar->label));
      *text = MAX (*text, get_width (bar->text));
    }
}

static void
torg_bar_chart_measure (GtkWidget     *widget,
                        GtkOrientation orientation,
                        int            for_size,
                        int           *minimum,
                        int           *natural,
                        int           *minimum_baseline,
                        int           *natural_baseline)
{
  TorgBarChart *self = TORG_BAR_CHART (widget);

  *minimum_baseline = *natural_baseline = -1;
  if (orientation == GTK_ORIENTATION_VERTICAL)
    {
      *minimum = *natural = (int) self->bars->len * ROW_HEIGHT;
      return;
    }
  *minimum = 240;
  *natural = 640;
}

static void
append_layout (GtkSnapshot *snapshot, PangoLayout *layout, const GdkRGBA *color, float x, float middle)
{
  int height;

  pango_layout_get_pixel_size (layout, NULL, &height);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (x, middle - (float) height / 2));
  gtk_snapshot_append_layout (snapshot, layout, color);
  gtk_snapshot_restore (snapshot);
}

/* Parts are told apart by how dark they are, which those see too who do not see colours. */
static void
append_bar (GtkSnapshot *snapshot, const Bar *bar, const GdkRGBA *accent, float x, float y, double scale)
{
  static const float alphas[TORG_BAR_MAX_PARTS] = { 1.0f, 0.7f, 0.45f, 0.25f };
  float              length = (float) (get_length (bar) * scale);
  GskRoundedRect     outline;

  if (length <= 0)
    return;
  gsk_rounded_rect_init_from_rect (&outline, &GRAPHENE_RECT_INIT (x, y, length, BAR_HEIGHT), 3);
  gtk_snapshot_push_rounded_clip (snapshot, &outline);
  for (guint i = 0; i < bar->n_parts; i++)
    {
      GdkRGBA color = *accent;
      float   width = (float) (bar->parts[i] * scale);

      color.alpha = alphas[i];
      gtk_snapshot_append_color (snapshot, &color, &GRAPHENE_RECT_INIT (x, y, width, BAR_HEIGHT));
      x += width;
    }
  gtk_snapshot_pop (snapshot);
}

static void
append_mark (GtkSnapshot *snapshot, const Bar *bar, const GdkRGBA *color, float x, float y, double scale)
{
  if (bar->mark >= 0)
    gtk_snapshot_append_color (snapshot, color,
                               &GRAPHENE_RECT_INIT (x + (float) (bar->mark * scale) - 1, y - 4, 2, BAR_HEIGHT + 8));
}

static void
torg_bar_chart_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  TorgBarChart *self = TORG_BAR_CHART (widget);
  g_autoptr (GdkRGBA) accent = adw_style_manager_get_accent_color_rgba (adw_style_manager_get_default ());
  double  most = get_most (self), scale;
  int     label, text, width = gtk_widget_get_width (widget), room;
  float   from;
  GdkRGBA color;

  gtk_widget_get_color (widget, &color);
  get_widths (self, &label, &text);
  room = MAX (width - label - text - 2 * GAP, 1);
  from = (float) (label + GAP);
  scale = most > 0 ? room / most : 0;
  for (guint i = 0; i < self->bars->len; i++)
    {
      const Bar *bar = &g_array_index (self->bars, Bar, i);
      float      top = (float) (i * ROW_HEIGHT), middle = top + (float) ROW_HEIGHT / 2;
      float      end = (float) (get_length (bar) * scale);

      append_layout (snapshot, bar->label, &color, (float) (label - get_width (bar->label)), middle);
      append_bar (snapshot, bar, accent, from, middle - (float) BAR_HEIGHT / 2, scale);
      append_mark (snapshot, bar, &color, from, middle - (float) BAR_HEIGHT / 2, scale);
      append_layout (snapshot, bar->text, &color, from + MAX (end, (float) (MAX (bar->mark, 0) * scale)) + GAP, middle);
    }
}

static void
torg_bar_chart_finalize (GObject *object)
{
  g_array_unref (TORG_BAR_CHART (object)->bars);
  G_OBJECT_CLASS (torg_bar_chart_parent_class)->finalize (object);
}

static void
torg_bar_chart_class_init (TorgBarChartClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = torg_bar_chart_finalize;
  widget_class->measure = torg_bar_chart_measure;
  widget_class->snapshot = torg_bar_chart_snapshot;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
torg_bar_chart_init (TorgBarChart *self)
{
  self->bars = g_array_new (FALSE, TRUE, sizeof (Bar));
  g_array_set_clear_func (self->bars, bar_clear);
}

/**
 * torg_bar_chart_new:
 *
 * Makes an empty picture.
 *
 * Returns: a new picture
 */
GtkWidget *
torg_bar_chart_new (void)
{
  return g_object_new (TORG_TYPE_BAR_CHART, NULL);
}

/**
 * torg_bar_chart_clear:
 *
 * Takes all bars out.
 */
void
torg_bar_chart_clear (TorgBarChart *self)
{
  g_array_set_size (self->bars, 0);
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

/**
 * torg_bar_chart_add:
 * @label: what it is about
 * @parts: (array length=n_parts): how long its parts are, none below 0
 * @n_parts: at most %TORG_BAR_MAX_PARTS
 * @mark: where it was to come to; below 0 for nothing
 * @text: what it says at its end
 *
 * Adds a bar.
 */
void
torg_bar_chart_add (TorgBarChart *self,
                    const char   *label,
                    const double *parts,
                    guint         n_parts,
                    double        mark,
                    const char   *text)
{
  Bar bar = { .n_parts = n_parts, .mark = mark };

  g_return_if_fail (n_parts <= TORG_BAR_MAX_PARTS);
  for (guint i = 0; i < n_parts; i++)
    bar.parts[i] = MAX (parts[i], 0);
  bar.label = gtk_widget_create_pango_layout (GTK_WIDGET (self), label);
  pango_layout_set_ellipsize (bar.label, PANGO_ELLIPSIZE_END);
  if (get_width (bar.label) > MOST_LABEL)
    pango_layout_set_width (bar.label, MOST_LABEL * PANGO_SCALE);
  bar.text = gtk_widget_create_pango_layout (GTK_WIDGET (self), text);
  g_array_append_val (self->bars, bar);
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

/**
 * torg_bar_chart_describe:
 * @description: a sentence
 *
 * Says what the picture shows to those who do not see it.
 */
void
torg_bar_chart_describe (TorgBarChart *self, const char *description)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, description, -1);
}
