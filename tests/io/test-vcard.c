/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torg-vcard.h"

#include "torg-phone.h"
#include "torg-reader.h"
#include "torg-vcard-writer.h"

#include <glib/gstdio.h>
#include <string.h>

/* Cards of people, in the versions and with the habits of the programs that write them. */

static TorgTable *
read_text (const char *text)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
  g_autoptr (GError) error = NULL;
  TorgTable *table;

  g_assert_true (torg_vcard_is (bytes));
  table = torg_vcard_read (bytes, NULL, &error);
  g_assert_no_error (error);
  return table;
}

static const char *
get (TorgTable *table, guint row, const char *heading)
{
  for (guint i = 0; i < torg_table_get_width (table, 0); i++)
    if (g_str_equal (torg_table_get_text (table, 0, i), heading))
      return torg_table_get_text (table, row, i);
  g_error ("no column %s", heading);
}

static void
test_three (void)
{
  g_autoptr (TorgTable) table =
    read_text ("\xef\xbb\xbf"
               "BEGIN:VCARD\r\nVERSION:3.0\r\nN:Иванова;Мария;Петровна;;\r\n"
               "FN:Мария Иванова\r\nORG:ООО «Ромашка»;Закупки\r\nTITLE:Закупщик\r\n"
               "TEL;TYPE=CELL,VOICE:+7 921 123-45-67\r\nitem1.TEL:8 812 111-22-33\r\n"
               "TEL;TYPE=WORK;TYPE=FAX:+7 812 765-43-21\r\nEMAIL;TYPE=INTERNET:m@example.com\r\n"
               "ADR;TYPE=WORK:;оф. 5;Невский пр.\\, 1;Санкт-Петербург;;190000;Россия\r\n"
               "BDAY:1985-04-12\r\nCATEGORIES:VIP,Тендер\r\nNOTE:Первая\\nвтор\r\n ая\r\n"
               "PHOTO;ENCODING=b;TYPE=JPEG:/9j/4AAQSkZJRgABAQAAAQ\r\nEND:VCARD\r\n");

  g_assert_cmpuint (torg_table_get_n_rows (table), ==, 2);
  g_assert_cmpstr (get (table, 1, "фамилия"), ==, "Иванова");
  g_assert_cmpstr (get (table, 1, "имя"), ==, "Мария");
  g_assert_cmpstr (get (table, 1, "отчество"), ==, "Петровна");
  g_assert_cmpstr (get (table, 1, "компания"), ==, "ООО «Ромашка»");
  g_assert_cmpstr (get (table, 1, "должность"), ==, "Закупщик");
  g_assert_cmpstr (get (table, 1, "телефон"), ==, "+7 921 123-45-67, 8 812 111-22-33");
  g_assert_cmpstr (get (table, 1, "e-mail"), ==, "m@example.com");
  g_assert_cmpstr (get (table, 1, "адрес"), ==, "оф. 5, Невский пр., 1, 190000");
  g_assert_cmpstr (get (table, 1, "город"), ==, "Санкт-Петербург");
  g_assert_cmpstr (get (table, 1, "страна"), ==, "Россия");
  g_assert_cmpstr (get (table, 1, "день рождения"), ==, "1985-04-12");
  g_assert_cmpstr (get (table, 1, "теги"), ==, "VIP, Тендер");
  g_assert_nonnull (strstr (get (table, 1, "комментарий"), "+7 812 765-43-21"));
  g_assert_nonnull (strstr (get (table, 1, "комментарий"), "Первая\nвторая"));
}

