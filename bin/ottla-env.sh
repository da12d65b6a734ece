# What the scripts beside this file share; they source it. Nothing here starts a process that it does not need:
# the broker's start-up time begins with the script.

ottla_fail() {
  printf '%s\n' "$@" >&2
  exit 1
}

# Sets ottla_base, the folder above bin/, and ottla_home, the folder with libs/ and tools/. They are the same in a
# distribution; in a checkout ottla_home is what the build has made, and it is made now if it is missing or stale.
ottla_find_home() {
  local bin
  case ${BASH_SOURCE[0]} in */*) bin=${BASH_SOURCE[0]%/*} ;; *) bin=. ;; esac
  ottla_base=$(cd -P -- "$bin/.." && pwd) || ottla_fail "cannot enter $bin/.."
  if [ -d "$ottla_base/libs" ]; then
    ottla_home=$ottla_base
  elif [ -f "$ottla_base/broker-server/pom.xml" ]; then
    ottla_build_if_stale
  else
    ottla_fail "$ottla_base is neither a distribution (it has no libs/) nor a checkout."
  fi
}

ottla_build_if_stale() {
  local target=$ottla_base/broker-server/target built newer
  built=$target/distribution.built
  if [ ! -f "$built" ]; then
    printf 'Ottla is not built yet: building it. This happens once and takes some minutes.\n' >&2
    ottla_build
  else
    newer=$(cd -- "$ottla_base" && find pom.xml bin config protocol storage replication controller broker-server \
      -name target -prune -o -path '*/src/test' -prune -o -type f -newer "$built" -print -quit)
    if [ -n "$newer" ]; then
      printf 'Ottla has changed since it was built (%s): building it again.\n' "$newer" >&2
      ottla_build
    fi
  fi
  IFS= read -r ottla_home <"$built"
  [ -d "$ottla_home/libs" ] || ottla_fail "$built names $ottla_home, which has no libs/; remove the file to build again."
}

