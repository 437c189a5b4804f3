/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * TorgGender:
 * @TORG_GENDER_UNKNOWN: cannot be told
 * @TORG_GENDER_MALE: a man
 * @TORG_GENDER_FEMALE: a woman
 *
 * A person's gender, as far as a name tells it.
 */
typedef enum {
  TORG_GENDER_UNKNOWN,
  TORG_GENDER_MALE,
  TORG_GENDER_FEMALE,
} TorgGender;

/**
 * TorgPersonName:
 * @surname: (owned): may be empty
 * @name: (owned): may be empty
 * @patronymic: (owned): may be empty
 * @gender: guessed
 *
 * A person's name in its parts.
 */
typedef struct {
  char      *surname;
  char      *name;
  char      *patronymic;
  TorgGender gender;
} TorgPersonName;

char           *torg_name_make_key         (const char *name);
char           *torg_name_make_compact_key (const char *name);
gboolean        torg_name_keys_are_near    (const char *a,
                                            const char *b);
gboolean        torg_name_is_near          (const char *a,
                                            const char *b);
guint           torg_name_get_distance     (const char *a,
                                            const char *b,
                                            guint       limit);

TorgPersonName *torg_person_name_parse     (const char *text,
                                            gboolean    surname_first);
void            torg_person_name_free      (TorgPersonName *self);
TorgGender      torg_person_guess_gender   (const char *surname,
                                            const char *name,
                                            const char *patronymic);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TorgPersonName, torg_person_name_free)

G_END_DECLS
