# The administrator's login, over the socket.
export PGUSER="${POSTGRES_USER:-postgres}" PGPASSWORD="${POSTGRES_PASSWORD-}"
# What is set for a database or a role must not end a script, nor forbid it.
export PGOPTIONS='-c default_transaction_read_only=off -c statement_timeout=0 -c lock_timeout=0 -c idle_in_transaction_session_timeout=0'

# psql in database $1; terse, as an error else shows the statement.
sql() {
  base=$1
  shift
  PGDATABASE=$base try psql -XAtqw -v ON_ERROR_STOP=1 -v VERBOSITY=terse "$@"
}
