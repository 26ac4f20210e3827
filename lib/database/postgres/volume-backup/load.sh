# Makes all databases of the last dump in folder $1, in a server that holds no data yet.
# Each is filled under another name; when all are whole, one transaction gives them their names. So this can be run again.
open_dump
must_hold databases globals.sql
# shellcheck disable=SC2046 # words without blanks
must_hold $(sed 's/ .*/.dump/' databases)

# All that is not made with the cluster or by an extension.
while IFS=' ' read -r oid name <&3; do
  base=$(sql template1 -v name="$name" <<'SQL'
SELECT datname || '.' FROM pg_database WHERE datname = :'name'::json #>> '{}'
SQL
  ) || failed 'the server cannot be asked for its databases. Nothing was changed'
  [ "$base" ] || continue
  objects=$(sql "${base%.}" <<'SQL'
SELECT count(*) FROM (SELECT 'pg_class'::regclass AS class, oid FROM pg_class WHERE relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND relpersistence <> 't'
    UNION ALL SELECT 'pg_proc'::regclass, oid FROM pg_proc UNION ALL SELECT 'pg_type'::regclass, oid FROM pg_type WHERE typtype IN ('d', 'e', 'r')
    UNION ALL SELECT 'pg_largeobject'::regclass, oid FROM pg_largeobject_metadata) AS objects
  WHERE oid >= 16384 AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = class AND objid = objects.oid AND deptype = 'e')
SQL
  ) || failed "database $name cannot be looked into. Nothing was changed"
  [ "$objects" = 0 ] || fail "database $name holds data already, $objects tables or other objects. Nothing was changed: load into a new server, or rename the database"
done 3< databases

# Roles that are here are left as they are. Only a hash of a password is there, and it stands in no log either.
sql template1 -c 'SELECT quote_ident(rolname) FROM pg_roles' > "$work/roles" || failed 'the server cannot be asked for its roles. Nothing was changed'
awk '
  NR == FNR { there[$0] = 1; next }
  function name(text,   i, c, quoted) {
    for (i = 1; i <= length(text); i++) {
      c = substr(text, i, 1)
      if (c == "\"") quoted = !quoted
      else if ((c == " " || c == ";") && !quoted) return substr(text, 1, i - 1)
    }
  }
  /^CREATE ROLE / { if (!(name(substr($0, 13)) in there)) { made[name(substr($0, 13))] = 1; print } }
  /^ALTER ROLE / { if (name(substr($0, 12)) in made) print }
  /^GRANT .* ON PARAMETER / { print; next }
  /^GRANT / {
    role = name(substr($0, 7))
    member = name(substr($0, 11 + length(role)))
    sub(/ GRANTED BY .*;$/, ";")
    if (role in made || member in made) print
  }' "$work/roles" globals.sql > "$work/globals.sql"
PGOPTIONS="$PGOPTIONS -c log_statement=none -c log_min_duration_statement=-1 -c log_min_error_statement=panic" \
  sql template1 -1 -f "$work/globals.sql" > /dev/null || failed 'the roles cannot be made, and none was'

# Drops what is in the way: what an earlier run left, and the empty databases that the image made.
sql template1 <<'SQL' > "$work/left" || failed 'the server cannot be asked for its databases'
SELECT datname FROM pg_database WHERE datname ~ '^volume_backup_loading_\d+$'
SQL
while IFS= read -r half <&3; do
  sql "$half" <<'SQL' || failed "the subscriptions of $half, which an earlier run left, cannot be dropped"
SELECT format('ALTER SUBSCRIPTION %I SET (slot_name = NONE)', subname), format('DROP SUBSCRIPTION %I', subname)
  FROM pg_subscription JOIN pg_database d ON d.oid = subdbid WHERE datname = current_database() \gexec
SQL
done 3< "$work/left"
names="SELECT split_part(line, ' ', 1) AS oid, substr(line, strpos(line, ' ') + 1)::json #>> '{}' AS name FROM regexp_split_to_table(:'list', '\n') AS line"
sql template1 <<SQL || failed 'what an earlier run left, or the image made, cannot be dropped; no data was there'
\\set list \`cat databases\`
SELECT format('ALTER DATABASE %I IS_TEMPLATE false', datname), format('DROP DATABASE %I WITH (FORCE)', datname) FROM pg_database
  WHERE datname ~ '^volume_backup_loading_\d+\$' OR datname IN (SELECT name FROM ($names) AS names) \\gexec
SQL

again='no database of the dump is there yet: run this again when it is mended, it begins anew'
while IFS=' ' read -r oid name <&3; do
  half=volume_backup_loading_$oid
  # With its owner, encoding, locale, settings and privileges; pg_restore knows but its old name.
  { pg_restore -C -l "$oid.dump" | grep -E '^[0-9]+; [0-9]+ [0-9]+ [A-Z ]+ - DATABASE '; } > "$work/list" || true
  try pg_restore -w -e -C -L "$work/list" -d template1 "$oid.dump" || failed "database $name was not made, $again"
  sql template1 -v name="$name" -v half="$half" <<'SQL' || failed "database $name cannot be renamed, $again"
SELECT format('ALTER DATABASE %I RENAME TO %I', :'name'::json #>> '{}', :'half') \gexec
SQL
  try pg_restore -w -e --no-tablespaces -d "$half" "$oid.dump" || failed "database $name does not load whole, $again"
  sql "$half" -c ANALYZE || failed "database $name cannot be analyzed, $again"
done 3< databases
sql template1 -1 -f - <<SQL || failed "the databases are whole, but cannot be given their names, $again"
\\set list \`cat databases\`
SELECT format('ALTER DATABASE %I RENAME TO %I', 'volume_backup_loading_' || oid, name) FROM ($names) AS names \\gexec
SQL
end_load
