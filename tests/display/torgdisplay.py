"""A window without a display: Xvfb, openbox and a private session bus, and helpers to drive Torg in it.

Programs are found through the build folder (argument --build, or the environment variable TORG_BUILD); every run has its own
home, so that nothing of the user's is touched.
"""
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback

TOP = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get('TORG_BUILD', TOP / '_build')).resolve()
CTL = BUILD / 'src/tools/torgctl'
APP = BUILD / 'src/app/torg'


class Failure(AssertionError):
    pass


class Session:
    """A display with its window manager and bus. Use it as a context; then `launch` the program."""

    def __init__(self, width=1280, height=800, lang='ru_RU.UTF-8', settings=None):
        self.home = pathlib.Path(tempfile.mkdtemp(prefix='torg-display-'))
        self.size = (width, height)
        self.lang = lang
        self.processes = []
        self.app = None
        self.atspi = None
        self.a11y = None  # the connection to AT-SPI's bus
        self.nodes = {}  # of the last look, by path
        self.settings = settings or {}
        self.arguments = []
        self.prefix = []  # what the program is started by

    def __enter__(self):
        home = self.home
        for name in ('run', 'config/gtk-4.0', 'data', 'cache', 'state'):
            (home / name).mkdir(parents=True)
        (home / 'run').chmod(0o700)
        (home / 'config/gtk-4.0/settings.ini').write_text(
            '[Settings]\ngtk-font-name=Cantarell 11\ngtk-enable-animations=0\ngtk-cursor-blink=0\n')
        read, write = os.pipe()
        xvfb = subprocess.Popen(['Xvfb', '-displayfd', str(write), '-screen', '0', f'{self.size[0]}x{self.size[1]}x24',
                                 '-nolisten', 'tcp'], pass_fds=[write], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(write)
        self.processes.append(xvfb)
        with os.fdopen(read) as pipe:
            display = pipe.readline().strip()
        os.environ.update({
            'DISPLAY': f':{display}', 'LANG': self.lang, 'LC_ALL': self.lang, 'LANGUAGE': self.lang.split('_')[0],
            'HOME': str(home), 'XDG_RUNTIME_DIR': str(home / 'run'), 'XDG_CONFIG_HOME': str(home / 'config'),
            'XDG_DATA_HOME': str(home / 'data'), 'XDG_CACHE_HOME': str(home / 'cache'), 'XDG_STATE_HOME': str(home / 'state'),
            'GDK_BACKEND': 'x11', 'GSK_RENDERER': 'cairo', 'GTK_A11Y': 'atspi', 'GSETTINGS_BACKEND': 'keyfile',
            'GSETTINGS_SCHEMA_DIR': str(BUILD / 'data'), 'TEXTDOMAINDIR': str(BUILD / 'po'), 'NO_AT_BRIDGE': '0',
        })
        os.environ.pop('WAYLAND_DISPLAY', None)
        bus = subprocess.Popen(['dbus-daemon', '--session', '--nofork', '--print-address=1'], stdout=subprocess.PIPE,
                               stderr=subprocess.DEVNULL, text=True)
        self.processes.append(bus)
        os.environ['DBUS_SESSION_BUS_ADDRESS'] = bus.stdout.readline().strip()
        # Keys that this window manager takes for desktops belong to the program.
        rules = re.sub(r'<keybind key="S-A-.*?</keybind>', '', pathlib.Path('/etc/xdg/openbox/rc.xml').read_text(), flags=re.S)
        (home / 'openbox.xml').write_text(rules)
        self.processes.append(subprocess.Popen(['openbox', '--config-file', str(home / 'openbox.xml')], stdout=subprocess.DEVNULL,
                                               stderr=subprocess.DEVNULL))
        self.processes.append(subprocess.Popen([sys.executable, TOP / 'tests/display/notifications.py', home / 'shown', home / 'pressed']))
        while not (home / 'shown').exists():
            time.sleep(0.02)
        import gi
        gi.require_version('Atspi', '2.0')
        from gi.repository import Atspi
        Atspi.init()
        self.atspi = Atspi
        self.write_settings()
        return self

    def __exit__(self, *_):
        if self.app and self.app.poll() is None:
            self.quit()
        for process in reversed(self.processes):
            process.terminate()
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
        shutil.rmtree(self.home, ignore_errors=True)

    # --- settings and data ---

    def write_settings(self):
        folder = self.home / 'config/glib-2.0/settings'
        folder.mkdir(parents=True, exist_ok=True)
        settings = {'window-width': self.size[0], 'window-height': self.size[1], 'window-maximized': True} | self.settings
        lines = ['[org/torgcrm/Torg]']
        for key, value in settings.items():
            shown = str(value).lower() if isinstance(value, bool) else repr(value)
            lines.append(f'{key}={shown}')
        (folder / 'keyfile').write_text('\n'.join(lines) + '\n')

    def make_demo(self, records=3000, seed=7, lang=None):
        path = self.home / 'data/torg/replica.db'
        path.parent.mkdir(parents=True, exist_ok=True)
        self.ctl('demo', '--records', str(records), '--seed', str(seed), '--lang', lang or ('ru' if self.lang.startswith('ru') else 'en'))
        return path

    def ctl(self, *arguments):
        path = self.home / 'data/torg/replica.db'
        result = subprocess.run([CTL, '--replica', path, *arguments], capture_output=True, text=True)
        if result.returncode:
            raise Failure(f'torgctl {" ".join(arguments)}: {result.stderr}')
        return result.stdout

    def json(self, *arguments):
        import json
        return json.loads(self.ctl('--json', *arguments) or 'null')

    # --- the program ---

    def launch(self, *arguments, wait=True):
        self.log = open(self.home / 'torg.log', 'a')
        self.app = subprocess.Popen([*self.prefix, APP, *arguments], stdout=self.log, stderr=self.log)
        if wait:
            self.wait(lambda: self.root() is not None, 'the window')
            self.settle()
        return self.app

    def quit(self):
        self.key('ctrl+q')
        try:
            self.app.wait(5)
        except subprocess.TimeoutExpired:
            self.app.send_signal(signal.SIGTERM)
            self.app.wait(5)
        return self.app.returncode

    def messages(self):
        """What GTK or Torg complained about."""
        text = (self.home / 'torg.log').read_text()
        return [line for line in text.splitlines() if 'WARNING' in line or 'CRITICAL' in line or 'ERROR' in line]

    # --- looking, through AT-SPI ---

    def root(self):
        desktop = self.atspi.get_desktop(0)
        for i in range(desktop.get_child_count()):
            child = desktop.get_child_at_index(i)
            if child is not None and child.get_name() in ('torg', 'Torg') and child.get_child_count() > 0:
                return child
        return None

    def frames(self):
        """The windows that show."""
        root = self.root()
        frames = [root.get_child_at_index(i) for i in range(root.get_child_count())] if root else []
        return [frame for frame in frames if frame is not None and self.is_showing(frame)]

    def walk(self, node=None, depth=0):
        """All widgets."""
        node = node or self.root()
        if node is None or depth > 60:
            return
        yield node
        try:
            count = node.get_child_count()
        except Exception:
            return
        for i in range(count):
            try:
                child = node.get_child_at_index(i)
            except Exception:
                continue
            if child is not None:
                yield from self.walk(child, depth + 1)

    def is_showing(self, node):
        return node.get_state_set().contains(self.atspi.StateType.SHOWING)

    def items(self, within=None):
        """What AT-SPI says of the widgets, in the order of `walk`: (parent, place in it, path, name, role, states).

        To ask widget after widget takes most of a test's time, so all children are asked for at once, level after level.
        """
        root = self.root()
        if root is None:
            return []
        from gi.repository import Gio, GLib
        bus = root.app.bus_name
        if self.a11y is None:
            session = Gio.bus_get_sync(Gio.BusType.SESSION)
            address = session.call_sync('org.a11y.Bus', '/org/a11y/bus', 'org.a11y.Bus', 'GetAddress', None, None, 0, -1, None)
            flags = Gio.DBusConnectionFlags
            self.a11y = Gio.DBusConnection.new_for_address_sync(
                address.unpack()[0], flags.AUTHENTICATION_CLIENT | flags.MESSAGE_BUS_CONNECTION, None, None)
        top, children, waiting = within or root, {}, []

        def ask(path):
            waiting.append(path)
            self.a11y.call(bus, path, 'org.a11y.atspi.Accessible', 'GetChildren', None, None, 0, 10000, None, answered, path)

        def answered(connection, result, path):
            waiting.remove(path)
            try:
                children[path] = [child for _, child in connection.call_finish(result).unpack()[0]]
            except GLib.Error:  # it went meanwhile
                children[path] = []
            for child in children[path]:
                if child not in children:
                    ask(child)

        ask(top.path)
        while waiting:
            GLib.MainContext.default().iteration(True)
        answer = self.a11y.call_sync(bus, '/org/a11y/atspi/cache', 'org.a11y.atspi.Cache', 'GetItems', None, None, 0, 10000, None)
        about = {item[0][1]: (item[6], item[7], item[9][0]) for item in answer.unpack()[0]}
        self.nodes = {top.path: top}
        found, open_ = [], [(top.path, enumerate(children[top.path]))]
        while open_:
            place, path = next(open_[-1][1], (None, None))
            if path is None:
                open_.pop()
            elif path in about:
                found.append((open_[-1][0], place, path, *about[path]))
                open_.append((path, enumerate(children[path])))
        return found

    def find_all(self, name=None, role=None, within=None, showing=True, contains=None):
        states = self.atspi.StateType
        hidden, parents, found = set(), {}, []
        for parent, place, path, shown, kind, state in self.items(within):
            parents[path] = (parent, place)
            if parent in hidden or showing and not state >> states.SHOWING & 1:
                hidden.add(path)
                continue
            if name is not None and shown != name or contains is not None and contains not in shown:
                continue
            if role and self.atspi.role_get_name(self.atspi.Role(kind)) != role:
                continue
            node = self.node(path, parents)
            if node is not None:
                found.append(node)
        return found

    def node(self, path, parents):
        """The widget of a path, by way of its parents."""
        if path in self.nodes:
            return self.nodes[path]
        above, place = parents[path]
        parent = self.node(above, parents)
        try:
            node = parent and parent.get_child_at_index(place)
            if node is None or node.path != path:
                children = (parent.get_child_at_index(i) for i in range(parent.get_child_count())) if parent else ()
                node = next((child for child in children if child is not None and child.path == path), None)
        except Exception:
            node = None
        self.nodes[path] = node
        return node

    def focused(self):
        """The widgets that have the focus: of each window one."""
        items = self.items()
        parents = {path: (parent, place) for parent, place, path, *_ in items}
        nodes = [self.node(path, parents) for _, _, path, _, _, state in items if state >> self.atspi.StateType.FOCUSED & 1]
        return [node for node in nodes if node is not None]

    def find(self, name=None, timeout=6, place=0, **where):
        """The one at a place among those that fit, waited for: a list may be between two of its fillings."""
        found = []

        def look():
            found[:] = self.find_all(name, **where)
            return len(found) > place

        self.wait(look, f'{name or ""} {where}', timeout)
        return found[place]

    def has(self, name=None, **where):
        return bool(self.find_all(name, **where))

    def text_of(self, node):
        return self.atspi.Text.get_text(node, 0, self.atspi.Text.get_character_count(node))

    def dump(self, within=None):
        for node in self.walk(within):
            print('#', node.get_role_name(), repr(node.get_name()), 'showing' if self.is_showing(node) else '')

    def wait(self, condition, what, timeout=10):
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            try:
                if condition():
                    return
            except Exception:
                pass
            if self.app and self.app.poll() is not None:
                raise Failure(f'Torg ended with {self.app.returncode}: {(self.home / "torg.log").read_text()[-800:]}')
            time.sleep(0.05)
        raise Failure(f'not seen within {timeout} s: {what}')

    def settle(self, seconds=0.6):
        time.sleep(seconds)

    # --- acting ---

    def xdotool(self, *arguments):
        subprocess.run(['xdotool', *[str(argument) for argument in arguments]], check=False, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)

    def key(self, *keys, pause=0.15):
        for key in keys:
            self.xdotool('key', '--clearmodifiers', key)
            time.sleep(pause)

    def type(self, text):
        """Types into what has the focus. Letters outside of ASCII go in through AT-SPI: xdotool loses some of them."""
        if not text.isascii():
            for node in self.focused():
                if node.get_editable_text_iface():
                    position = self.atspi.Text.get_caret_offset(node)
                    self.atspi.EditableText.insert_text(node, max(position, 0), text, len(text.encode()))
                    time.sleep(0.4)
                    return
        self.xdotool('type', '--delay', '70', text)
        time.sleep(0.3)

    def click(self, name=None, **where):
        node = self.find(name, **where)
        try:
            self.atspi.Action.do_action(node, 0)
        except Exception:
            self.press(node)
        time.sleep(0.3)
        return node

    def place(self, node):
        """The middle of a widget on the screen, once it stands still; windows fill the screen."""
        def look():
            return self.atspi.Component.get_extents(node, self.atspi.CoordType.WINDOW)

        def where(box):
            return box.x, box.y, box.width, box.height
        extents, until = look(), time.monotonic() + 3
        while time.monotonic() < until:
            time.sleep(0.1)
            before, extents = extents, look()
            if where(before) == where(extents):
                break
        offset = self.window_offset()
        return (extents.x + extents.width // 2 + offset[0], extents.y + extents.height // 2 + offset[1])

    def window_offset(self):
        frame = next(iter(self.frames()), self.root())
        extents = self.atspi.Component.get_extents(frame, self.atspi.CoordType.WINDOW)
        screen = subprocess.run(['xdotool', 'getactivewindow', 'getwindowgeometry', '--shell'], capture_output=True, text=True)
        place = dict(line.split('=') for line in screen.stdout.split() if '=' in line)
        return (int(place.get('X', 0)) - extents.x, int(place.get('Y', 0)) - extents.y)

    def press(self, node, button=1):
        x, y = self.place(node)
        self.xdotool('mousemove', x, y, 'sleep', '0.1', 'click', button)
        time.sleep(0.4)

    def drag(self, start, end, steps=12):
        """Drags from one point of the screen to another."""
        self.xdotool('mousemove', *start)
        time.sleep(0.2)
        self.xdotool('mousedown', 1)
        time.sleep(0.1)
        for i in range(1, steps + 1):
            self.xdotool('mousemove', start[0] + (end[0] - start[0]) * i // steps, start[1] + (end[1] - start[1]) * i // steps)
            time.sleep(0.05)
        self.xdotool('mousemove', end[0], end[1] + 1)
        time.sleep(0.3)
        self.xdotool('mouseup', 1)
        time.sleep(0.8)

    def hold(self, start, *places):
        """Drags from a point through others, each a (point, seconds to stay there)."""
        self.xdotool('mousemove', *start)
        time.sleep(0.2)
        self.xdotool('mousedown', 1)
        time.sleep(0.1)
        for end, seconds in places:
            for i in range(1, 9):
                self.xdotool('mousemove', start[0] + (end[0] - start[0]) * i // 8, start[1] + (end[1] - start[1]) * i // 8)
                time.sleep(0.05)
            stop = time.monotonic() + seconds
            while time.monotonic() < stop:
                self.xdotool('mousemove', end[0], end[1] + 1, 'sleep', '0.1', 'mousemove', *end)
            start = end
        self.xdotool('mouseup', 1)
        time.sleep(0.8)

    def drop_files(self, paths, target):
        """Drags files out of another program's window and drops them on a widget."""
        end = self.place(target)
        source = subprocess.Popen([sys.executable, TOP / 'tests/display/drag_source.py', *[str(path) for path in paths]],
                                  stderr=subprocess.DEVNULL)
        try:
            window = subprocess.run(['xdotool', 'search', '--sync', '--onlyvisible', '--name', '^drag-source$'],
                                    capture_output=True, text=True, timeout=20).stdout.split()[0]
            self.xdotool('windowmove', '--sync', window, 10, self.size[1] - 180)
            self.settle()
            self.drag((60, self.size[1] - 120), end)
        finally:
            source.terminate()
            source.wait(5)

    def bounds(self, node):
        return self.atspi.Component.get_extents(node, self.atspi.CoordType.WINDOW)

    def shot(self, path):
        path = pathlib.Path(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(['import', '-window', 'root', '-depth', '8', str(path)], check=True)
        return path


def run_one(number, test):
    options = getattr(test, 'options', {})
    if getattr(test, 'skip', None):
        print(f'ok {number} - {test.__name__} # SKIP {test.skip}', flush=True)
        return True
    try:
        with Session(**options) as session:
            getattr(test, 'prepare', Session.make_demo)(session)
            session.launch(*session.arguments)
            try:
                test(session)
            except BaseException:
                keep = BUILD / 'display-failures'
                session.shot(keep / f'{pathlib.Path(sys.argv[0]).stem}-{test.__name__}.png')
                raise
            complaints = session.messages()
            if complaints:
                raise Failure('\n'.join(complaints[:5]))
        print(f'ok {number} - {test.__name__}', flush=True)
        return True
    except Exception as error:
        print(f'not ok {number} - {test.__name__}')
        for line in (str(error) + '\n' + traceback.format_exc()).splitlines():
            print(f'# {line}')
        sys.stdout.flush()
        return False


def run(*tests):
    """Runs test functions and prints TAP. Each has a process, a display and data of its own: its `prepare`, or the demo company."""
    wanted = sys.argv[1:]
    tests = [test for test in tests if not wanted or test.__name__ in wanted]
    failed = 0
    print(f'1..{len(tests)}', flush=True)
    for number, test in enumerate(tests, 1):
        child = os.fork()
        if child == 0:
            os._exit(0 if run_one(number, test) else 1)
        failed += os.waitpid(child, 0)[1] != 0
    sys.exit(1 if failed else 0)
