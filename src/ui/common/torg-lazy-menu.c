/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "torg-lazy-menu.h"

static void
create_cb (GtkMenuButton *button, gpointer model)
{
  if (gtk_menu_button_get_menu_model (button) == NULL)
    gtk_menu_button_set_menu_model (button, model);
}

/**
 * torg_lazy_menu_set:
 * @button: a button
 * @model: its menu
 *
 * Gives a button a menu whose widgets, some fifty, are made when it is opened first and not at the start.
 */
void
torg_lazy_menu_set (GtkMenuButton *button, GMenuModel *model)
{
  if (gtk_menu_button_get_menu_model (button) != NULL)
    gtk_menu_button_set_menu_model (button, model);
  gtk_menu_button_set_create_popup_func (button, create_cb, g_object_ref (model), g_object_unref);
}
