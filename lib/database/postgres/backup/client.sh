# PostgreSQL's clients, for a backup over the network and for hooks in the database's own container.
# Who vanishes without a word is noticed within two minutes, on both sides: a session of a pod that is gone would hold half a database for hours.
alive='keepalives_idle=60 keepalives_interval=10 keepalives_count=6'
# What is set for a database or a role, and comes back with the dump, must not end what runs here, nor forbid it.
export PGOPTIONS='-c default_transaction_read_only=off -c statement_timeout=0 -c lock_timeout=0 -c idle_in_transaction_session_timeout=0
  -c tcp_keepalives_idle=60 -c tcp_keepalives_interval=10 -c tcp_keepalives_count=6'

# A database as libpq wants it in a connection string.
conninfo() { printf "dbname='" && printf %s "$1" | sed "s/['\\\\]/\\\\&/g" && printf "' %s" "$alive"; }

# sql DATABASE ARGUMENT…: psql.
sql() {
  database=$1
  shift
  PGDATABASE=$database try psql -XAtqw -v ON_ERROR_STOP=1 "$@"
}

# edited FILE DATABASE ARGUMENT…: runs the statements of FILE as the script in the arguments chooses and edits them. It is left to
# the server to read SQL: a statement is whatever ends with `;` outside of quotes.
edited() {
  FILE=$1
  shift
  export FILE
  sql "$@" -v step="$step" -v statement="((?:[^;'\"]|'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\")+;)" -v identifier='"(?:[^"]|"")*"|[^" ;]+'
}

# make_roles FILE DATABASE: the roles in pg_dumpall's output that are missing here.
make_roles() { [ ! -f "$1" ] || { edited "$1" "$2" -1 -f "$here/roles.sql" > "$work/made" && cat "$work/made"; }; }

# list_database DUMP: what of its contents is the database itself: its owner, encoding, locale, settings and privileges.
list_database() {
  pg_restore -C -l "$1" | grep -E '^[0-9]+; [0-9]+ [0-9]+ [A-Z ]+ - DATABASE ' > "$work/list" || true
}

# make_database DUMP DATABASE NAME: as the one that was dumped, under another name.
make_database() {
  list_database "$1"
  case $named in
    # As text pg_restore does not write it.
    *\\[nr]*)
      try pg_restore -w -e -C -L "$work/list" -d "$(conninfo "$2")" "$1" && sql "$2" -v old="$target" -v new="$3" << 'SQL' || return
ALTER DATABASE :"old" RENAME TO :"new";
SQL
      return
      ;;
  esac
  try pg_restore -C -L "$work/list" -f "$work/database.sql" "$1" || return
  edited "$work/database.sql" "$2" -v name="$3" -f "$here/database.sql" > /dev/null
}

# fill DUMP NAME OPTION…
fill() {
  file=$1
  into=$2
  shift 2
  try pg_restore --exit-on-error "$@" -w -d "$(conninfo "$into")" "$file" || return
  # It warns of each table of the system that only a superuser may look at.
  sql "$into" -c 'SET client_min_messages = error' -c ANALYZE
}
