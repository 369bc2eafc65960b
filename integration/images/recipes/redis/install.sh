#!/bin/sh
# Run once, as root, in a container of the base image.
set -eu
apt-get --quiet=2 install --yes --no-install-recommends redis-server
mkdir -p /data
