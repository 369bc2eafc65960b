#!/bin/sh
# Run once, as root, in a container of the base image, after Kafka's jars were copied to /opt/kafka/libs.
set -eu
# The package links its manual there, and the base image keeps no manuals.
mkdir -p /usr/share/man/man1
apt-get --quiet=2 install --yes --no-install-recommends openjdk-21-jre-headless
mkdir -p /var/lib/kafka/data

# Kafka's classes as they are in memory once it runs, as the official image has them: it starts in half the time. The
# ports are those of the machine that builds.
port=$((20000 + $$ % 5000))
export KAFKA_NODE_ID=1 KAFKA_PROCESS_ROLES=broker,controller KAFKA_CONTROLLER_LISTENER_NAMES=CONTROLLER
export KAFKA_LISTENERS="PLAINTEXT://127.0.0.1:$port,CONTROLLER://127.0.0.1:$((port + 5000))"
export KAFKA_CONTROLLER_QUORUM_VOTERS="1@127.0.0.1:$((port + 5000))"
KAFKA_JVM_PERFORMANCE_OPTS=-XX:ArchiveClassesAtExit=/opt/kafka/kafka.jsa start-kafka > /dev/null 2>&1 &
# Waits for the broker, and lets it answer something.
java -cp '/opt/kafka/libs/*' kafka.admin.ConfigCommand --bootstrap-server "127.0.0.1:$port" --describe --entity-type brokers
kill %1 2> /dev/null || kill $!
wait || true
rm -r /var/lib/kafka/data/* /etc/kafka.properties
test -e /opt/kafka/kafka.jsa
