# PostgreSQL, as the verbs that dump.sh, restore.sh and drill.sh call.
engine=postgres
parts=1 # how many numbers of a release decide whether a dump can be restored
check_ending=.sql
. "$here/client.sh"

login() {
  export PGHOST="$DB_HOST" PGPORT="${DB_PORT:-5432}" PGUSER="$DB_USER" PGCONNECT_TIMEOUT=30
  # In the environment of the clients only: libpq ignores a password file with the mode of a mounted Secret.
  password=$(secret dbPassword.txt)
  [ -z "$password" ] || export PGPASSWORD="$password"
  # A database can be renamed only from another one.
  elsewhere=postgres
  [ "${target:-}" != postgres ] || elsewhere=template1
}

version() {
  base=$DB_NAME
  [ "$step" = dump ] || base=$elsewhere
  sql "$base" -c "SELECT n / 10000 || '.' || n % 10000 FROM (SELECT current_setting('server_version_num')::int) AS s (n)"
}

# The databases that are not dumped, as strings of JSON. What a restore has put aside is no application's.
others() {
  sql "$DB_NAME" -c "SELECT string_agg(to_json(datname)::text, ', ' ORDER BY datname) FROM pg_database
    WHERE NOT datistemplate AND datname <> current_database() AND datname !~ '(^|_)(replaced|restoring)_\d{14}\$'"
}

image_version() { postgres --version | awk '{ print $3 }'; }

# What to do when a program has failed.
advice() {
  case $(cat "$log") in
    *'No space left'* | *'Disk quota'*) echo "$scratch or the disk of the server is full: give it more space than the database has" ;;
    *'password authentication failed'* | *'no password supplied'*)
      echo "$PGHOST refuses the password of $PGUSER: put the right one into dbPassword.txt of the Secret"
      ;;
    *'aborting because of server version mismatch'* | *'unsupported version'*)
      echo "this image is older than the server that is or was dumped: set the engine's version to the server's"
      ;;
    *'Connection refused'* | *'could not translate'* | *'timeout expired'* | *'o route to host'* | *'starting up'* | *'shutting down'*)
      echo "$PGHOST:$PGPORT does not answer: see whether the server is up and a network policy lets this pod in"
      ;;
    *'server closed the connection'* | *'terminating connection'* | *'SSL SYSCALL'* | *'no connection to the server'* | *'could not receive data'*)
      echo 'the server ended the connection: see its log; the next run begins anew'
      ;;
    *'permission denied'* | *'must be '*) echo "give $PGUSER the right that is missing" ;;
    *'does not exist'*) echo 'correct the name, or make what is missing' ;;
    *) echo 'see the lines above' ;;
  esac
}

# --- dump

dump() {
  export FILE="$1/dump" STATUS="$work/status" LOCK_TIMEOUT="${LOCK_TIMEOUT:-10min}" CONNINFO
  CONNINFO=$(conninfo "$DB_NAME")
  sql "$DB_NAME" -v extra="$extra" -f "$here/dump.sql" > "$work/rows" && counted=yes || counted=
  code=$(cat "$STATUS" 2> /dev/null) || stop "no snapshot of database $DB_NAME can be taken, $nothing"
  case $(cat "$log") in *'statement timeout'*) waited ;; esac
  [ "$code" = 0 ] || stop "pg_dump failed with status $code, $nothing"
  [ "$counted" ] || stop "the rows cannot be counted, $nothing"
  try nice -n 19 pg_dumpall -w --roles-only --no-role-passwords -l "$CONNINFO" -f "$1/globals.sql" ||
    stop "pg_dumpall failed with status $code, $nothing"
}

