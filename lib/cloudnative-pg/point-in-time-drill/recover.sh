# Recovers what fetch-archive.sh has downloaded, to the newest and to the target, each time into a throw-away server of this container; asks the
# checks, and writes drill.json, which report.sh uploads. A drill that fails is a result too: this exits with 0, so that it is reported.
. "${0%/*}/step.sh"
. "$here/client.sh"

archive=$scratch/archive
home=$scratch/drill
data=$home/data
results=$work/results
status=passed
seconds=0
age=null
newest=null
reached=null
# Run again in the same pod, it begins anew.
rm -rf "$home" "$scratch/drill.json" "$archive/damaged"
: > "$results"
[ -f "$archive/plan" ] || fail "no archive in $archive: see the log of the container that fetches it"
base=$(awk '$1 == "newest" { print $2 }' "$archive/plan")
name=base/$base
info() { sed -n "s/^$2=//p" "$archive/base/$1/backup.info" | tr -d '\r' | head -n 1; }

# check NAME true|false DETAIL
check() {
  detail=$(printf %s "$3" | tr '\n\t' '  ' | cut -c 1-500)
  printf '    { "name": %s, "passed": %s, "detail": %s }\n' "$(json "$1")" "$2" "$(json "$detail")" >> "$results"
  say "$1: $([ "$2" = true ] && echo passed || echo FAILED): $detail"
  [ "$2" = true ] || status=failed
}

finish() {
  {
    printf '{\n  "status": "%s",\n  "backup": %s,\n  "engine": "postgres",\n' "$status" "$(json "$name")"
    printf '  "started": "%s",\n  "newest": %s,\n  "target": %s,\n' "$(utc "$(cat "$scratch/began")")" "$newest" "$reached"
    printf '  "ageSeconds": %s,\n  "rpoSeconds": %s,\n' "$age" "${RPO_SECONDS:-null}"
    printf '  "restoreSeconds": %s,\n  "checks": [\n%s\n  ]\n}\n' "$seconds" "$(sed '$!s/$/,/' "$results")"
  } > "$work/drill.json"
  cp "$work/drill.json" "$scratch/drill.json.new" || fail "cannot write to $scratch: give the scratch volume more space"
  mv "$scratch/drill.json.new" "$scratch/drill.json"
  say "$status; the report follows"
  exit 0
}

# One check that failed ends the drill, as the others need what it checks.
end_drill() {
  check "$1" false "$2"
  finish
}

end_server() {
  [ ! -f "$data/postmaster.pid" ] || pg_ctl -D "$data" -m "$1" -w -t 300 stop > /dev/null 2>&1 || true
}

at_end() {
  end_server immediate
  rm -rf "$home"
}

# What to do about a disk that is full, or nothing.
full() {
  case $(cat "$@" 2> /dev/null) in
    *'No space left'* | *'Disk quota'*) echo "$scratch is full: give the scratch volume more space than the archive's part and the database together" ;;
  esac
}

# --- What the archive must hold

# The names that PostgreSQL will ask for. A history file that does not open is damaged.
wal_names() {
  find "$archive/wals" -name '*.gz' | sed 's/.*\///; s/\.gz$//' | sort > "$work/wals"
  grep -x '[0-9A-F]\{24\}' "$work/wals" | sed 's/^/S /'
  grep 'history$' "$work/wals" > "$work/histories" || true
  while read -r history; do
    timeline=$((0x${history%.history}))
    echo "H $timeline"
    gzip -dc "$archive/wals/$history.gz" > "$work/history" 2> "$log" || {
      echo "$history: $(tail -n 1 "$log")" >> "$archive/damaged"
      continue
    }
    awk -v timeline="$timeline" '/^[ \t]*[0-9]/ { print "H", timeline, $1, $2 }' "$work/history"
  done < "$work/histories"
}

