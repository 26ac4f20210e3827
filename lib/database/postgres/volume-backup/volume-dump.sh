# Dumps the roles and all databases into folder $1; each database is of one moment of its own.
. "${0%/*}/volume-client.sh"
begin_dump "$@"
sql postgres -c "SELECT oid || ' ' || to_json(datname) FROM pg_database
  WHERE datallowconn AND datname NOT IN ('template0', 'template1') ORDER BY oid" > databases || stop "the databases cannot be listed, $kept"
closed=$(sql postgres -c "SELECT string_agg(quote_ident(datname), ', ') FROM pg_database WHERE NOT datallowconn AND datname <> 'template0'") ||
  stop "the databases cannot be listed, $kept"
[ -z "$closed" ] || echo "$step: left out, as they take no connections: $closed" >&2
try pg_dumpall -w --globals-only -f globals.sql || stop "the roles were not dumped, $kept"
while IFS=' ' read -r oid name <&3; do
  # A name may end with a line feed, which a substitution would drop.
  base=$(sql postgres -c "SELECT datname || '.' FROM pg_database WHERE oid = $oid") || stop "database $name cannot be found, $kept"
  PGDATABASE=${base%.} try pg_dump -w -F c -C --no-tablespaces -f "$oid.dump" || stop "database $name was not dumped, $kept"
  try pg_restore -f /dev/null "$oid.dump" || stop "the dump of database $name does not read back, $kept"
done 3< databases
end_dump