/* Quoted-printable, in a charset of its own; and one whose structured name is missing. */
static void
test_two_one (void)
{
  g_autoptr (TorgTable) table = read_text (
    "BEGIN:VCARD\r\nVERSION:2.1\r\n"
    "N;CHARSET=windows-1251;ENCODING=QUOTED-PRINTABLE:=CF=E5=F2=F0=EE=E2;=C8=E2=E0=ED\r\n"
    "TEL;CELL:89211234567\r\nBDAY:19850412\r\nEND:VCARD\r\n"
    "BEGIN:VCARD\r\nVERSION:2.1\r\nFN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=D0=9E=D0=BB=D1=8C=D0=B3=D0=B0=20=\r\n"
    "=D0=9A=D0=B8=D0=BC\r\nEND:VCARD\r\n");

  g_assert_cmpuint (torg_table_get_n_rows (table), ==, 3);
  g_assert_cmpstr (get (table, 1, "фамилия"), ==, "Петров");
  g_assert_cmpstr (get (table, 1, "имя"), ==, "Иван");
  g_assert_cmpstr (get (table, 1, "день рождения"), ==, "1985-04-12");
  g_assert_cmpstr (get (table, 2, "имя"), ==, "Ольга");
  g_assert_cmpstr (get (table, 2, "фамилия"), ==, "Ким");
}

static void
test_four (void)
{
  g_autoptr (TorgTable) table = read_text ("BEGIN:VCARD\nVERSION:4.0\nFN:Simon Perreault\nN:Perreault;Simon;;;M.Sc.\n"
                                           "BDAY:--0203\nTEL;VALUE=uri;TYPE=\"work,voice\";PREF=1:tel:+1-418-656-9254\n"
                                           "EMAIL:mailto:simon@example.com\nEND:VCARD\n");

  g_assert_cmpstr (get (table, 1, "фамилия"), ==, "Perreault");
  g_assert_cmpstr (get (table, 1, "телефон"), ==, "+1-418-656-9254");
  g_assert_cmpstr (get (table, 1, "e-mail"), ==, "simon@example.com");
  g_assert_cmpstr (get (table, 1, "день рождения"), ==, "");
  g_assert_nonnull (strstr (get (table, 1, "комментарий"), "--0203"));
}

/* One within another is a part of it; one that does not end ends where the next begins. */
static void
test_borders (void)
{
  g_autoptr (TorgTable) table =
    read_text ("BEGIN:VCARD\nN:A;B\nAGENT:\nBEGIN:VCARD\nN:X;Y\nEND:VCARD\nTEL:1234567\nEND:VCARD\nnonsense\n"
               "BEGIN:VCARD\nN:C;D\nBEGIN:VCARD\nN:E;F\nEND:VCARD\nEND:VCARD\nBEGIN:VCARD\nN:G;H\n");

  g_assert_cmpuint (torg_table_get_n_rows (table), ==, 5);
  g_assert_cmpstr (get (table, 2, "фамилия"), ==, "C");
  g_assert_cmpuint (torg_table_get_line (table, 2), ==, 10);
  g_assert_cmpstr (get (table, 3, "фамилия"), ==, "E");
  g_assert_cmpstr (get (table, 4, "фамилия"), ==, "G");
}

/* What is written is read again as it was. */
static void
test_round_trip (void)
{
  g_autoptr (TorgSchema) schema = torg_schema_new ();
  g_autoptr (TorgRecord) person =
    torg_record_new (schema, torg_schema_find (schema, "person"), "019cadc6-9a80-72fd-8f9a-50d54f1ae9ce");
  g_autoptr (GPtrArray) phones = torg_phone_split ("+7 921 123-45-67 доб. 12; 8 812 111-22-33", "RU");
  g_autofree char *json = torg_phone_to_json (phones);
  g_autofree char *card = NULL;
  g_autoptr (TorgTable) table = NULL;
  g_autoptr (GError) error = NULL;

  torg_record_set_text (person, "surname", "Д’Артаньян; сын");
  torg_record_set_text (person, "name", "Шарль, старший");
  torg_record_set_text (person, "job", "Мушкетёр\\капитан");
  torg_record_set_text (person, "phones", json);
  torg_record_set_text (person, "emails", "[\"a@example.com\",\"b@example.com\"]");
  torg_record_set_text (person, "city", "Париж");
  torg_record_set_text (person, "address", "ул. Могильщиков, 1");
  torg_record_set_text (person, "birthday", "1985-04-12");
  torg_record_set_text (person, "note",
                        "Первая\nвторая, "
                        "очень длинная строка, которая в карточке занимает больше одной, а читается всё равно одной");
  card = torg_vcard_write (person, "ООО «Рота»", &error);
  g_assert_no_error (error);
  g_assert_true (g_str_has_suffix (card, "END:VCARD\r\n"));
  table = read_text (card);
  g_assert_cmpuint (torg_table_get_n_rows (table), ==, 2);
  g_assert_cmpstr (get (table, 1, "фамилия"), ==, torg_record_get_text (person, "surname"));
  g_assert_cmpstr (get (table, 1, "имя"), ==, torg_record_get_text (person, "name"));
  g_assert_cmpstr (get (table, 1, "компания"), ==, "ООО «Рота»");
  g_assert_cmpstr (get (table, 1, "должность"), ==, torg_record_get_text (person, "job"));
  g_assert_cmpstr (get (table, 1, "телефон"), ==, "+79211234567 доб. 12, +78121112233");
  g_assert_cmpstr (get (table, 1, "e-mail"), ==, "a@example.com, b@example.com");
  g_assert_cmpstr (get (table, 1, "город"), ==, "Париж");
  g_assert_cmpstr (get (table, 1, "адрес"), ==, "ул. Могильщиков, 1");
  g_assert_cmpstr (get (table, 1, "день рождения"), ==, "1985-04-12");
  g_assert_cmpstr (get (table, 1, "комментарий"), ==, torg_record_get_text (person, "note"));
}

