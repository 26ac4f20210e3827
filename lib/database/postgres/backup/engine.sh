# PostgreSQL, as the verbs that dump.sh, restore.sh and drill.sh call.
engine=postgres
parts=1 # how many numbers of a release decide whether a dump can be restored
check_ending=.sql
. "$here/client.sh"
. "$here/as-made.sh"
. "$here/archive.sh"

login() {
  export PGHOST="$DB_HOST" PGPORT="${DB_PORT:-5432}" PGUSER="$DB_USER" PGCONNECT_TIMEOUT=30
  # In the environment of the clients only: libpq ignores a password file with the mode of a mounted Secret.
  password=$(secret dbPassword.txt)
  [ -z "$password" ] || export PGPASSWORD="$password"
  # A database can be renamed only from another one.
  elsewhere=postgres
  if [ "$step" = dump ]; then
    elsewhere=$DB_NAME
  elif cut -f 3 "$work/plan" | grep -q -x '"postgres"'; then
    elsewhere=template1
  fi
}

version() {
  sql "$elsewhere" -c "SELECT n / 10000 || '.' || n % 10000 FROM (SELECT current_setting('server_version_num')::int) AS s (n)"
}

list_databases() { sql "$DB_NAME" -f "$here/databases.sql"; }

image_version() { postgres --version | awk '{ print $3 }'; }

# What to do when a program has failed.
advice() {
  case $(cat "$log") in
    *'No space left'* | *'Disk quota'*) echo "$scratch or the disk of the server is full: give it more space than the database has" ;;
    # BusyBox, which Alpine has, does not say what is wrong.
    *'tee: '*) echo "$scratch cannot be written to, as when it is full: see the lines above" ;;
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
    *'extension "'*'is not available'*) echo 'the server lacks an extension (see the lines above): give it an image that has it, or drop it where it is not used' ;;
    *'does not exist'*) echo 'correct the name, or make what is missing' ;;
    *) echo 'see the lines above' ;;
  esac
}

# --- dump: each database in a snapshot of its own

dump() {
  choose_compression
  export STATUS="$work/status" LOCK_TIMEOUT="${LOCK_TIMEOUT:-10min}" HERE="$here" CONNINFO FILE SUM COMPRESSION
  # Older scripts know no dump that is a folder.
  [ "${PARALLEL:-1}" = 1 ] || format=3
  each_database "$work/databases" dump_one "$1"
  set -- -f "$1/globals.sql"
  [ "${hook-}" ] || set -- "$@" --no-role-passwords
  try nice -n 19 pg_dumpall -w --roles-only -l "$(conninfo "$DB_NAME")" "$@" ||
    stop "pg_dumpall failed with status $code, $nothing"
}

dump_one() {
  FILE=$1/$file
  SUM=$work/sum.$file
  CONNINFO=$(conninfo "$target")
  sql "$target" -v objects="$work/objects.$file" -f "$here/dump.sql" > "$work/rows.$file" && counted=yes || counted=
  code=$(cat "$STATUS" 2> /dev/null) || stop "no snapshot of database $target can be taken, $nothing"
  case $(cat "$log") in *'statement timeout'*) waited ;; esac
  [ "$code" = 0 ] || stop "pg_dump of database $target failed with status $code, $nothing"
  [ "$counted" ] || stop "the rows of database $target cannot be counted, $nothing"
  rm "$STATUS"
}

# Ends the step: which table is locked, and by whom. Not by what: a statement may hold a password.
waited() {
  holders=$(sql "$target" -c "SELECT string_agg(DISTINCT format('%s by session %s of %s', l.relation::regclass, a.pid, concat_ws(', ', a.usename,
      nullif(a.application_name, ''), 'since ' || to_char(a.xact_start AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'))), '; ')
    FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE l.mode = 'AccessExclusiveLock' AND l.granted AND l.locktype = 'relation'
      AND l.relation >= 16384 AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())")
  fail "pg_dump waited $LOCK_TIMEOUT for a lock, $nothing: there is one on ${holders:-no table any more}. End that session (pg_terminate_backend), or back up at another time"
}

# --- restore: into new databases, which get the names of the targets in one transaction when all of them are whole

# Sets the names that a database has while it is filled, and that the one before gets. A name may have 63 bytes; the server would cut it.
aim() {
  stem=${target}_
  into=${stem}restoring_$now
  replaced=${stem}replaced_$now
  [ "$(printf %s "$target" | wc -c)" -gt 38 ] || return 0
  # Without a stem, each has a second of its own.
  stem=
  number=${file#dump}
  into=restoring_$((now + ${number:-0}))
  replaced=replaced_$((now + ${number:-0}))
}

now=$(date -u +%Y%m%d%H%M%S)
: > "$work/half"
: > "$work/exist"

look() {
  there=$(
    sql "$elsewhere" -v name="$target" << 'SQL'
SELECT count(*) FROM pg_database WHERE datname = :'name';
SQL
  ) || stop "$DB_HOST cannot be asked for its databases, $as_it_was"
  if [ "$there" = 0 ]; then there=none && return; fi
  echo "$file" >> "$work/exist"
  sql "$target" -f "$here/objects.sql" > "$work/there" || stop "database $target cannot be looked into, $as_it_was"
  there=$(awk '{ n += $NF } END { print n + 0 }' "$work/there")
}

# Makes the roles that are missing here.
make_globals() {
  [ "$step" = drill ] || each_database "$work/todo" drop_leftovers || return
  [ ! -f "$backup/globals.sql" ] || { edited "$backup/globals.sql" "$elsewhere" -1 -f "$here/roles.sql" > "$work/made" && cat "$work/made"; }
}

prepare() {
  half_done="what is half made could not be dropped, and the next restore drops it: databases named ..._restoring_$now"
  printf '%s\t%s\n' "$file" "$named" >> "$work/half"
  make_database || stop "database $into cannot be made, $as_it_was"
}

# Makes $into as the database that was dumped: with its owner, encoding, locale, settings and privileges.
make_database() {
  archive "$backup/$file" || return
  pg_restore -C -l "$archive" | grep -E '^[0-9]+; [0-9]+ [0-9]+ [A-Z ]+ - DATABASE ' > "$work/list" || true
  case $named in
    # As text pg_restore does not write it.
    *\\[nr]*)
      try pg_restore -w -e -C -L "$work/list" -d "$(conninfo "$elsewhere")" "$archive" &&
        sql "$elsewhere" -v old="$target" -v new="$into" << 'SQL'
ALTER DATABASE :"old" RENAME TO :"new";
SQL
      ;;
    *)
      try pg_restore -C -L "$work/list" -f "$work/database.sql" "$archive" &&
        edited "$work/database.sql" "$elsewhere" -v name="$into" -f "$here/database.sql" > /dev/null
      ;;
  esac
}

