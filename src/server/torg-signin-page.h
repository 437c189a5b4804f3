/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * TorgSigninNote:
 * @TORG_SIGNIN_NOTE_NONE: nothing
 * @TORG_SIGNIN_NOTE_WRONG: the login and the password do not fit
 * @TORG_SIGNIN_NOTE_WAIT: there were too many that did not
 * @TORG_SIGNIN_NOTE_BUSY: too many sign in at once
 * @TORG_SIGNIN_NOTE_REQUEST: whoever sent the browser here asked for something that there is not
 *
 * What a page of the sign-in has to say.
 */
typedef enum {
  TORG_SIGNIN_NOTE_NONE,
  TORG_SIGNIN_NOTE_WRONG,
  TORG_SIGNIN_NOTE_WAIT,
  TORG_SIGNIN_NOTE_BUSY,
  TORG_SIGNIN_NOTE_REQUEST,
} TorgSigninNote;

char *torg_signin_page_write (const char     *languages,
                              TorgSigninNote  note,
                              guint           seconds,
                              const char     *login);

G_END_DECLS
