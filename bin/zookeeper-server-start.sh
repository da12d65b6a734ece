#!/usr/bin/env bash
. "$(dirname -- "$(readlink -f -- "$0")")/ottla-env.sh"
ottla_start_server io.ottla.broker.cli.ZooKeeperServerStart zookeeper "-Xms32m -Xmx512m" "$@"
