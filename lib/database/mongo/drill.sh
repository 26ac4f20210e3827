# Restores $SCRATCH/backup into a throw-away server of this pod and writes $SCRATCH/drill.json. Tried with fakes only.
# A drill that fails is a result as well: this exits 0, and what uploads the result fails.
# shellcheck disable=SC2016
set -eu
export LC_ALL=C

scratch=${SCRATCH:-/scratch}
checks=${CHECKS:-/checks}
dump=$scratch/backup/dump
manifest=$scratch/backup/facts.json # fetched: the manifest itself
data=$scratch/drill
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill -9 "$server" 2>/dev/null || true; rm -rf "$work" "$data"' EXIT
trap 'exit 143' TERM INT HUP
rm -rf "$data" "$scratch/drill.json"
: > "$work/checks"
: > "$work/log"

value() { sed -n "s/^ *\"$1\": *\"\\(.*\\)\",\\{0,1\\}\$/\\1/p" "$manifest" 2>/dev/null | head -n 1; }
# Text for JSON and the log: one line, and not endless.
text() { tr '\n\t\r' '   ' | tr -d '\000-\037' | cut -c 1-500 | sed 's/[\\"]/\\&/g; s/ *$//'; }

failed=
# check NAME true|false DETAIL
check() {
  [ "$2" = true ] || failed="${failed:+$failed; }$1: $3"
  printf '    { "name": "%s", "passed": %s, "detail": "%s" }\n' "$(printf '%s' "$1" | text)" "$2" "$(printf '%s' "$3" | text)" >> "$work/checks"
}

finish() {
  [ "$failed" ] && status=failed || status=passed
  {
    printf '{\n  "status": "%s",\n  "backup": "%s",\n' "$status" "$(value name)"
    printf '  "engine": "mongo",\n  "serverVersion": "%s",\n' "$(value serverVersion | text)"
    printf '  "ageSeconds": %s,\n  "rpoSeconds": %s,\n  "restoreSeconds": %s,\n' "${age:-null}" "${RPO_SECONDS:-null}" "${seconds:-null}"
    printf '  "checks": [\n%s\n  ]\n}\n' "$(sed '$!s/$/,/' "$work/checks")"
  } > "$scratch/drill.json.making" || {
    echo "$0: cannot write to $scratch; the scratch volume may be full; raise its size" >&2
    exit 1
  }
  mv "$scratch/drill.json.making" "$scratch/drill.json"
  if [ "$failed" ]; then
    echo "$0: failed, $(printf '%s' "$failed" | tr '\n' ' '); restore an earlier backup, and look at the log of the backup job" >&2
  else
    echo "$0: passed: $(value name) was restored in $seconds s"
  fi
  exit 0
}

# One check that failed ends the drill, as the others need it.
give_up() {
  sed 's/^/  /' "$work/log" >&2
  check "$1" false "$2"
  finish
}

if ! [ -s "$dump" ] || ! [ -s "$manifest" ]; then
  give_up backup "there is none in $scratch/backup; the init container that fetches it must run first"
fi
[ "$(value engine)" = mongo ] || give_up backup "it is of '$(value engine)', not of mongo"

moment=$(value started | tr TZ '  ')
age=$(($(date +%s) - $(date -u -d "$moment" +%s))) || give_up age "its start is no time: $moment"
if [ "$age" -le -3600 ]; then
  check age false "it is dated $((-age)) s from now, as the clock of a node was wrong: until then no newer backup is found. Delete it when another is whole"
elif [ "${RPO_SECONDS-}" ]; then
  [ "$age" -le "$RPO_SECONDS" ] && young=true || young=false
  check age "$young" "$age s of at most $RPO_SECONDS"
fi

mkdir -p "$data"
# Only the pod itself reaches it there.
port=${DRILL_PORT:-27017}
mongod --dbpath "$data" --bind_ip 127.0.0.1 --port "$port" --unixSocketPrefix "$work" > "$work/server.log" 2>&1 &
server=$!
tries=0
ask() {
  HOME=$work mongosh --quiet --norc --port "$port" "$@" 2>"$work/log"
}
until ask admin --eval 'db.adminCommand("ping").ok' >/dev/null; do
  tries=$((tries + 1))
  if [ "$tries" -gt 60 ] || ! kill -0 "$server" 2>/dev/null; then
    tail -n 20 "$work/server.log" > "$work/log"
    give_up server 'the throw-away server does not start'
  fi
  sleep 1
done

begin=$(date +%s)
set -- --archive="$dump" --gzip --stopOnError --objcheck
[ "$(value oplog)" != true ] || set -- "$@" --oplogReplay
mongorestore --host=127.0.0.1 --port="$port" "$@" 2>"$work/log" || give_up restore "$(tail -n 1 "$work/log")"
seconds=$(($(date +%s) - begin))
check restore true "$seconds s"

sed -n 's/^.*finished restoring `\{0,1\}\([^`]*[^` ]\)`\{0,1\} (\([0-9]*\) documents\{0,1\}, 0 failures).*/\2 \1/p' "$work/log" |
  sed 's/[\\"]/\\&/g; s/^\([0-9]*\) \(.*\)/"\2": \1/' | sort > "$work/found"
# mongorestore is silent about users and the like.
sed -n '/^ *"rows": {$/,/^ *}/p' "$manifest" | sed -e '1d;$d' -e 's/^ *//; s/,$//' | grep -v -E '^"(admin|config)\.|^"[^"]*\.system\.' | sort > "$work/expected"
missing=$(comm -23 "$work/expected" "$work/found" | paste -s -d ' ' -)
# Of the wrong database every restore is perfect.
[ -s "$work/expected" ] || check tables false 'the backup holds nothing: see whether the job dumps the right database'
if [ "$missing" ]; then
  check rows false "the manifest says $missing, and the restore has not"
else
  check rows true "$(($(wc -l < "$work/expected"))) collections as in the manifest"
fi

for file in "$checks"/*.js; do
  [ -e "$file" ] || continue
  if ask "$(value database)" --file "$file" > "$work/answer"; then
    answer=$(head -n 1 "$work/answer")
    case $answer in
      1 | t | true) check "${file##*/}" true "$answer" ;;
      *) check "${file##*/}" false "answered '$answer'" ;;
    esac
  else
    check "${file##*/}" false "$(tail -n 1 "$work/log")"
  fi
done
finish
