"""The portal: everything the command line can do for a reader, in a browser.

Pages are made on the server from the built-in catalogue and from finished runs; they work
without a script, offline, without an account. Nothing a reader states is kept.

- `xinyong.portal.site`: what a portal shows;
- `xinyong.portal.app`: ``create_app(site)``, the web application;
- `xinyong.portal.serve`: ``serve(...)``, on loopback unless asked otherwise.

Nothing is imported here: the modules import FastAPI.
"""
