# Restores the backup in the scratch volume into a throw-away server in this container, checks it, and writes drill.json, which
# report.sh uploads. Exits 0 even if the drill failed, so that the report is made.
set -eu
umask 027
script=drill
home=$SCRATCH/drill
work=$home/work
# Run again in the same pod, it begins anew.
rm -rf "$home" "$SCRATCH/drill.json" "$SCRATCH/drill.json.new"
mkdir -p "$work"
began=$(date -u +%s)
results=$work/results
status=passed
restore_seconds=0
: > "$results"

json() {
  printf %s "$1" | tr '\n\t' '  ' | tr -d '\000-\037' | sed 's/["\\]/\\&/g'
}

# check NAME true|false DETAIL
check() {
  printf '    { "name": "%s", "passed": %s, "detail": "%s" }\n' "$(json "$1")" "$2" "$(json "$3")" >> "$results"
  echo "drill: $1: $([ "$2" = true ] && echo passed || echo FAILED): $3"
  [ "$2" = true ] || status=failed
}

complaint() {
  sed -n 's/^.*\(ERROR\|FATAL\|error\): */\1: /p' "$log" | head -n 1
}

stop_server() {
  pg_ctl -D "$home/data" -m immediate stop > /dev/null 2>&1 || true
}
trap 'stop_server; rm -f "$log"' EXIT

# The data lives as long as this container: nothing is brought to the disk for safety. /dev/shm may be too small for parallel work.
start_server() {
  try initdb -D "$home/data" -U postgres -A trust -E UTF8 --locale=C > /dev/null || return
  cat >> "$home/data/postgresql.conf" <<CONF
listen_addresses = ''
unix_socket_directories = '$home'
fsync = off
full_page_writes = off
wal_level = minimal
max_wal_senders = 0
autovacuum = off
max_parallel_workers = 0
max_parallel_maintenance_workers = 0
dynamic_shared_memory_type = mmap
CONF
  try pg_ctl -D "$home/data" -w -t 300 -l "$home/log" start > /dev/null || {
    tail -n 3 "$home/log" > "$log"
    cat "$log" >&2
    return 1
  }
  export PGHOST="$home" PGPORT=5432 PGUSER=postgres
}

# What lies outside of a database, and what would reach out of this container.
options='--no-tablespaces --no-subscriptions --no-publications'
export NO_TABLESPACES=true
restore() {
  make_roles postgres > /dev/null && make_database postgres drill && fill_database drill
}

[ -f "$backup/dump" ] || fail "no backup in $backup: see the log of the container that fetches it"
name=$(fact name)
age=$((began - $(date -u -d "$(fact started | sed 's/T/ /; s/Z//')" +%s)))
if [ "$age" -le -3600 ]; then
  check age false "it is dated $((-age)) s from now, as the clock of a node was wrong: until then no newer backup is found. Delete it when another is whole"
elif [ -z "${RPO_SECONDS:-}" ]; then
  check age true "$age s; no RPO is set"
elif [ "$age" -le "$RPO_SECONDS" ]; then
  check age true "$age s, the RPO is $RPO_SECONDS s"
else
  check age false "$age s, more than the RPO of $RPO_SECONDS s: newer backups failed or were not made"
fi

if ! start_server; then
  check server false "the throw-away server does not start: $(complaint)"
elif ! restore; then
  check restore false "$(complaint)"
else
  restore_seconds=$(($(date -u +%s) - began))
  # Of the wrong database every restore is perfect.
  if [ "$(fact tables)" = 0 ] && [ "$(fact largeObjects)" = 0 ]; then
    check tables false "the backup holds nothing: see whether the job dumps the right database"
  fi
  check rows true "$(fact totalRows) rows of $(fact tables) tables and $(fact largeObjects) large objects are as many as were dumped"
  for file in "${CHECKS:-/checks}"/*.sql; do
    [ -f "$file" ] || continue
    if sql drill -F '|' -f "$file" > "$work/rows"; then
      first=$(head -n 1 "$work/rows")
      first=${first%%|*}
      case $first in
        t | true | 1) check "${file##*/}" true "$first" ;;
        *) check "${file##*/}" false "its first row begins with '$first', not t, true or 1" ;;
      esac
    else
      check "${file##*/}" false "$(complaint)"
    fi
  done
fi

{
  printf '{\n  "status": "%s",\n  "backup": "%s",\n' "$status" "$name"
  printf '  "started": "%s",\n' "$(date -u -d "@$began" +%Y-%m-%dT%H:%M:%SZ)"
  printf '  "ageSeconds": %s,\n  "rpoSeconds": %s,\n  "restoreSeconds": %s,\n' "$age" "${RPO_SECONDS:-null}" "$restore_seconds"
  printf '  "checks": [\n'
  sed '$!s/$/,/' "$results"
  printf '  ]\n}\n'
} > "$SCRATCH/drill.json.new"
mv "$SCRATCH/drill.json.new" "$SCRATCH/drill.json"
echo "drill: $status; the report follows"
