#!/usr/bin/python3
"""A bare WebKitGTK browser for WebKitWebDriver that keeps its profile: Debian's own MiniBrowser forgets everything
when it is driven. Usage: browser.py --profile FOLDER [--lang en-GB] [--dark] [--size 1280x800]
Needs Debian's packages python3-gi and gir1.2-webkit2-4.1."""

import argparse
import os
import signal

import gi

gi.require_version("Gtk", "3.0")
gi.require_version("WebKit2", "4.1")
from gi.repository import GLib, Gtk, WebKit2  # noqa: E402

parser = argparse.ArgumentParser()
parser.add_argument("--profile", required=True)
parser.add_argument("--lang", default="en-GB")
parser.add_argument("--dark", action="store_true")
parser.add_argument("--size", default="1280x800")
# WebKitWebDriver has words of its own for the browser.
options, _ = parser.parse_known_args()
width, height = map(int, options.size.split("x"))

# What the page says is read by the tests (tests/support/webkit/browser.ts).
settings = WebKit2.Settings(enable_write_console_messages_to_stdout=True)
data = WebKit2.WebsiteDataManager(
    base_data_directory=options.profile,
    base_cache_directory=os.path.join(options.profile, "cache"),
)
context = WebKit2.WebContext(website_data_manager=data)
context.set_preferred_languages([options.lang])
context.set_automation_allowed(True)
data.get_cookie_manager().set_persistent_storage(
    os.path.join(options.profile, "cookies.sqlite"),
    WebKit2.CookiePersistentStorage.SQLITE,
)
look = Gtk.Settings.get_default().props
look.gtk_application_prefer_dark_theme = options.dark
# Pages are told that less movement is wanted.
look.gtk_enable_animations = False


def open_window(related=None):
    """A window of its own, which is what WebDriver calls a tab. `related`: the view that asked for it."""
    if related:
        view = WebKit2.WebView(is_controlled_by_automation=True, related_view=related)
        view.set_settings(settings)
    else:
        view = WebKit2.WebView(
            is_controlled_by_automation=True, web_context=context, settings=settings
        )
    window = Gtk.Window()
    window.set_default_size(width, height)
    window.add(view)
    window.show_all()
    window.present()
    view.connect("close", lambda _: window.destroy())
    view.connect("create", lambda view, _: open_window(view))
    view.connect("permission-request", lambda _, request: request.allow() or True)
    view.connect(
        "web-process-terminated", lambda _, why: print("TERMINATED", why, flush=True)
    )
    return view


def start(_, session):
    """WebDriver wants to know what it drives."""
    info = WebKit2.ApplicationInfo()
    info.set_name("Roost's tests")
    info.set_version(1, 0, 0)
    session.set_application_info(info)
    session.connect("create-web-view", lambda _: open_window())


context.connect("automation-started", start)
for number in (signal.SIGTERM, signal.SIGINT):
    GLib.unix_signal_add(GLib.PRIORITY_HIGH, number, Gtk.main_quit)
Gtk.main()
