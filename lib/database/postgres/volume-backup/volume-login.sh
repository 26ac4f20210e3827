# The administrator's login, over the socket, for volume.sh.
DB_NAME=${POSTGRES_DB:-postgres}
without=--no-tablespaces

login() {
  password_of POSTGRES_PASSWORD
  export PGUSER="${POSTGRES_USER:-postgres}" PGPASSWORD="$password"
  # A hash of a password stands in no log.
  export PGOPTIONS="$PGOPTIONS -c log_statement=none -c log_min_duration_statement=-1 -c log_min_error_statement=panic"
  elsewhere=template1
}
