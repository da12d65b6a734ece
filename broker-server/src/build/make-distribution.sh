#!/usr/bin/env bash
# make-distribution.sh <checkout> <distribution> <broker jar>: completes the distribution, whose libs/ Maven has filled,
# with the broker, the scripts, the configuration and Apache Kafka's tools, and packs it.
set -euo pipefail

checkout=$1 distribution=$2 jar=$3
cp -p -- "$jar" "$distribution/libs/"
cp -Rp -- "$checkout/bin" "$checkout/config" "$checkout/LICENSE" "$distribution/"
mkdir -p "$distribution/docs"
[ ! -f "$checkout/docs/configuration.md" ] || cp -p -- "$checkout/docs/configuration.md" "$distribution/docs/"
mkdir -p "$distribution/tools"
# Hard links where the file system has them: the tools are 45 MB that nobody changes.
cp -Rl -- "$checkout/broker-server/tools/target/libs/." "$distribution/tools/" 2>/dev/null \
  || cp -R -- "$checkout/broker-server/tools/target/libs/." "$distribution/tools/"
# An archive that does not come about costs start-up time, not the build.
"$distribution/bin/ottla-train.sh" || echo "The distribution has no class-data archive: the first starts will be slower." >&2
tar --exclude="${distribution##*/}/cds" -C "${distribution%/*}" -czf "$distribution.tar.gz" "${distribution##*/}"
printf '%s\n' "$distribution" >"${distribution%/*}/distribution.built"
