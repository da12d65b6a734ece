#!/usr/bin/env bash
. "$(dirname -- "$(readlink -f -- "$0")")/ottla-env.sh"
# Measures: gets the full compiler and the collector that its machine would choose.
ottla_tool_options=
KAFKA_HEAP_OPTS=${KAFKA_HEAP_OPTS:--Xmx512m}
ottla_tool org.apache.kafka.tools.ConsumerPerformance "$@"
