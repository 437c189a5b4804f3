/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "torg-application.h"

#include <glib/gi18n-lib.h>
#include <locale.h>

int
main (int argc, char **argv)
{
  g_autoptr (TorgApplication) application = NULL;
  const char *locale_dir = g_getenv ("TEXTDOMAINDIR"); /* as gettext's own tools: for running from the build */
  int         status;

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, locale_dir != NULL ? locale_dir : TORG_LOCALE_DIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);

  application = torg_application_new ();
  status = g_application_run (G_APPLICATION (application), argc, argv);
  return status != 0 ? status : torg_application_get_status (application);
}
