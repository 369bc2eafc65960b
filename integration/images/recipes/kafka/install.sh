#!/bin/sh
# Run once, as root, in a container of the base image, after Kafka's jars were copied to /opt/kafka/libs.
set -eu
# The package links its manual there, and the base image keeps no manuals.
mkdir -p /usr/share/man/man1
apt-get --quiet=2 install --yes --no-install-recommends openjdk-21-jre-headless
mkdir -p /var/lib/kafka/data
