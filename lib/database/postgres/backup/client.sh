# PostgreSQL's clients, for engine.sh: over the network or, for a hook, over the socket.
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
