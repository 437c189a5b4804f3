/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "torg-pane.h"

typedef struct
{
  TorgSession       *session; /* (owned) */
  AdwNavigationView *view;
  GHashTable        *kept; /* (owned): pages of the view by a name */
} TorgPanePrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (TorgPane, torg_pane, ADW_TYPE_BIN)

enum
{
  PROP_SESSION = 1,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

static void
torg_pane_constructed (GObject *object)
{
  TorgPane *self = TORG_PANE (object);

  G_OBJECT_CLASS (torg_pane_parent_class)->constructed (object);
  if (TORG_PANE_GET_CLASS (self)->ready != NULL)
    TORG_PANE_GET_CLASS (self)->ready (self);
}

static void
torg_pane_dispose (GObject *object)
{
  TorgPanePrivate *priv = torg_pane_get_instance_private (TORG_PANE (object));

  g_clear_pointer (&priv->kept, g_hash_table_unref);
  g_clear_object (&priv->session);
  G_OBJECT_CLASS (torg_pane_parent_class)->dispose (object);
}

static void
torg_pane_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  TorgPanePrivate *priv = torg_pane_get_instance_private (TORG_PANE (object));

  switch (prop_id)
    {
      case PROP_SESSION:
        g_value_set_object (value, priv->session);
        break;
      default:
        G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
torg_pane_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  TorgPanePrivate *priv = torg_pane_get_instance_private (TORG_PANE (object));

  switch (prop_id)
    {
      case PROP_SESSION:
        priv->session = g_value_dup_object (value);
        break;
      default:
        G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
torg_pane_class_init (TorgPaneClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->constructed = torg_pane_constructed;
  object_class->dispose = torg_pane_dispose;
  object_class->get_property = torg_pane_get_property;
  object_class->set_property = torg_pane_set_property;

  props[PROP_SESSION] = g_param_spec_object ("session", NULL, NULL, TORG_TYPE_SESSION,
                                             G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
torg_pane_init (TorgPane *self)
{
  TorgPanePrivate *priv = torg_pane_get_instance_private (self);

  priv->kept = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  priv->view = ADW_NAVIGATION_VIEW (adw_navigation_view_new ());
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (priv->view));
}

/**
 * torg_pane_get_session:
 *
 * Gives what the pane works with.
 *
 * Returns: (transfer none): the session
 */
TorgSession *
torg_pane_get_session (TorgPane *self)
{
  TorgPanePrivate *priv = torg_pane_get_instance_private (self);

  return priv->session;
}

/**
 * torg_pane_set_root:
 * @page: the page that is always there
 *
 * Sets the first page.
 */
void
torg_pane_set_root (TorgPane *self, AdwNavigationPage *page)
{
  TorgPanePrivate *priv = torg_pane_get_instance_private (self);

  adw_navigation_view_add (priv->view, page);
}

/**
 * torg_pane_push:
 * @page: a page
 *
 * Opens a page above the others.
 */
void
torg_pane_push (TorgPane *self, AdwNavigationPage *page)
{
  TorgPanePrivate *priv = torg_pane_get_instance_private (self);

  adw_navigation_view_push (priv->view, page);
}

/**
 * torg_pane_is_open:
 * @page: a page
 *
 * Tells whether a page is shown or lies under the one that is.
 *
 * Returns: whether it does
 */
gboolean
torg_pane_is_open (TorgPane *self, AdwNavigationPage *page)
{
  TorgPanePrivate *priv = torg_pane_get_instance_private (self);

  return gtk_widget_get_ancestor (GTK_WIDGET (page), ADW_TYPE_NAVIGATION_VIEW) == GTK_WIDGET (priv->view) &&
         (adw_navigation_view_get_visible_page (priv->view) == page ||
          adw_navigation_view_get_previous_page (priv->view, page) != NULL);
}

/**
 * torg_pane_keep_page:
 * @name: what to find it by
 * @page: a page that is not open
 *
 * Keeps a page to be pushed again and again, which is faster than to make it anew.
 */
void
torg_pane_keep_page (TorgPane *self, const char *name, AdwNavigationPage *page)
{
  TorgPanePrivate *priv = torg_pane_get_instance_private (self);

  adw_navigation_view_add (priv->view, page);
  g_hash_table_insert (priv->kept, g_strdup (name), page);
}

/**
 * torg_pane_find_page:
 * @name: the name of a page that is kept
 *
 * Finds a page that is kept.
 *
 * Returns: (transfer none) (nullable): the page
 */
AdwNavigationPage *
torg_pane_find_page (TorgPane *self, const char *name)
{
  TorgPanePrivate *priv = torg_pane_get_instance_private (self);

  return g_hash_table_lookup (priv->kept, name);
}

/**
 * torg_pane_at_root:
 *
 * Tells whether the root page is visible.
 *
 * Returns: whether it is
 */
gboolean
torg_pane_at_root (TorgPane *self)
{
  TorgPanePrivate   *priv = torg_pane_get_instance_private (self);
  AdwNavigationPage *page = adw_navigation_view_get_visible_page (priv->view);

  return page == NULL || adw_navigation_view_get_previous_page (priv->view, page) == NULL;
}

/**
 * torg_pane_go_back:
 *
 * Shows the page under the visible one, where there is one.
 */
void
torg_pane_go_back (TorgPane *self)
{
  TorgPanePrivate *priv = torg_pane_get_instance_private (self);

  adw_navigation_view_pop (priv->view);
}

/**
 * torg_pane_find:
 *
 * Begins a search in the pane.
 */
void
torg_pane_find (TorgPane *self)
{
  if (TORG_PANE_GET_CLASS (self)->find != NULL && torg_pane_at_root (self))
    TORG_PANE_GET_CLASS (self)->find (self);
}

/**
 * torg_pane_add:
 *
 * Begins a new record.
 */
void
torg_pane_add (TorgPane *self)
{
  if (TORG_PANE_GET_CLASS (self)->add != NULL && torg_pane_at_root (self))
    TORG_PANE_GET_CLASS (self)->add (self);
}

/**
 * torg_pane_focus:
 *
 * Gives the keyboard to the content of the pane.
 */
void
torg_pane_focus (TorgPane *self)
{
  TorgPanePrivate *priv = torg_pane_get_instance_private (self);
  GtkRoot         *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget       *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  if (!torg_pane_at_root (self))
    {
      if (focus == NULL || !gtk_widget_is_ancestor (focus, GTK_WIDGET (self)))
        gtk_widget_child_focus (GTK_WIDGET (adw_navigation_view_get_visible_page (priv->view)), GTK_DIR_TAB_FORWARD);
    }
  else if (TORG_PANE_GET_CLASS (self)->focus != NULL)
    TORG_PANE_GET_CLASS (self)->focus (self);
}

/**
 * torg_pane_reveal:
 * @type: the name of a type
 *
 * Shows the records of a type, where the pane has several.
 */
void
torg_pane_reveal (TorgPane *self, const char *type)
{
  if (TORG_PANE_GET_CLASS (self)->reveal != NULL)
    TORG_PANE_GET_CLASS (self)->reveal (self, type);
}
