# What a copy of a server does in another way than a backup and its restore. It comes after engine.sh.

# Who may not read the hashes of passwords copies the roles without them, as a backup does.
list_databases() {
  readable=$(sql "$DB_NAME" -c "SELECT has_table_privilege('pg_authid', 'SELECT')") || return
  [ "$readable" = t ] || {
    hook=
    say "roles are copied without their passwords, as $DB_USER may not read those" >&2
  }
  sql "$DB_NAME" -f "$here/databases.sql"
}

# A hash of a password stands in no log and no statistics of the server. Only a superuser may set that.
quiet='-c log_statement=none -c log_min_duration_statement=-1 -c log_min_duration_sample=-1 -c log_transaction_sample_rate=0 -c log_min_error_statement=panic
  -c pg_stat_statements.track_utility=off -c auto_explain.log_min_duration=-1 -c pgaudit.log=none'

# Makes the roles that are missing, with their passwords. Those that are here keep their passwords, and get all else that they had.
make_globals() {
  each_database "$work/todo" drop_leftovers || return
  superuser=$(sql "$elsewhere" -c 'SELECT rolsuper FROM pg_roles WHERE rolname = CURRENT_USER') || return
  options=$PGOPTIONS
  [ "$superuser" = f ] || PGOPTIONS="$options $quiet"
  # Of a restore it would ask for the passwords that are here.
  ! grep -q "^ALTER ROLE .* PASSWORD '" "$backup/globals.sql" || step=copy
  edited "$backup/globals.sql" "$elsewhere" -1 -v VERBOSITY=terse -f "$here/roles.sql" -f "$here/roles-here.sql" > "$work/made" && code=0 || code=1
  PGOPTIONS=$options
  step=restore
  [ "$code" = 0 ] && sed 's/^copy: /restore: /' "$work/made"
}