# Ends the step: which table is locked, and by whom. Not by what: a statement may hold a password.
waited() {
  holders=$(sql "$DB_NAME" -c "SELECT string_agg(DISTINCT format('%s by session %s of %s', l.relation::regclass, a.pid, concat_ws(', ', a.usename,
      nullif(a.application_name, ''), 'since ' || to_char(a.xact_start AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'))), '; ')
    FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE l.mode = 'AccessExclusiveLock' AND l.granted AND l.locktype = 'relation'
      AND l.relation >= 16384 AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())")
  fail "pg_dump waited $LOCK_TIMEOUT for a lock, $nothing: there is one on ${holders:-no table any more}. End that session (pg_terminate_backend), or back up at another time"
}

# `pg_restore --list` passes a dump that is cut to its head. This reads all of it.
read_back() {
  try pg_restore -f /dev/null "$1/dump" || {
    reason=$(advice)
    fail "the dump does not read back, $nothing: $reason; the next run begins anew. If it fails too, see the disk of the node"
  }
}

# --- restore: into a new database, which gets the name of the target when it is whole

look() {
  there=$(
    sql "$elsewhere" -v name="$target" << 'SQL'
SELECT count(*) FROM pg_database WHERE datname = :'name';
SQL
  ) || stop "$DB_HOST cannot be asked for its databases, $as_it_was"
  exists=$there
  [ "$exists" = 0 ] || there=$(sql "$target" -f "$here/objects.sql") || stop "database $target cannot be looked into, $as_it_was"
}

prepare() {
  # A name may have 63 bytes; the server would cut it.
  now=$(date -u +%Y%m%d%H%M%S)
  stem=${target}_
  [ "$(printf %s "$target" | wc -c)" -le 38 ] || stem=
  into=${stem}restoring_$now
  replaced=${stem}replaced_$now
  made=
  half_done="database $into is half made and could not be dropped: drop it"
  drop_leftovers
  make_roles "$backup/globals.sql" "$elsewhere" || stop "the roles that are missing cannot be made, $as_it_was"
  made=yes
  make_database "$backup/dump" "$elsewhere" "$into" || stop "database $into cannot be made, $as_it_was"
}

# What a run that was killed left. Where a session is still at it, it may be another run's.
drop_leftovers() {
  sql "$elsewhere" -v stem="${stem}restoring_" > "$work/left" << 'SQL' || stop "$DB_HOST cannot be asked for its databases, $as_it_was"
SELECT datname FROM pg_database d WHERE starts_with(datname, :'stem') AND substr(datname, length(:'stem') + 1) ~ '^\d{14}$'
  AND NOT EXISTS (SELECT FROM pg_stat_activity a WHERE a.datid = d.oid) ORDER BY 1;
SQL
  while IFS= read -r half <&3; do
    echo "restore: dropping $half, which a run that did not finish left"
    drop_half "$half" || stop "what an earlier run left cannot be dropped, $as_it_was"
  done 3< "$work/left"
}

# Drops a database with its subscriptions, but not their slots: those belong to the database that is in use.
drop_half() {
  there=$(
    sql "$elsewhere" -v name="$1" << 'SQL'
SELECT count(*) FROM pg_subscription JOIN pg_database d ON d.oid = subdbid WHERE datname = :'name';
SQL
  ) || return
  [ "$there" = 0 ] || sql "$1" > /dev/null << 'SQL' || return
SELECT format('ALTER SUBSCRIPTION %I DISABLE', subname), format('ALTER SUBSCRIPTION %I SET (slot_name = NONE)', subname),
  format('DROP SUBSCRIPTION %I', subname)
  FROM pg_subscription JOIN pg_database d ON d.oid = subdbid WHERE datname = current_database() \gexec
SQL
  sql "$elsewhere" -v name="$1" -v how="${2:-}" > /dev/null << 'SQL'
DROP DATABASE IF EXISTS :"name" :how;
SQL
}

undo() { [ -z "${made:-}" ] || drop_half "$into" 'WITH (FORCE)'; }

load() {
  # shellcheck disable=SC2086 # several words
  fill "$backup/dump" "$1" ${without:-}
}

count() { FACTS=$facts sql "$1" -v objects="$work/objects" -f "$here/count.sql"; }

swap() {
  # The renames wait up to five seconds for the sessions to end, and let no new one in meanwhile.
  # A rename ends an autovacuum by itself; who is no superuser may not, and would end nothing any more.
  # psql itself goes to the background: killing a function's subshell would leave it at work.
  PGDATABASE=$elsewhere psql -XAtqw -v old="$target" -v new="$into" > /dev/null 2>&1 << 'SQL' &
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname IN (:'old', :'new') AND backend_type <> 'autovacuum worker' \watch 0.5
SQL
  ending=$!
  sql "$elsewhere" -v exists="$exists" -v target="$target" -v old="$replaced" -v new="$into" << 'SQL' && code=0 || code=1
BEGIN;
\if :exists
ALTER DATABASE :"target" RENAME TO :"old";
\endif
ALTER DATABASE :"new" RENAME TO :"target";
COMMIT;
SQL
  kill "$ending" 2> /dev/null || true
  wait "$ending" 2> /dev/null || true
  [ "$code" = 0 ] ||
    fail "$as_it_was; the restored one is whole and named $into, but the names could not be changed: end what still uses $target (sessions, prepared transactions) and run again, or rename both by hand"
  [ "$exists" = 0 ] || echo "restore: the database before is kept as $replaced; drop it when all is well"
}

# --- drill: a server whose data live as long as this container, so nothing is brought to the disk for safety

serve() {
  try initdb -D "$home/data" -U postgres -A trust -E UTF8 --locale=C > /dev/null || return
  printf '%s\n' "${SERVER_PARAMETERS:-}" | sed -n "s/'/''/g; s/^\([^=]*\)=\(.*\)/\1 = '\2'/p" >> "$home/data/postgresql.conf"
  # What follows wins. /dev/shm may be too small for parallel work; nothing may begin to work by itself.
  cat >> "$home/data/postgresql.conf" << CONF
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
cron.launch_active_jobs = off
timescaledb.max_background_workers = 0
pg_prewarm.autoprewarm = off
CONF
  try pg_ctl -D "$home/data" -w -t 300 -l "$home/log" start > /dev/null || no_server "$home/log" || return
  export PGHOST="$home" PGPORT=5432 PGUSER=postgres
}

end_server() { pg_ctl -D "$home/data" -m immediate stop > /dev/null 2>&1 || true; }

# Without what lies outside of a database, and what would reach out of this container.
make() {
  into=drill
  without='--no-tablespaces --no-subscriptions --no-publications'
  make_roles "$backup/globals.sql" postgres > /dev/null && make_database "$backup/dump" postgres "$into"
}

ask() { sql "$into" -F '|' -f "$1" > "$work/table" && sed 's/|.*//' "$work/table"; }
