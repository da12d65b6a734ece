#!/usr/bin/env bash
. "$(dirname -- "$(readlink -f -- "$0")")/ottla-env.sh"
ottla_tool kafka.admin.ConfigCommand "$@"
