# Whether a database is as it was made: init scripts may have filled it, and a restore may replace that. `client` and `sql` are the caller's,
# as in client.sh.
mark='As made: sha256'

# dump_text ARGUMENT…: mariadb-dump of all that a database has. Rows that a system-versioned table no longer shows are data as well.
dump_text() {
  history=--dump-history
  mariadb-dump --help | grep -q -e "$history" || history=
  client mariadb-dump --single-transaction --quick --routines --triggers --events ${history:+"$history"} "$@"
}

# fingerprint DATABASE: a sum that stays the same as long as nothing in the database changes. It fails where not all can be read, and above
# 16 MiB: a restore asks it, and must not read a large database for it.
fingerprint() {
  # POSIX sh knows the status of a pipe's last program only.
  sum=$({
    { dump_text --skip-comments --hex-blob --no-tablespaces -- "$1" || echo broken >&3; } |
      { dd bs=65536 count=256 iflag=fullblock 2> /dev/null && [ "$(head -c 1 | wc -c)" -eq 0 ] || echo broken >&3; } | sha256sum
  } 3>&1) && [ "${sum#broken}" = "$sum" ] && echo "${sum%% *}"
}

# note_as_made: the fingerprint, as the comment of each database that has no other. MariaDB has them since 10.5.
note_as_made() {
  sql -e "SELECT SCHEMA_NAME FROM information_schema.SCHEMATA
    WHERE SCHEMA_COMMENT = '' AND SCHEMA_NAME NOT IN ('mysql', 'information_schema', 'performance_schema', 'sys')" | while IFS= read -r filled; do
    { sum=$(fingerprint "$filled") && sql --database="$filled" -e "ALTER DATABASE COMMENT '$mark $sum'"; } ||
      echo "it cannot be noted that database $filled is as it was made" >&2
  done
}

# as_made DATABASE. In a subshell, as the caller has variables of its own.
as_made() (
  noted=$(sql --database="$1" -e 'SELECT SCHEMA_COMMENT FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = DATABASE()') || return
  case $noted in "$mark "*) [ "$noted" = "$mark $(fingerprint "$1")" ] ;; *) false ;; esac
)
