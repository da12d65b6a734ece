#!/usr/bin/env bash
# The README's cluster of three on one machine, verbatim: the shipped files with their ports and folders. Runs in
# network and mount namespaces of its own (unshare --net --mount), so that neither are those of the machine.
# usage: three-brokers.sh <distribution>
set -euo pipefail
cd -- "$1"

ip link set lo up
mount --make-rprivate /
work=$(mktemp -d)
made=()
for folder in /tmp/zookeeper /tmp/kafka-logs-1 /tmp/kafka-logs-2 /tmp/kafka-logs-3; do
  [ -d "$folder" ] || made+=("$folder")
  mkdir -p "$folder"
  mount -t tmpfs tmpfs "$folder"
done
export LOG_DIR=$work/logs
pids=()
end() {
  local status=$?
  [ "$status" = 0 ] || tail -n 40 "$work"/*.out
  kill -s KILL "${pids[@]}" 2>/dev/null || true
  wait || true
  for folder in /tmp/zookeeper /tmp/kafka-logs-1 /tmp/kafka-logs-2 /tmp/kafka-logs-3; do umount "$folder" || true; done
  [ ${#made[@]} = 0 ] || rmdir "${made[@]}" || true
  rm -rf "$work"
}
trap end EXIT

# Waits until a command succeeds.
eventually() {
  local _
  for _ in $(seq 60); do
    if "$@" >"$work/said" 2>&1; then return 0; fi
    sleep 0.5
  done
  printf 'never succeeds: %s\n' "$*"
  cat "$work/said"
  return 1
}
# True when every partition has three replicas in sync.
whole() {
  bin/kafka-topics.sh --bootstrap-server localhost:9093 --describe --topic hello >"$work/described"
  [ "$(grep -c 'Partition: ' "$work/described")" = 3 ] && ! grep 'Partition: ' "$work/described" | grep -qvE 'Isr: [123],[123],[123]'
}
# True when broker 1 leads nothing, and everything has a leader.
led_by_others() {
  bin/kafka-topics.sh --bootstrap-server localhost:9093 --describe --topic hello >"$work/described"
  [ "$(grep -cE 'Leader: [23]' "$work/described")" = 3 ]
}

bin/zookeeper-server-start.sh config/zookeeper.properties >"$work/zookeeper.out" 2>&1 &
pids+=($!)
for id in 1 2 3; do
  bin/kafka-server-start.sh "config/server-$id.properties" >"$work/server-$id.out" 2>&1 &
  pids+=($!)
done
eventually bin/kafka-broker-api-versions.sh --bootstrap-server localhost:9093
eventually bin/kafka-topics.sh --bootstrap-server localhost:9092 --create --if-not-exists --topic hello --partitions 3
eventually whole
seq 1000 | bin/kafka-console-producer.sh --bootstrap-server localhost:9092 --topic hello

kill -s KILL "${pids[1]}"
eventually led_by_others
seq 1001 2000 | bin/kafka-console-producer.sh --bootstrap-server localhost:9093 --topic hello
bin/kafka-server-start.sh config/server-1.properties >>"$work/server-1.out" 2>&1 &
pids+=($!)
eventually whole

got=$(bin/kafka-console-consumer.sh --bootstrap-server localhost:9092 --topic hello --from-beginning \
  --max-messages 2000 --timeout-ms 30000 2>"$work/consumer.out" | sort -n | uniq | wc -l)
[ "$got" = 2000 ] || { echo "consumed $got different records instead of 2000"; exit 1; }
echo "three brokers: ok"
