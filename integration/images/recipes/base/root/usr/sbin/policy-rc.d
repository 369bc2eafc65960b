#!/bin/sh
# Packages start no services while they are installed: there is nothing that could run them.
exit 101