# What a run that was killed left. Where a session is still at it, it may be another run's.
drop_leftovers() {
  sql "$elsewhere" -v stem="${stem}restoring_" > "$work/left" << 'SQL' || return
SELECT E'dump\t' || to_json(datname) FROM pg_database d WHERE starts_with(datname, :'stem') AND substr(datname, length(:'stem') + 1) ~ '^\d{14}$'
  AND NOT EXISTS (SELECT FROM pg_stat_activity a WHERE a.datid = d.oid) ORDER BY 1;
SQL
  each_database "$work/left" drop_left
}

drop_left() {
  say "dropping $target, which a run that did not finish left"
  drop_half "$target"
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
SELECT format('ALTER DATABASE %I IS_TEMPLATE false', datname) FROM pg_database WHERE datname = :'name' AND datistemplate \gexec
DROP DATABASE IF EXISTS :"name" :how;
SQL
}

undo() { each_database "$work/half" drop_made; }

drop_made() { drop_half "$into" 'WITH (FORCE)'; }

load() {
  archive "$backup/$file" && try pg_restore --exit-on-error ${without:+"$without"} -j "${PARALLEL:-1}" -w -d "$(conninfo "$into")" "$archive"
}

# The statistics are made at the same time: both read all that is there. psql itself goes to the background: killing a function's subshell would leave
# it at work.
count() {
  # It warns of each table of the system that only a superuser may look at.
  PGDATABASE=$into psql -XAtqw -c 'SET client_min_messages = error' -c ANALYZE > /dev/null 2>&1 &
  analyzing=$!
  FACTS=$facts sql "$into" -v file="$file" -v objects="$work/objects" -f "$here/count.sql" && counted=yes || counted=
  # A database may let in one session at a time.
  wait "$analyzing" || sql "$into" -c 'SET client_min_messages = error' -c ANALYZE || counted=
  [ "$counted" ]
}

note_names() {
  exists=$(grep -c -x "$file" "$work/exist" || true)
  printf '%s\t%s\t%s\t%s\n' "$named" "$(json "$into")" "$(json "$replaced")" "$exists" >> "$work/names"
}

swap() {
  : > "$work/names"
  each_database "$work/todo" note_names
  export FILE="$work/names"
  # The renames wait up to five seconds for the sessions to end, and let no new one in meanwhile.
  # A rename ends an autovacuum by itself; who is no superuser may not, and would end nothing any more.
  # psql itself goes to the background: killing a function's subshell would leave it at work.
  PGDATABASE=$elsewhere psql -XAtqw -v watch=yes -f "$here/swap.sql" > /dev/null 2>&1 &
  ending=$!
  sql "$elsewhere" -f "$here/swap.sql" && code=0 || code=1
  kill "$ending" 2> /dev/null || true
  wait "$ending" 2> /dev/null || true
  [ "$code" = 0 ] ||
    fail "$as_it_was; what is restored is whole, under the names $(cut -f 2 "$work/names" | paste -s -d ' ' -), but the names could not be changed: end what still uses $(cut -f 1 "$work/names" | paste -s -d ' ' -) (sessions, prepared transactions) and run again, or rename all by hand"
  each_database "$work/todo" tidy
}

# A database that held nothing is not kept.
tidy() {
  grep -q -x "$file" "$work/exist" || return 0
  if sql "$replaced" -f "$here/objects.sql" > "$work/there" && ! grep -q -v ': 0$' "$work/there" && drop_half "$replaced"; then return; fi
  say "database $target as it was before is kept as $replaced; drop it when all is well"
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
  elsewhere=postgres
  into=postgres
  # The databases that initdb makes are in the way of those that were dumped.
  aim() { into=drill_$file; }
}

end_server() { pg_ctl -D "$home/data" -m immediate stop > /dev/null 2>&1 || true; }

# A drill has no other disks.
make() {
  without=--no-tablespaces
  archive "$backup/$file" || return
  pg_restore -C -s -f - "$archive" | grep -q -e "^SET default_tablespace = [^']" -e '^CREATE DATABASE .* TABLESPACE = ' &&
    printf 'tablespaces of %s; ' "$named" >> "$work/without"
  make_database
}

ask() { sql "$into" -F '|' -f "$1" > "$work/table" && sed 's/|.*//' "$work/table"; }
