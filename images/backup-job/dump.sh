#!/usr/bin/env sh
# Written by `npm run images`; change it in lib/database/postgres/client.sh, lib/database/postgres/dump.sh.
# Functions for PostgreSQL's clients. Put before dump.sh and restore.sh.
SCRATCH=${SCRATCH:-/scratch}
facts=$SCRATCH/backup/facts.json
log=$(mktemp)
# A server that vanishes without a word is noticed within two minutes.
alive='keepalives_idle=60 keepalives_interval=10 keepalives_count=6'

fail() {
  printf '%s: %s\n' "$script" "$1" >&2
  exit 1
}

connect() {
  export PGHOST="$DB_HOST" PGPORT="${DB_PORT:-5432}" PGUSER="$DB_USER" PGCONNECT_TIMEOUT=30
  # In the environment of the clients only: libpq ignores a password file with the mode of a mounted Secret.
  # Without the newline that an editor or `echo` left behind it.
  password=$(cat "${CREDENTIALS:-/backupCredentials}/dbPassword.txt" 2>/dev/null) || password=
  cr=$(printf '\r')
  password=${password%"$cr"}
  [ -z "$password" ] || export PGPASSWORD="$password"
}

# Quoted as libpq wants it.
conninfo() {
  printf "dbname='%s' %s" "$(printf %s "$1" | sed "s/['\\\\]/\\\\&/g")" "$alive"
}

# Runs a client, with its complaints in $log too.
try() {
  "$@" 2>"$log" && code=0 || code=$?
  cat "$log" >&2
  return "$code"
}

# What to do when `try` failed.
advice() {
  case $(cat "$log") in
    *'No space left'* | *'Disk quota'*) echo "$SCRATCH or the disk of the server is full: give it more space than the database has" ;;
    *'password authentication failed'* | *'no password supplied'*)
      echo "$PGHOST refuses the password of $PGUSER: put the right one into dbPassword.txt of the Secret" ;;
    *'aborting because of server version mismatch'* | *'unsupported version'*)
      echo "this image is older than the server that is or was dumped: set the engine's version to the server's" ;;
    *'Connection refused'* | *'could not translate'* | *'timeout expired'* | *'o route to host'* | *'starting up'* | *'shutting down'*)
      echo "$PGHOST:$PGPORT does not answer: see whether the server is up and a network policy lets this pod in" ;;
    *'server closed the connection'* | *'terminating connection'* | *'SSL SYSCALL'* | *'no connection to the server'* | *'could not receive data'*)
      echo "the server ended the connection: see its log; the next run begins anew" ;;
    *'permission denied'* | *'must be '*) echo "give $PGUSER the right that is missing" ;;
    *'does not exist'*) echo "correct the name, or make what is missing" ;;
    *) echo "see the lines above" ;;
  esac
}

# A value of facts.json.
fact() {
  sed -n "s/^  \"$1\": \"\(.*\)\",\{0,1\}$/\1/p; s/^  \"$1\": \([0-9]*\),\{0,1\}$/\1/p" "$facts"
}
# Dumps a database into the scratch volume, and reads the whole dump back. upload.sh goes on from there.
# What is there under its final name is whole: it is made under another name, and renamed last.
set -eu
umask 027
script=dump
new=$SCRATCH/backup.new
trap 'rm -f "$log"' EXIT
rm -rf "$SCRATCH/backup" "$new"
mkdir -p "$new"
connect
export PGDATABASE="$DB_NAME"
nothing='nothing is uploaded, older backups are untouched'

began=$(date -u +%s)
version=$(try psql -XAtqw -d "$alive" -v ON_ERROR_STOP=1 -c \
  "SELECT n / 10000 || '.' || n % 10000 FROM (SELECT current_setting('server_version_num')::int) AS s (n)") ||
  fail "no connection to database $DB_NAME, $nothing: $(advice)"
