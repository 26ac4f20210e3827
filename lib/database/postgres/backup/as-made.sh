# Whether a database is as it was made: init scripts may have filled it, and a restore may replace that. `sql` is the caller's, as in client.sh.
mark='As made: sha256'

# fingerprint DATABASE: a sum that stays the same as long as nothing in the database changes. It fails where not all can be read, and above
# 16 MiB: a restore asks it, and must not read a large database for it.
fingerprint() {
  # POSIX sh knows the status of a pipe's last program only. pg_dump writes its release, and a key for psql that is another each time.
  sum=$({
    { PGDATABASE=$1 PGTZ=UTC pg_dump -w --lock-wait-timeout=60s || echo broken >&3; } |
      { dd bs=65536 count=256 iflag=fullblock 2> /dev/null && [ "$(head -c 1 | wc -c)" -eq 0 ] || echo broken >&3; } |
      sed -e '1,9{/^-- Dumped /d;}' -e '/^\\\(un\)\{0,1\}restrict [A-Za-z0-9]*$/d' | sha256sum
  } 3>&1) && [ "${sum#broken}" = "$sum" ] && echo "${sum%% *}"
}

# note_as_made: the fingerprint, as the comment of each database that has no other.
note_as_made() {
  sql postgres -c "SELECT datname FROM pg_database WHERE datallowconn AND NOT datistemplate
    AND coalesce(shobj_description(oid, 'pg_database'), '') IN ('', 'default administrative connection database')" | while IFS= read -r filled; do
    sum=$(fingerprint "$filled") && echo "COMMENT ON DATABASE :\"name\" IS '$mark $sum'" | sql postgres -v name="$filled" ||
      echo "it cannot be noted that database $filled is as it was made" >&2
  done
}

# as_made DATABASE. In a subshell, as the caller has variables of its own.
as_made() (
  noted=$(sql "$1" -c "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()") || return
  case $noted in "$mark "*) [ "$noted" = "$mark $(fingerprint "$1")" ] ;; *) false ;; esac
)