ottla_build() {
  local mvn
  if [ -n "${MAVEN_HOME:-}" ] && [ -x "$MAVEN_HOME/bin/mvn" ]; then
    mvn=$MAVEN_HOME/bin/mvn
  elif ! mvn=$(type -P mvn); then
    mvn=$ottla_base/mvnw
  fi
  (
    set -o pipefail
    cd -- "$ottla_base" || exit 1
    "$mvn" -B -Dmaven.test.skip=true -Dstyle.color=never -pl broker-server -am package 2>&1 | awk '
      /^Downloaded from/ { if (++fetched % 25 == 0) say("  " fetched " files fetched"); next }
      /^\[INFO\] Building Ottla/ { sub(/^\[INFO\] /, ""); sub(/ +\[/, " ["); say("  " $0); next }
      /^\[INFO\] BUILD|^\[INFO\] Total time/ { sub(/^\[INFO\] +/, ""); say("  " $0); next }
      /^\[ERROR\]/ { say($0) }
      function say(line) { print line; fflush() }'
  ) >&2 || ottla_fail "The build has failed; run it by hand: cd $ottla_base && ${mvn##*/} -Dmaven.test.skip=true package"
}

# Sets ottla_java, and ottla_jdk: the version of the JDK behind it, empty if it does not say.
ottla_find_java() {
  local line release
  if [ -n "${JAVA_HOME:-}" ]; then
    ottla_java=$JAVA_HOME/bin/java
    [ -x "$ottla_java" ] || ottla_fail "JAVA_HOME is $JAVA_HOME, but $ottla_java is not a program."
    release=$JAVA_HOME/release
  else
    ottla_java=$(type -P java) || ottla_fail "There is no java on the PATH: install a JDK 17 or newer, or set JAVA_HOME."
    ottla_java=$(readlink -f -- "$ottla_java")
    release=${ottla_java%/bin/java}/release
  fi
  ottla_jdk=
  if [ -r "$release" ]; then
    while IFS= read -r line; do
      case $line in
        JAVA_RUNTIME_VERSION=*) ottla_jdk=${line#*=} ;;
        JAVA_VERSION=*) [ -n "$ottla_jdk" ] || ottla_jdk=${line#*=} ;;
      esac
    done <"$release"
    ottla_jdk=${ottla_jdk//\"/}
  fi
  if [ -n "$ottla_jdk" ] && [ "${ottla_jdk%%[.+-]*}" -lt 17 ] 2>/dev/null; then
    ottla_fail "$ottla_java is Java $ottla_jdk: Ottla needs 17 or newer."
  fi
}

# ottla_start_server <main class> <name> <default heap> [-daemon] <arguments>...: becomes the server, or with -daemon
# leaves it in the background with its output in $LOG_DIR/<name>.out.
ottla_start_server() {
  local main=$1 name=$2 heap=$3 daemon= jar
  shift 3
  if [ "${1:-}" = -daemon ]; then
    daemon=yes
    shift
  fi
  ottla_find_java
  ottla_find_home
  for jar in "$ottla_home"/libs/ottla-broker-server-*.jar; do :; done
  [ -f "$jar" ] || ottla_fail "$ottla_home/libs has no ottla-broker-server jar: the distribution is incomplete."
  ottla_server_options "$heap"
  set -- "$ottla_java" "${ottla_options[@]}" -cp "$jar" "$main" "$@"
  if [ -z "$daemon" ]; then
    ottla_train_later $$
    exec "$@"
  fi
  LOG_DIR=${LOG_DIR:-$ottla_base/logs}
  mkdir -p -- "$LOG_DIR" || ottla_fail "LOG_DIR $LOG_DIR cannot be made."
  nohup "$@" >"$LOG_DIR/$name.out" 2>&1 </dev/null &
  ottla_train_later $!
}

# ottla_train_later <pid>: where this JDK has no archive here yet, makes one once the server of this pid has run for a
# while, so that the next start is a fast one. OTTLA_CDS=off does without.
ottla_train_later() {
  [ -n "$ottla_jdk" ] && [ "${OTTLA_CDS:-}" != off ] && [ ! -f "$ottla_archive" ] && [ -w "$ottla_home" ] || return 0
  (
    sleep 30
    kill -0 "$1" && [ ! -f "$ottla_archive" ] && exec nice -n 19 "$ottla_home/bin/ottla-train.sh"
  ) >/dev/null 2>&1 </dev/null &
}

# Sets ottla_options: those of the virtual machine, from the variables that Apache Kafka's scripts know. These are split
# at blanks on purpose: that is how one variable holds several options.
# shellcheck disable=SC2206
ottla_server_options() {
  local major=${ottla_jdk%%[.+-]*}
  ottla_archive=$ottla_home/cds/ottla-$ottla_jdk.jsa
  ottla_options=(${KAFKA_HEAP_OPTS:-$1} ${KAFKA_JVM_PERFORMANCE_OPTS:--XX:+UseSerialGC -XX:+ExitOnOutOfMemoryError})
  ottla_options+=(-Djava.awt.headless=true -Dio.netty.tryReflectionSetAccessible=true)
  # Netty's search for leaked buffers takes stack traces; the tests search harder than a server could.
  ottla_options+=(-Dio.netty.leakDetection.level=disabled)
  # Where Netty's native transport lies unpacked, before the places that the JVM searches by itself.
  ottla_options+=("-Djava.library.path=$ottla_home/native:/usr/java/packages/lib:/usr/lib64:/lib64:/lib:/usr/lib")
  # Netty looks for the flight recorder, which takes a fifth of the time of a start; KAFKA_OPTS may turn it on again.
  ottla_options+=(-Dio.netty.jfr.enabled=false)
  # The optimizing compiler would spend a seventh of a start's processor time on what only a start does. Higher than this,
  # and it is still at work when the first load has long begun.
  ottla_options+=(-XX:Tier4InvocationThreshold=8000 -XX:Tier4MinInvocationThreshold=1500
    -XX:Tier4CompileThreshold=24000 -XX:Tier4BackEdgeThreshold=80000)
  ottla_options+=(--add-opens=java.base/java.nio=ALL-UNNAMED --add-opens=java.base/jdk.internal.misc=ALL-UNNAMED)
  if [ "${major:-17}" -ge 24 ]; then
    ottla_options+=(--enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow)
  fi
  if [ -n "$ottla_jdk" ] && [ -f "$ottla_archive" ] && [ "${OTTLA_CDS:-}" != off ]; then
    ottla_options+=("-XX:SharedArchiveFile=$ottla_archive" -Xshare:auto -Xlog:disable -Xlog:all=error:stderr)
  fi
  if [ -n "${JMX_PORT:-}" ]; then
    ottla_options+=("-Dcom.sun.management.jmxremote.port=$JMX_PORT")
    [ -n "${KAFKA_JMX_OPTS:-}" ] || ottla_options+=(-Dcom.sun.management.jmxremote
      -Dcom.sun.management.jmxremote.authenticate=false -Dcom.sun.management.jmxremote.ssl=false)
  fi
  ottla_options+=(${KAFKA_JMX_OPTS:-} ${KAFKA_LOGBACK_OPTS:-} ${KAFKA_OPTS:-})
}

# ottla_stop_server <main class> <what it is> [properties file]: asks the servers of this main class, or the one that
# was started with this file, to shut down.
ottla_stop_server() {
  local main=$1 what=$2 file=${3:-} pid command stopped=
  while read -r pid command; do
    case " $command " in *" $main "*) ;; *) continue ;; esac
    case " $command " in *"${file:+ $file }"*) ;; *) continue ;; esac
    kill -s TERM "$pid" && stopped=yes
  done < <(ps axww -o pid= -o args=)
  [ -n "$stopped" ] || ottla_fail "No $what to stop"
}

# ottla_tool <main class> <arguments>...: becomes one of Apache Kafka's own tools. Most live for a second, so they are
# compiled lightly; one that runs for long sets ottla_tool_options before.
ottla_tool() {
  ottla_find_java
  ottla_find_home
  [ -d "$ottla_home/tools" ] || ottla_fail "$ottla_home has no tools/: the distribution is incomplete."
  # shellcheck disable=SC2086
  exec "$ottla_java" ${KAFKA_HEAP_OPTS:--Xmx256m} ${ottla_tool_options--XX:+UseSerialGC -XX:TieredStopAtLevel=1} \
    -Dorg.slf4j.simpleLogger.defaultLogLevel=warn -Dorg.slf4j.simpleLogger.showThreadName=false \
    ${KAFKA_JMX_OPTS:-} ${KAFKA_OPTS:-} -cp "${CLASSPATH:+$CLASSPATH:}$ottla_home/tools/*" "$@"
}
