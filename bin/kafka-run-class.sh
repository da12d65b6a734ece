#!/usr/bin/env bash
. "$(dirname -- "$(readlink -f -- "$0")")/ottla-env.sh"
[ $# -ge 1 ] || ottla_fail "Usage: ${0##*/} class [argument]..." "Runs a class of Apache Kafka's tools."
ottla_tool "$@"