try nice -n 19 pg_dump -C -F c -w -d "$alive" -f "$new/dump" || fail "pg_dump failed with status $code, $nothing: $(advice)"
try nice -n 19 pg_dumpall -w --roles-only --no-role-passwords -l "$(conninfo "$DB_NAME")" -f "$new/globals.sql" ||
  fail "pg_dumpall failed with status $code, $nothing: $(advice)"
seconds=$(($(date -u +%s) - began))
sums=$(sha256sum "$new/dump" "$new/globals.sql")

# `pg_restore --list` passes a file that is cut to its head. This reads all of it, and counts rows as they will be restored.
# Without --data-only, a function's body could look like data. A row may be as long as a gigabyte: cut keeps none in memory.
unread=$new/unread
{ pg_restore --data-only -f - "$new/dump" 2>"$log" || touch "$unread"; } | LC_ALL=C cut -b 1-200000 | LC_ALL=C awk '
  function json(text) {
    gsub(/["\\]/, "\\\\&", text)
    gsub(/\n/, "\\n", text)
    gsub(/\t/, "\\t", text)
    gsub(/\r/, "\\r", text)
    return text
  }
  function table(text,   i, c, quoted) {
    for (i = 1; i <= length(text); i++) {
      c = substr(text, i, 1)
      if (c == "\"") quoted = !quoted
      else if (c == " " && !quoted) return substr(text, 1, i - 1)
    }
  }
  copying && $0 == "\\." {
    # Of some partitioned tables (by a hash of an enum) each part is written under the name of the whole.
    if (!(name in count)) names[++tables] = name
    count[name] += rows
    all += rows
    copying = 0
    next
  }
  copying { rows++; next }
  # A name may hold a line feed.
  head != "" || /^COPY / {
    head = head (head == "" ? "" : "\n") $0
    if (head ~ / FROM stdin;$/ && gsub(/"/, "\"", head) % 2 == 0) { name = table(substr(head, 6)); head = ""; copying = 1; rows = 0 }
    next
  }
  /^SELECT pg_catalog\.lo_open\(/ { objects++ }
  END {
    printf "  \"rows\": {"
    for (i = 1; i <= tables; i++) printf "%s    \"%s\": %.0f", (i > 1 ? ",\n" : "\n"), json(names[i]), count[names[i]]
    printf "%s},\n  \"tables\": %.0f,\n  \"totalRows\": %.0f,\n", (tables ? "\n  " : ""), tables, all
    printf "  \"largeObjects\": %.0f\n}\n", objects
  }' > "$new/rows" || touch "$unread"
if [ -e "$unread" ]; then
  cat "$log" >&2
  fail "the dump does not read back, $nothing: $(advice); the next run begins anew. If it fails too, see the disk of the node"
fi

quoted() {
  printf %s "$1" | sed 's/["\\]/\\&/g'
}

file() {
  printf '    "%s": { "size": %s, "sha256": "%s" }%s\n' "$1" "$(stat -c %s "$new/$1")" "$(echo "$sums" | sed -n "s|  $new/$1\$||p")" "$2"
}

{
  printf '{\n  "format": 1,\n  "engine": "postgres",\n  "serverVersion": "%s",\n' "$version"
  printf '  "host": "%s",\n  "database": "%s",\n' "$(quoted "$DB_HOST")" "$(quoted "$DB_NAME")"
  printf '  "started": "%s",\n  "durationSeconds": %s,\n' "$(date -u -d "@$began" +%Y-%m-%dT%H:%M:%SZ)" "$seconds"
  printf '  "files": {\n'
  file dump ,
  file globals.sql ''
  printf '  },\n'
  cat "$new/rows"
} > "$new/facts.json"
rm "$new/rows"
mv "$new" "$SCRATCH/backup"
echo "dump: $(fact totalRows) rows of $(fact tables) tables and $(fact largeObjects) large objects, dumped in $seconds s and read back"
