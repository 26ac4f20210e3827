# Restores $SCRATCH/backup into a throw-away server of this pod, which no network reaches, and writes $SCRATCH/drill.json.
# A drill that fails is a result as well: this exits 0, and what uploads the result fails.
# shellcheck disable=SC2016
set -eu
export LC_ALL=C

scratch=${SCRATCH:-/scratch}
checks=${CHECKS:-/checks}
dump=$scratch/backup/dump
manifest=$scratch/backup/facts.json # fetched: the manifest itself
data=$scratch/drill
work=$(mktemp -d) # sockets need a short path
server=
trap '[ -z "$server" ] || kill -9 "$server" 2>/dev/null || true; rm -rf "$work" "$data"' EXIT
trap 'exit 143' TERM INT HUP
rm -rf "$data" "$scratch/drill.json"
: > "$work/checks"
: > "$work/errors"

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
    printf '  "engine": "mariadb",\n  "serverVersion": "%s",\n' "$(printf '%s' "${version-}" | text)"
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
  sed 's/^/  /' "$work/errors" >&2
  check "$1" false "$2"
  finish
}

sql() {
  mariadb --no-defaults --user=root --socket="$work/s" --default-character-set=utf8mb4 --max-allowed-packet=1G --batch --skip-column-names --raw "$@" 2>"$work/errors"
}

if ! [ -s "$dump" ] || ! [ -s "$manifest" ]; then
  give_up backup "there is none in $scratch/backup; the init container that fetches it must run first"
fi
[ "$(value engine)" = mariadb ] || give_up backup "it is of '$(value engine)', not of mariadb"

moment=$(value started | tr TZ '  ')
age=$(($(date +%s) - $(date -u -d "$moment" +%s))) || give_up age "its start is no time: $moment"
if [ "$age" -le -3600 ]; then
  check age false "it is dated $((-age)) s from now, as the clock of a node was wrong: until then no newer backup is found. Delete it when another is whole"
elif [ "${RPO_SECONDS-}" ]; then
  [ "$age" -le "$RPO_SECONDS" ] && young=true || young=false
  check age "$young" "$age s of at most $RPO_SECONDS"
fi

version=$(value serverVersion)
image=$(mariadbd --version | sed 's/.* Ver \([0-9]*\.[0-9]*\).*/\1/')
[ "$(printf '%s\n' "$version" "$image" | cut -d . -f 1,2 | sort -V | tail -n 1)" = "$image" ] ||
  give_up server "this image is MariaDB $image, older than $version that the dump is of"

mkdir -p "$data/tmp"
mariadb-install-db --no-defaults --datadir="$data/data" --tmpdir="$data/tmp" --auth-root-authentication-method=normal \
  --skip-test-db > "$work/errors" 2>&1 || give_up server 'no throw-away server can be made'
mariadbd --no-defaults --datadir="$data/data" --tmpdir="$data/tmp" --socket="$work/s" --pid-file="$work/pid" --skip-networking \
  --skip-log-bin --max-allowed-packet=1G --innodb-flush-log-at-trx-commit=0 --innodb-doublewrite=0 \
  > "$work/server.log" 2>&1 &
server=$!
tries=0
until mariadb-admin --no-defaults --socket="$work/s" ping >/dev/null 2>&1; do
  tries=$((tries + 1))
  if [ "$tries" -gt 300 ] || ! kill -0 "$server" 2>/dev/null; then
    tail -n 20 "$work/server.log" > "$work/errors"
    give_up server 'the throw-away server does not start'
  fi
  sleep 0.2
done

begin=$(date +%s)
: > "$work/gzip"
rm -f "$work/read"
name=$(value database)
identifier=$(printf '%s' "$name" | sed 's/\\\(.\)/\1/g; s/`/``/g')
sql -e "CREATE DATABASE \`$identifier\`" || give_up restore "$(cat "$work/errors")"
database=$(printf '%s' "$name" | sed 's/\\\(.\)/\1/g')
{
  gzip -dc "$dump" 2>"$work/gzip" && : > "$work/read"
} | sql --binary-mode -- "$database" || give_up restore "$(tail -n 3 "$work/errors")"
if ! [ -e "$work/read" ]; then
  cp "$work/gzip" "$work/errors"
  give_up restore "the dump is damaged: $(tail -n 1 "$work/gzip")"
fi
# Views, triggers and routines work only if their definers, users of the real server, exist.
sql -- "$database" > "$work/definers" <<'SQL' || give_up restore "$(tail -n 3 "$work/errors")"
SELECT CONCAT('CREATE USER IF NOT EXISTS ', name, '; GRANT ALL ON *.* TO ', name, ';') FROM (
  SELECT CONCAT(QUOTE(LEFT(DEFINER, CHAR_LENGTH(DEFINER) - LOCATE('@', REVERSE(DEFINER)))), '@', QUOTE(SUBSTRING_INDEX(DEFINER, '@', -1))) AS name FROM (
    SELECT DEFINER FROM information_schema.VIEWS WHERE TABLE_SCHEMA = DATABASE()
    UNION SELECT DEFINER FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE()
    UNION SELECT DEFINER FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = DATABASE()) AS definers) AS names;
SQL
sql < "$work/definers" || give_up restore "$(tail -n 3 "$work/errors")"
seconds=$(($(date +%s) - begin))
check restore true "$seconds s"

sql -- "$database" > "$work/counts" <<'SQL' || give_up rows "$(cat "$work/errors")"
SELECT CONCAT('SELECT CONCAT(', QUOTE(JSON_QUOTE(TABLE_NAME)), ', ": ", COUNT(*)) FROM `', REPLACE(TABLE_NAME, '`', '``'), '`',
    IF(TABLE_TYPE = 'SYSTEM VERSIONED', ' FOR SYSTEM_TIME ALL', ''), ';')
  FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE NOT IN ('SEQUENCE', 'VIEW');
SQL
sql -- "$database" < "$work/counts" > "$work/unsorted" || give_up rows "$(cat "$work/errors")"
sort "$work/unsorted" > "$work/found"
sed -n '/^ *"rows": {$/,/^ *}/p' "$manifest" | sed -e '1d;$d' -e 's/^ *//; s/,$//' | sort > "$work/expected"
missing=$(comm -23 "$work/expected" "$work/found" | paste -s -d ' ' -)
surplus=$(comm -13 "$work/expected" "$work/found" | paste -s -d ' ' -)
# Of the wrong database every restore is perfect.
[ -s "$work/expected" ] || check tables false 'the backup holds nothing: see whether the job dumps the right database'
if [ "$missing$surplus" ]; then
  check rows false "the manifest says $missing, and the restore has $surplus"
else
  check rows true "$(($(wc -l < "$work/found"))) tables as in the manifest"
fi

for file in "$checks"/*.sql; do
  [ -e "$file" ] || continue
  if sql -- "$database" < "$file" > "$work/answer"; then
    answer=$(head -n 1 "$work/answer" | cut -f 1)
    case $answer in
      1 | t | T | true | TRUE | True) check "${file##*/}" true "$answer" ;;
      *) check "${file##*/}" false "answered '$answer'" ;;
    esac
  else
    check "${file##*/}" false "$(tail -n 1 "$work/errors")"
  fi
done
finish