look_for_gaps() {
  wal_names > "$work/names"
  [ ! -f "$archive/damaged" ] || end_drill wal "damaged in the store: wals/$(head -n 1 "$archive/damaged")"
  # Of both base backups, the one that began earlier.
  begin=$(awk '{ print $2 }' "$archive/plan" | while read -r id; do info "$id" begin_wal; done | sort -k 1.9 | head -n 1)
  awk -v size="$SEGMENT" -v begin="$begin" -f "$here/timelines.awk" "$work/names" > "$work/gaps"
  missing=$(sed -n 's/^missing //p' "$work/gaps")
  stranger=$(sed -n 's/^stranger //p' "$work/gaps")
  last=$(sed -n 's/^newest //p' "$work/gaps")
  [ -z "$stranger" ] ||
    end_drill wal "timeline $stranger does not come from base backup $base: another server has archived under the same name. Make a base backup, and give each recovered server a name of its own"
  [ -z "$missing" ] || {
    more=$(($(echo "$missing" | wc -l) - 1))
    missing=$(echo "$missing" | head -n 1)
    folder=
    case $missing in *.history) ;; *) folder=${missing%????????}/ ;; esac
    end_drill wal "wals/$folder$missing.gz is missing$([ "$more" = 0 ] || echo ", and $more more"): nothing behind it can be recovered. Make a base backup now, and see why it is not there"
  }
  check wal true "no gap from $begin to $last"
}

# --- A recovery

left() { echo $(($(cat "$scratch/began") + ${DEADLINE_SECONDS:-21600} - $(date +%s))); }

# unpack ID
unpack() {
  rm -rf "$home"
  mkdir -p "$data"
  for part in "$archive/base/$1"/data*.tar.gz; do
    try tar -xzf "$part" -C "$data" || {
      why=$(full "$log")
      why=${why:-"base/$1/${part##*/} is damaged: $(complaint). Make a base backup now"}
      return 1
    }
  done
  [ -s "$data/global/pg_control" ] || {
    why="base/$1 holds no global/pg_control: part of it is missing. Make a base backup now"
    return 1
  }
  # Where WAL has a volume of its own, this is a link.
  rm -rf "$data/pg_wal"
  for folder in pg_wal/archive_status pg_dynshmem pg_notify pg_replslot pg_serial pg_snapshots pg_stat pg_stat_tmp pg_subtrans pg_tblspc pg_twophase \
    pg_commit_ts pg_logical/snapshots pg_logical/mappings; do mkdir -p "$data/$folder"; done
  # What they say is of another machine.
  rm -f "$data"/*.conf "$data"/*.signal "$data/postmaster.pid" "$data/postmaster.opts"
  chmod -R go-rwx "$data"
}

# setting NAME: one that must be no less than the server's that was backed up, where it has prepared transactions.
setting() { sed -n "s/^$1 setting: *//p" "$work/control"; }

# configure RECOVERY: newest or target
configure() {
  pg_controldata -D "$data" > "$work/control"
  printf '%s\n' "${SERVER_PARAMETERS:-}" | sed -n "s/'/''/g; s/^\([^=]*\)=\(.*\)/\1 = '\2'/p" > "$data/postgresql.conf"
  # What follows wins. Without hot_standby the sizes of the server need not be the other one's. Nothing may begin to work by itself, nor reach
  # for another server.
  cat >> "$data/postgresql.conf" << CONF
listen_addresses = ''
unix_socket_directories = '$home'
restore_command = 'sh "$here/restore-wal.sh" "%f" "%p"'
recovery_target_action = promote
recovery_target_timeline = latest
drill.recovery = '$1'
drill.target = ''
hot_standby = off
archive_mode = off
logging_collector = off
lc_messages = C
timezone = UTC
fsync = off
full_page_writes = off
autovacuum = off
max_prepared_transactions = $(setting max_prepared_xacts)
max_locks_per_transaction = $(setting max_locks_per_xact)
max_worker_processes = 8
max_parallel_workers = 0
max_parallel_maintenance_workers = 0
max_logical_replication_workers = 0
dynamic_shared_memory_type = mmap
huge_pages = off
cron.launch_active_jobs = off
timescaledb.max_background_workers = 0
pg_prewarm.autoprewarm = off
CONF
  echo 'local all all trust' > "$data/pg_hba.conf"
  : > "$data/pg_ident.conf"
  : > "$data/recovery.signal"
}

# pg_ctl would say that the server is up before it has recovered.
is_recovered() { pg_isready -q && [ "$(psql -XAtqw -c 'SELECT pg_is_in_recovery()' 2> /dev/null)" = f ]; }

# Waits for the end of a recovery. A recovery that cannot end says nothing: hence the deadline.
await_recovery() {
  until is_recovered; do
    if ! kill -0 "$server" 2> /dev/null; then
      grep -a 'FATAL\|PANIC' "$home/log" | grep -av 'the database system is' | tail -n 3 >&2 || true
      why=$(full "$home/log" "$archive/complaint")
      [ -z "$why" ] && [ -f "$archive/damaged" ] && why="damaged in the store: wals/$(head -n 1 "$archive/damaged"). Make a base backup now"
      [ "$why" ] || why="the server ended: $(grep -a 'FATAL\|PANIC' "$home/log" | grep -av 'the database system is' | tail -n 1 | sed 's/^.*\(FATAL\|PANIC\): */\1: /')"
      return 1
    fi
    if [ "$(left)" -le 0 ]; then
      said=$(grep -a 'LOG' "$home/log" | tail -n 1 | sed 's/^.*LOG: */it last said: /')
      why="not done within ${DEADLINE_SECONDS:-21600} s${said:+: $said}"
      return 1
    fi
    sleep 0.5
  done
}

# recover ID RECOVERY [SETTING]
recover() {
  why=
  unpack "$1" || return
  configure "$2"
  [ -z "${3:-}" ] || printf '%s\n' "$3" >> "$data/postgresql.conf"
  export PGHOST="$home" PGPORT=5432 PGUSER=postgres PGDATABASE=postgres
  postgres -D "$data" > "$home/log" 2>&1 &
  server=$!
  await_recovery
}

ask_all() {
  database=${DB_NAME:-postgres}
  sql "$database" -c 'SELECT 1' > /dev/null || {
    check "$1: database" false "$(complaint)"
    return 0
  }
  tables=$(sql "$database" -c "SELECT count(*) FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace::regnamespace::text !~ '^(pg_|information_schema)'") || tables=no
  check "$1: database" true "$database answers; tables: $tables"
  for file in "${CHECKS:-/checks}"/*.sql; do
    [ -f "$file" ] || continue
    if sql "$database" -F '|' -f "$file" > "$work/table"; then
      first=$(sed 's/|.*//; 1q' "$work/table")
      case $first in
        t | T | true | TRUE | True | 1) check "$1: ${file##*/}" true "$first" ;;
        *) check "$1: ${file##*/}" false "its first row begins with '$first', not t, true or 1" ;;
      esac
    else
      check "$1: ${file##*/}" false "$(complaint)"
    fi
  done
}

