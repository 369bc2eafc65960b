#!/bin/sh
# Run once, as root, in a container of the base image.
set -eu
apt-get --quiet=2 install --yes --no-install-recommends rabbitmq-server
# As the official image does it: whoever may read these folders may also be another user of a mounted file.
mkdir -p /etc/rabbitmq/conf.d /var/lib/rabbitmq /var/log/rabbitmq
chown -R rabbitmq:rabbitmq /etc/rabbitmq /var/lib/rabbitmq /var/log/rabbitmq
# Erlang's secret is made by each container, not shared by all of them.
rm -f /var/lib/rabbitmq/.erlang.cookie
