#!/usr/bin/env python3
"""A desktop's notification service: notes in a file what it is asked to show, a JSON object a line, and activates what
another file tells: `ID ACTION`."""
import json
import pathlib
import sys

from gi.repository import Gio, GLib

shown, pressed = (pathlib.Path(path) for path in sys.argv[1:3])
INTERFACE = Gio.DBusNodeInfo.new_for_xml('''<node><interface name="org.freedesktop.Notifications">
<method name="Notify"><arg type="s"/><arg type="u"/><arg type="s"/><arg type="s"/><arg type="s"/><arg type="as"/>
<arg type="a{sv}"/><arg type="i"/><arg type="u" direction="out"/></method>
<method name="CloseNotification"><arg type="u"/></method>
<method name="GetCapabilities"><arg type="as" direction="out"/></method>
<method name="GetServerInformation"><arg type="s" direction="out"/><arg type="s" direction="out"/>
<arg type="s" direction="out"/><arg type="s" direction="out"/></method>
<signal name="ActionInvoked"><arg type="u"/><arg type="s"/></signal>
<signal name="NotificationClosed"><arg type="u"/><arg type="u"/></signal>
</interface></node>''').interfaces[0]
PATH = '/org/freedesktop/Notifications'
last = 0


def write(**what):
    with shown.open('a') as log:
        log.write(json.dumps(what, ensure_ascii=False) + '\n')


def call(connection, sender, path, interface, method, arguments, invocation):
    global last
    if method == 'Notify':
        _, replaces, _, summary, body, actions, _, _ = arguments.unpack()
        last = replaces or last + 1
        write(id=last, title=summary, body=body, actions=actions)
        invocation.return_value(GLib.Variant('(u)', (last,)))
    elif method == 'CloseNotification':
        write(closed=arguments.unpack()[0])
        invocation.return_value(None)
    elif method == 'GetCapabilities':
        invocation.return_value(GLib.Variant('(as)', (['actions', 'body'],)))
    else:
        invocation.return_value(GLib.Variant('(ssss)', ('test', 'test', '1', '1.2')))


def look(connection):
    if pressed.exists():
        number, action = pressed.read_text().split(None, 1)
        pressed.unlink()
        connection.emit_signal(None, PATH, INTERFACE.name, 'ActionInvoked', GLib.Variant('(us)', (int(number), action)))
    return True


bus = Gio.bus_get_sync(Gio.BusType.SESSION)
bus.register_object(PATH, INTERFACE, call, None, None)
Gio.bus_own_name_on_connection(bus, INTERFACE.name, 0, None, None)
GLib.timeout_add(50, look, bus)
shown.touch()
GLib.MainLoop().run()