# What a recovered server says of itself: the newest transaction, in seconds since 1970, and the position and segment where its recovery ended.
ended() {
  sql postgres -F ' ' -c "SELECT coalesce(floor(extract(epoch FROM pg_last_xact_replay_timestamp()))::bigint, 0), pg_last_wal_replay_lsn(),
    substr(pg_walfile_name(pg_last_wal_replay_lsn()), 9)" > "$work/ended" || return
  read -r moment lsn segment < "$work/ended"
}

recover_newest() {
  begin=$(date +%s)
  recover "$base" newest || end_drill newest "$why"
  seconds=$(($(date +%s) - begin))
  ended || end_drill newest "$(complaint)"
  # PostgreSQL takes what it cannot read for the end of the WAL.
  last_segment=$(echo "$last" | cut -c 9-)
  unreadable=$(sed -n 's/^.*LOG: *\(\(invalid\|incorrect\|unexpected\|record with\|out-of-sequence\|WAL file is\|there is no contrecord\).*\)$/\1/p' "$home/log" | head -n 1)
  if [ "$unreadable" ] || [ "$(printf '%s\n' "$segment" "$last_segment" | sort | tail -n 1)" != "$segment" ]; then
    end_drill newest "the recovery ended at $lsn, and the archive goes on to $last: what follows is damaged${unreadable:+ ($unreadable)}. Make a base backup now"
  fi
  if [ "$moment" = 0 ]; then
    moment=$(cat "$archive/base/$base/ended")
    check newest true "$seconds s; there is no transaction since base backup $base"
  else
    newest=$(json "$(utc "$moment")")
    check newest true "$seconds s; the newest transaction is of $(utc "$moment")"
  fi
  age=$(($(cat "$scratch/began") - moment))
  [ "$age" -ge 0 ] || age=0
  judge_archive
  ask_all newest
  check_pages
}

