#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Copies files, a text or, without any, a picture, and keeps them for whoever pastes, as another program does:
copy_source.py [--text TEXT | FILE…]"""
import sys

import gi

gi.require_version('Gdk', '4.0')
gi.require_version('Gtk', '4.0')
from gi.repository import Gdk, Gio, GLib, GObject, Gtk


def copy(window):
    if sys.argv[1:2] == ['--text']:
        content = GObject.Value(GObject.TYPE_STRING, sys.argv[2])
    elif sys.argv[1:]:
        content = GObject.Value(Gdk.FileList, Gdk.FileList.new_from_list([Gio.File.new_for_path(path) for path in sys.argv[1:]]))
    else:
        picture = Gdk.MemoryTexture.new(4, 4, Gdk.MemoryFormat.R8G8B8, GLib.Bytes.new(bytes([200, 30, 30] * 16)), 12)
        content = GObject.Value(Gdk.Texture, picture)
    window.get_clipboard().set_content(Gdk.ContentProvider.new_for_value(content))
    print('copied', flush=True)
    return GLib.SOURCE_REMOVE


def activate(application):
    window = Gtk.Window(application=application, decorated=False, title='copy-source')
    window.present()
    GLib.timeout_add(500, copy, window)


application = Gtk.Application(flags=Gio.ApplicationFlags.NON_UNIQUE)
application.connect('activate', activate)
application.run([])
