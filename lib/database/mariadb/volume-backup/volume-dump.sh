# Dumps all databases and users into folder $1, all of one moment, but for tables of other engines than InnoDB.
. "${0%/*}/volume-client.sh"
begin_dump "$@"
sql -e "SELECT JSON_QUOTE(SCHEMA_NAME) FROM information_schema.SCHEMATA
  WHERE SCHEMA_NAME NOT IN ($system) ORDER BY 1" > databases || stop "the databases cannot be listed, $kept"
dump_to databases.sql.gz --all-databases --ignore-database=mysql --ignore-database=sys --add-drop-database --hex-blob ||
  stop "the databases were not dumped to the end, $kept"
unpacked databases.sql.gz tail -n 1 > "$work/last" || stop "the dump does not read back, $kept"
grep -q '^-- Dump completed' "$work/last" || fail "the databases were not dumped to the end, $kept"
try client mariadb-dump --system=users --insert-ignore > users.sql ||
  stop "the users were not dumped (with skip_name_resolve one of a host's name cannot be: drop it, it cannot log in either), $kept"
end_dump
