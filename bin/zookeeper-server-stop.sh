#!/usr/bin/env bash
. "$(dirname -- "$(readlink -f -- "$0")")/ottla-env.sh"
ottla_stop_server io.ottla.broker.cli.ZooKeeperServerStart "zookeeper server" "$@"
