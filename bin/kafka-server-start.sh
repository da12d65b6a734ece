#!/usr/bin/env bash
. "$(dirname -- "$(readlink -f -- "$0")")/ottla-env.sh"
ottla_start_server io.ottla.broker.bootstrap.Main kafkaServer "-Xms64m -Xmx1g" "$@"
