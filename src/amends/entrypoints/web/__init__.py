"""Plain pages: server-rendered, usable without JavaScript, every form made from its command."""
