"""The command line: running the service, feeding it, looking into it, and acting in it.

Modules here import lightly at their top and heavily inside of commands, so that help and a start
come at once.
"""
