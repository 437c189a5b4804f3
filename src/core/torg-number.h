/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * TorgDecimal:
 * @TORG_DECIMAL_AUTO: decided for each text by itself
 * @TORG_DECIMAL_COMMA: `1 234,50` and `1.234,50`
 * @TORG_DECIMAL_POINT: `1,234.50`
 *
 * Which sign separates the fraction in a column of texts.
 */
typedef enum {
  TORG_DECIMAL_AUTO,
  TORG_DECIMAL_COMMA,
  TORG_DECIMAL_POINT,
} TorgDecimal;

/**
 * TorgNumberStyle:
 * @TORG_NUMBER_STYLE_LOCALE: as the locale's decimal sign says
 * @TORG_NUMBER_STYLE_RUSSIAN: groups by a no-break space, a comma, «12,4 млн»
 * @TORG_NUMBER_STYLE_ENGLISH: groups by a comma, a point, "12.4M"
 *
 * How a number is shown.
 */
typedef enum {
  TORG_NUMBER_STYLE_LOCALE,
  TORG_NUMBER_STYLE_RUSSIAN,
  TORG_NUMBER_STYLE_ENGLISH,
} TorgNumberStyle;

gboolean    torg_number_parse          (const char        *text,
                                        TorgDecimal        decimal,
                                        gint64            *number,
                                        GError           **error);
gboolean    torg_decimal_parse         (const char        *text,
                                        TorgDecimal        decimal,
                                        guint              digits,
                                        gint64            *number,
                                        GError           **error);
TorgDecimal torg_decimal_guess         (const char *const *texts,
                                        gsize              n_texts,
                                        gboolean          *ambiguous);

char       *torg_number_format         (gint64             number,
                                        TorgNumberStyle    style);
char       *torg_number_format_value   (gint64             number,
                                        TorgNumberStyle    style);
char       *torg_number_format_compact (gint64             number,
                                        TorgNumberStyle    style);
char       *torg_decimal_format        (gint64             number,
                                        guint              digits,
                                        guint              min_digits,
                                        TorgNumberStyle    style);
char       *torg_decimal_format_compact (gint64            number,
                                        guint              digits,
                                        TorgNumberStyle    style);
char       *torg_decimal_to_plain      (gint64             number,
                                        guint              digits);
TorgNumberStyle torg_number_style_resolve (TorgNumberStyle style);

G_END_DECLS
