# Makes all databases of the last dump in folder $1, in a server that holds no data yet.
# Each is filled under another name; when all are whole, one transaction gives them their names. So this can be run again.
. "${0%/*}/volume-client.sh"
begin_load "$1" databases globals.sql
# shellcheck disable=SC2046 # words without blanks
must_hold $(sed 's/ .*/.dump/' databases)

while IFS=' ' read -r oid name <&3; do
  base=$(
    sql template1 -v name="$name" << 'SQL'
SELECT datname || '.' FROM pg_database WHERE datname = :'name'::json #>> '{}'
SQL
  ) || stop 'the server cannot be asked for its databases. Nothing was changed'
  [ "$base" ] || continue
  objects=$(sql "${base%.}" -f "$here/objects.sql") || stop "database $name cannot be looked into. Nothing was changed"
  [ "$objects" = 0 ] || fail "database $name holds data already, $objects tables or other objects. Nothing was changed: load into a new server, or rename the database"
done 3< databases

# Roles that are here are left as they are.
make_roles globals.sql template1 || stop 'the roles cannot be made, and none was'

# Drops what is in the way: what an earlier run left, and the empty databases that the image made.
sql template1 -c "SELECT datname FROM pg_database WHERE datname ~ '^volume_backup_loading_\d+\$'" > "$work/left" || stop 'the server cannot be asked for its databases'
while IFS= read -r half <&3; do
  sql "$half" << 'SQL' || stop "the subscriptions of $half, which an earlier run left, cannot be dropped"
SELECT format('ALTER SUBSCRIPTION %I SET (slot_name = NONE)', subname), format('DROP SUBSCRIPTION %I', subname)
  FROM pg_subscription JOIN pg_database d ON d.oid = subdbid WHERE datname = current_database() \gexec
SQL
done 3< "$work/left"
names="SELECT split_part(line, ' ', 1) AS oid, substr(line, strpos(line, ' ') + 1)::json #>> '{}' AS name FROM regexp_split_to_table(:'list', '\n') AS line"
sql template1 << SQL || stop 'what an earlier run left, or the image made, cannot be dropped; no data was there'
\\set list \`cat databases\`
SELECT format('ALTER DATABASE %I IS_TEMPLATE false', datname), format('DROP DATABASE %I WITH (FORCE)', datname) FROM pg_database
  WHERE datname ~ '^volume_backup_loading_\d+\$' OR datname IN (SELECT name FROM ($names) AS names) \\gexec
SQL

again='no database of the dump is there yet: run this again when it is mended, it begins anew'
while IFS=' ' read -r oid name <&3; do
  half=volume_backup_loading_$oid
  list_database "$oid.dump"
  # Straight into the server: as text it would not be written for a name that holds a line feed.
  try pg_restore -w -e -C -L "$work/list" -d template1 "$oid.dump" || stop "database $name was not made, $again"
  sql template1 -v name="$name" -v half="$half" << 'SQL' || stop "database $name cannot be renamed, $again"
SELECT format('ALTER DATABASE %I RENAME TO %I', :'name'::json #>> '{}', :'half') \gexec
SQL
  fill "$oid.dump" "$half" --no-tablespaces || stop "database $name does not load whole, $again"
done 3< databases
sql template1 -1 -f - << SQL || stop "the databases are whole, but cannot be given their names, $again"
\\set list \`cat databases\`
SELECT format('ALTER DATABASE %I RENAME TO %I', 'volume_backup_loading_' || oid, name) FROM ($names) AS names \\gexec
SQL
end_load
