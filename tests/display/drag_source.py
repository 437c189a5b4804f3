#!/usr/bin/env python3
"""A small window that files can be dragged out of, as out of a file manager: drag_source.py FILE…"""
import sys

import gi

gi.require_version('Gdk', '4.0')
gi.require_version('Gtk', '4.0')
from gi.repository import Gdk, Gio, GObject, Gtk


def activate(application):
    files = Gdk.FileList.new_from_list([Gio.File.new_for_path(path) for path in sys.argv[1:]])
    source = Gtk.DragSource(actions=Gdk.DragAction.COPY,
                            content=Gdk.ContentProvider.new_for_value(GObject.Value(Gdk.FileList, files)))
    label = Gtk.Label(label='files', width_request=160, height_request=120)
    label.add_controller(source)
    Gtk.Window(application=application, child=label, decorated=False, resizable=False, title='drag-source').present()


application = Gtk.Application(flags=Gio.ApplicationFlags.NON_UNIQUE)
application.connect('activate', activate)
application.run([])
