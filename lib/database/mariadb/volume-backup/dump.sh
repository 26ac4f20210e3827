# Dumps all databases and users into folder $1, all of one moment, but for tables of other engines than InnoDB.
begin_dump
sql -e "SELECT SCHEMA_NAME FROM information_schema.SCHEMATA
  WHERE SCHEMA_NAME NOT IN ('mysql', 'information_schema', 'performance_schema', 'sys') ORDER BY 1" > databases || failed "the databases cannot be listed, $kept"
# Rows that a system-versioned table no longer shows are data as well.
history=--dump-history
mariadb-dump --help | grep -q -e "$history" || history=
# POSIX sh knows the status of a pipe's last program only. A dump that failed has no last line.
client mariadb-dump --all-databases --ignore-database=mysql --ignore-database=sys --add-drop-database --single-transaction --quick \
  --routines --triggers --events --hex-blob ${history:+"$history"} | gzip -1 > databases.sql.gz 2> "$work/gzip" || {
  cp "$work/gzip" "$log"
  failed "the dump cannot be written, $kept"
}
gzip -dc databases.sql.gz | tail -n 1 | grep -q '^-- Dump completed' || failed "the databases were not dumped to the end, $kept"
try gzip -t databases.sql.gz || failed "the dump does not read back, $kept"
client mariadb-dump --system=users --insert-ignore > users.sql ||
  failed "the users were not dumped (with skip_name_resolve one of a host's name cannot be: drop it, it cannot log in either), $kept"
end_dump
