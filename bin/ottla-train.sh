#!/usr/bin/env bash
# Makes the class-data archive with which the broker starts in a third of the time. It belongs to one JDK and to one
# place of the distribution; the build makes it, and kafka-server-start.sh does where it is missing. What ends up in it
# is what a short-lived broker of its own, on loopback and in a temporary folder, has loaded.
. "$(dirname -- "$(readlink -f -- "$0")")/ottla-env.sh"

ottla_find_java
ottla_find_home
[ -n "$ottla_jdk" ] || ottla_fail "$ottla_java does not say its version: no archive is made for it."
archive=$ottla_home/cds/ottla-$ottla_jdk.jsa
mkdir -p -- "${archive%/*}" || ottla_fail "${archive%/*} cannot be made."

# One at a time: the brokers of a cluster may share a distribution, and each finds the archive missing.
lock=$archive.lock
for attempt in 1 2; do
  (set -o noclobber && printf '%s\n' $$ >"$lock") 2>/dev/null && break
  holder=$(cat -- "$lock" 2>/dev/null)
  if [ "$attempt" = 2 ] || { [ -n "$holder" ] && kill -0 "$holder" 2>/dev/null; }; then
    printf 'Process %s makes the archive already.\n' "${holder:-?}" >&2
    exit 0
  fi
  rm -f -- "$lock"
done
work=$(mktemp -d) || exit 1
trap 'rm -rf -- "$work" "$archive.$$" "$lock"' EXIT

# A broker on this port may be in the way: then another port is tried.
pid=
for _ in 1 2 3; do
  port=$((20000 + RANDOM % 12000))
  OTTLA_CDS=off LOG_DIR=$work KAFKA_OPTS= KAFKA_JMX_OPTS= JMX_PORT= KAFKA_LOGBACK_OPTS= KAFKA_HEAP_OPTS="-Xmx256m -XX:ArchiveClassesAtExit=$archive.$$" \
    "$ottla_home/bin/kafka-server-start.sh" "$ottla_home/config/server.properties" \
    --override "listeners=PLAINTEXT://127.0.0.1:$port" --override "log.dirs=$work/data" >"$work/out" 2>&1 &
  pid=$!
  for _ in {1..300}; do
    if ! kill -0 "$pid" 2>/dev/null; then
      pid=
      break
    fi
    (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null && break 2
    sleep 0.1
  done
done
[ -n "$pid" ] || { cat -- "$work/out" >&2; ottla_fail "The broker does not start, so there is no archive."; }

at="--bootstrap-server 127.0.0.1:$port"
# shellcheck disable=SC2086
{
  "$ottla_home/bin/kafka-topics.sh" $at --create --topic training --partitions 1
  printf 'a record\n' | "$ottla_home/bin/kafka-console-producer.sh" $at --topic training
  "$ottla_home/bin/kafka-console-consumer.sh" $at --topic training --from-beginning --max-messages 1 --timeout-ms 10000
} >>"$work/out" 2>&1
kill -s TERM "$pid"
# The archive is written while the broker ends; one that does not end must not hold up a build.
(sleep 60 && kill -s KILL "$pid") >/dev/null 2>&1 &
watchdog=$!
wait "$pid"
kill "$watchdog" 2>/dev/null
[ -f "$archive.$$" ] || { cat -- "$work/out" >&2; ottla_fail "The JDK has made no archive."; }
mv -- "$archive.$$" "$archive"
