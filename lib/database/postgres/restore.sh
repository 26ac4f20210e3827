# Restores the backup in the scratch volume into a database of its own, and gives it the target's name when it is whole.
# The database that was there is kept under another name. At no moment is the target half of either: the names change in one
# transaction. A run that was killed leaves the target as it was, and is run again.
set -eu
umask 027
script=restore
work=$(mktemp -d)
target=${TARGET_DATABASE:-$DB_NAME}
# A database can be renamed only from another one.
home=postgres
[ "$target" != postgres ] || home=template1
making=
# Drops database $1, with its subscriptions but not their slots: those belong to the database that is in use.
drop_half() {
  subscriptions=$(sql "$home" -v name="$1" <<'SQL'
SELECT count(*) FROM pg_subscription JOIN pg_database d ON d.oid = subdbid WHERE datname = :'name';
SQL
  ) || return
  [ "$subscriptions" = 0 ] || sql "$1" > /dev/null <<'SQL' || return
SELECT format('ALTER SUBSCRIPTION %I DISABLE', subname), format('ALTER SUBSCRIPTION %I SET (slot_name = NONE)', subname),
  format('DROP SUBSCRIPTION %I', subname)
  FROM pg_subscription JOIN pg_database d ON d.oid = subdbid WHERE datname = current_database() \gexec
SQL
  sql "$home" -v name="$1" -v how="${2:-}" > /dev/null <<'SQL'
DROP DATABASE IF EXISTS :"name" :how;
SQL
}
cleanup() {
  [ -z "$making" ] || drop_half "$making" 'WITH (FORCE)' || echo "restore: database $making is half made and could not be dropped: drop it" >&2
  rm -rf "$work" "$log"
}
# The last line is what went wrong, so the cleaning goes before it.
stop() {
  reason="$1: $(advice)"
  cleanup 2> "$work.dropping" || true
  making=
  cat "$work.dropping" >&2
  rm -f "$work.dropping"
  fail "$reason"
}
trap cleanup EXIT
trap 'exit 143' TERM INT

[ -f "$backup/dump" ] || fail "no backup in $backup: see the log of the container that fetches it"
name=$(fact name)
[ "$(fact engine)" = postgres ] || fail "$name is of '$(fact engine)', not of postgres: set BACKUP to another, or correct the container or its prefix"
connect

as_it_was="database $target is as it was"
server=$(sql "$home" -c 'SHOW server_version_num') || stop "no connection to the server, $as_it_was"
server=$((server / 10000))
dumped=$(fact serverVersion)
[ "$server" -ge "${dumped%%.*}" ] ||
  fail "$name was dumped from PostgreSQL $dumped and $DB_HOST runs $server, $as_it_was: restore into PostgreSQL ${dumped%%.*} or later, there is no way back"

there=$(sql "$home" -v name="$target" <<'SQL'
SELECT count(*) FROM pg_database WHERE datname = :'name';
SQL
) || stop "$DB_HOST cannot be asked for its databases, $as_it_was"
if [ "$there" = 1 ] && [ "${REPLACE:-}" != true ]; then
  objects=$(sql "$target" <<'SQL'
WITH theirs AS (SELECT oid FROM pg_namespace WHERE nspname NOT LIKE 'pg\_%' AND nspname <> 'information_schema'),
  objects (class, oid) AS (
    SELECT 'pg_class'::regclass, oid FROM pg_class WHERE relnamespace IN (SELECT oid FROM theirs) AND relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
    UNION ALL SELECT 'pg_proc'::regclass, oid FROM pg_proc WHERE pronamespace IN (SELECT oid FROM theirs)
    UNION ALL SELECT 'pg_type'::regclass, oid FROM pg_type WHERE typnamespace IN (SELECT oid FROM theirs) AND typtype IN ('d', 'e', 'r')
    UNION ALL SELECT 'pg_namespace'::regclass, oid FROM pg_namespace WHERE oid IN (SELECT oid FROM theirs) AND nspname <> 'public'
    UNION ALL SELECT 'pg_largeobject'::regclass, oid FROM pg_largeobject_metadata)
SELECT count(*) FROM objects WHERE NOT EXISTS (SELECT FROM pg_depend WHERE classid = class AND objid = objects.oid AND deptype = 'e');
SQL
) || stop "database $target cannot be looked into and is as it was"
  [ "$objects" = 0 ] ||
    fail "database $target on $DB_HOST is not empty: it has $objects tables and other objects, and is as it was. Set REPLACE=true to put the backup in its place (it is kept under another name), or TARGET_DATABASE to restore beside it"
fi

# 63 bytes is what a name may have; the server would cut it.
now=$(date -u +%Y%m%d%H%M%S)
stem=${target}_
[ "$(printf %s "$target" | wc -c)" -le 38 ] || stem=
new=${stem}restoring_$now
old=${stem}replaced_$now

# What a run that was killed left. Where a session is still at it, it may be another run's.
left=$(sql "$home" -v stem="${stem}restoring_" <<'SQL'
SELECT datname FROM pg_database d WHERE starts_with(datname, :'stem') AND substr(datname, length(:'stem') + 1) ~ '^\d{14}$'
  AND NOT EXISTS (SELECT FROM pg_stat_activity a WHERE a.datid = d.oid) ORDER BY 1;
SQL
) || stop "$DB_HOST cannot be asked for its databases, $as_it_was"
[ -z "$left" ] || printf '%s\n' "$left" | while IFS= read -r half; do
  echo "restore: dropping $half, which a run that did not finish left"
  drop_half "$half" || exit 1
done || stop "what an earlier run left cannot be dropped, $as_it_was"

began=$(date +%s)
echo "restore: restoring $name, of database $(fact database) on $(fact host), into $new"
make_roles "$home" || stop "the roles that are missing cannot be made, $as_it_was"
making=$new
make_database "$home" "$new" || stop "database $new cannot be made, $as_it_was"
fill_database "$new" || stop "$name does not restore whole, $as_it_was"

# From here it is whole: it is not thrown away any more.
making=
# The renames wait up to five seconds for the sessions to end, and let no new one in meanwhile.
# A rename ends an autovacuum by itself; who is no superuser may not, and would end nothing any more.
# psql itself goes to the background: killing a function's subshell would leave it at work.
PGDATABASE=$home psql -XAtqw -v old="$target" -v new="$new" > /dev/null 2>&1 <<'SQL' &
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname IN (:'old', :'new') AND backend_type <> 'autovacuum worker' \watch 0.5
SQL
ending=$!
if [ "$there" = 1 ]; then
  sql "$home" -v target="$target" -v old="$old" -v new="$new" <<'SQL' && renamed=0 || renamed=1
BEGIN;
ALTER DATABASE :"target" RENAME TO :"old";
ALTER DATABASE :"new" RENAME TO :"target";
COMMIT;
SQL
else
  sql "$home" -v target="$target" -v new="$new" <<'SQL' && renamed=0 || renamed=1
ALTER DATABASE :"new" RENAME TO :"target";
SQL
fi
kill "$ending" 2>/dev/null || true
wait "$ending" 2>/dev/null || true
[ "$renamed" = 0 ] ||
  fail "$as_it_was; the restored one is whole and named $new, but the names could not be changed: end what still uses $target (sessions, prepared transactions) and run again, or rename both by hand"
[ "$there" = 0 ] || echo "restore: the database before is kept as $old; drop it when all is well"
echo "restore: $target is $name: $(fact totalRows) rows of $(fact tables) tables and $(fact largeObjects) large objects, in $(($(date +%s) - began)) s"
