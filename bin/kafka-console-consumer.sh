#!/usr/bin/env bash
. "$(dirname -- "$(readlink -f -- "$0")")/ottla-env.sh"
ottla_tool org.apache.kafka.tools.consumer.ConsoleConsumer "$@"