# Whether what was committed a moment ago is there.
judge_archive() {
  [ ! -f "$scratch/heartbeat.failed" ] || check archive false "the database took no transaction: $(cat "$scratch/heartbeat.failed")"
  [ -f "$scratch/heartbeat" ] || {
    [ -f "$scratch/heartbeat.failed" ] || check archive true "the newest transaction was $age s old; without a heartbeat that is not judged"
    return 0
  }
  read -r wal committed _ < "$scratch/heartbeat"
  if [ -f "$archive/late" ]; then
    check archive false "a transaction was committed in $wal, and $(cat "$archive/late") s later that is not in the archive; the RPO is $RPO_SECONDS s: archiving has stopped, or archive_timeout is too long"
  elif [ "$(sql postgres -c "SELECT '$lsn' >= '$committed'::pg_lsn")" = t ]; then
    check archive true "a transaction was in the archive $(cat "$archive/archived") s after it was committed, and in the recovered database; the RPO is $RPO_SECONDS s"
  else
    check archive false "a transaction at $committed was archived in $wal, and the recovery ended before it, at $lsn"
  fi
}

# All pages are read, those of indexes too, without the libraries of extensions.
check_pages() {
  end_server fast
  if [ "$(sed -n 's/^Data page checksum version: *//p' "$work/control")" = 0 ]; then
    check pages true 'the server has no data checksums, so no page was looked at'
  elif pg_checksums --check -D "$data" > "$work/pages" 2> "$log"; then
    check pages true "$(sed -n 's/^Blocks scanned: *//p' "$work/pages") pages hold their checksums"
  else
    check pages false "$(complaint)"
  fi
}

recover_target() {
  awk '$1 == "target"' "$archive/plan" > "$work/target"
  read -r _ start target by_hand < "$work/target"
  note=$(cat "$archive/note")
  # When a transaction was committed that the archive has.
  heartbeat=0
  [ ! -f "$archive/archived" ] || heartbeat=$(cut -d ' ' -f 3 "$scratch/heartbeat")
  reached=$(json "$(utc "$target")")
  # So early the server knows no abbreviation of a zone, not even Z.
  recover "$start" target "recovery_target_time = '$(utc "$target" | sed 's/Z$/+00/')'
drill.target = '$(utc "$target")'" || {
    # A transaction after the target is what ends a recovery at it.
    if grep -aq 'recovery ended before configured recovery target was reached' "$home/log"; then
      [ -z "$by_hand" ] || end_drill target "$(utc "$target") is outside of the window: the archive holds no transaction after it, so that a recovery to it fails. Take no target"
      [ "$target" -ge "$heartbeat" ] || end_drill target "$(utc "$target") was not reached, though the archive holds a later transaction"
      check target true "${note}$(utc "$target"): no transaction in the archive is later, so that the newest is the state at it"
      return 0
    fi
    end_drill target "$why"
  }
  ended || end_drill target "$(complaint)"
  if [ "$moment" -gt "$target" ]; then
    end_drill target "a transaction of $(utc "$moment") is there, which is later than $(utc "$target")"
  fi
  stop_at=$(sed -n 's/^.*recovery stopping before \(.*\)$/stopped before \1/p' "$home/log" | tail -n 1)
  check target true "${note}$(utc "$target"), from base backup $start: ${stop_at:-$(sed -n 's/^.*recovery stopping after \(.*\)$/stopped after \1/p' "$home/log" | tail -n 1)}"
  ask_all target
  end_server immediate
}

version=$(info "$base" version)
image=$(postgres --version | awk '{ print $3 }')
[ "${image%%[!0-9]*}" = "$((version / 10000))" ] ||
  end_drill server "this image is of PostgreSQL ${image%%[!0-9]*}, and base backup $base of $((version / 10000)): give the drill the engine of that major"
SEGMENT=$(info "$base" xlog_segment_size)
case $SEGMENT in '' | None) SEGMENT=16777216 ;; esac
export ARCHIVE="$archive" SEGMENT
look_for_gaps
recover_newest
recover_target
finish