/* Written by others: each file gives as many rows as it has cards that say anything, and text that can be shown. */
static void
test_files (void)
{
  const char      *data = g_getenv ("TORG_SHARED_DATA");
  g_autofree char *command = data != NULL ? g_build_filename (data, "vcard", NULL) : NULL;
  g_autoptr (GPtrArray) folders = g_ptr_array_new_with_free_func (g_free);
  guint n_files = 0, n_rows = 0;

  if (command == NULL || !g_file_test (command, G_FILE_TEST_IS_DIR))
    {
      g_test_skip ("../shared/data is missing");
      return;
    }
  g_ptr_array_add (folders, g_steal_pointer (&command));
  while (folders->len > 0)
    {
      g_autofree char *folder = g_ptr_array_steal_index (folders, folders->len - 1);
      g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);

      for (const char *name = g_dir_read_name (dir); name != NULL; name = g_dir_read_name (dir))
        {
          g_autofree char *path = g_build_filename (folder, name, NULL);
          g_autoptr (GError) error = NULL;
          g_autoptr (TorgTable) table = NULL;

          if (g_file_test (path, G_FILE_TEST_IS_DIR))
            {
              g_ptr_array_add (folders, g_steal_pointer (&path));
              continue;
            }
          if (!g_str_has_suffix (name, ".vcf"))
            continue;
          table = torg_read_table (path, NULL, NULL, &error);
          if (table == NULL || g_strcmp0 (torg_table_get_name (table), "vCard") != 0)
            continue;
          n_files++;
          n_rows += torg_table_get_n_rows (table) - 1;
          for (guint i = 0; i < torg_table_get_n_rows (table); i++)
            for (guint j = 0; j < torg_table_get_width (table, i); j++)
              {
                const char *text = torg_table_get_text (table, i, j);

                g_assert_true (text == NULL || g_utf8_validate (text, -1, NULL));
              }
        }
    }
  g_test_message ("%u files, %u people", n_files, n_rows);
  g_assert_cmpuint (n_files, >, 50);
  g_assert_cmpuint (n_rows, >=, n_files * 9 / 10);
}

int
main (int argc, char *argv[])
{
  /* The library warns of what broken cards have. */
  g_test_init (&argc, &argv, NULL);
  g_log_set_always_fatal (G_LOG_FATAL_MASK);
  g_test_add_func ("/vcard/three", test_three);
  g_test_add_func ("/vcard/two-one", test_two_one);
  g_test_add_func ("/vcard/four", test_four);
  g_test_add_func ("/vcard/borders", test_borders);
  g_test_add_func ("/vcard/round-trip", test_round_trip);
  g_test_add_func ("/vcard/files", test_files);
  return g_test_run ();
}
