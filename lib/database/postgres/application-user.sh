# Run by the image's entrypoint when the cluster is made: an ordinary user with a database of its own.
# The password comes from a file, of pods of an older template from the environment, and never stands on a command line, nor in the server's
# log or statistics.
psql --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" --no-password --no-psqlrc --quiet -v ON_ERROR_STOP=1 << 'SQL' || exit
\set user `printf %s "$APPLICATION_USER"`
\set password `cat "${APPLICATION_PASSWORD_FILE:-/dev/null}" && printf %s "$APPLICATION_PASSWORD"`
\set database `printf %s "$APPLICATION_DATABASE"`
SET log_statement = 'none';
SET log_min_duration_statement = -1;
SET log_min_error_statement = 'panic';
SET log_min_duration_sample = -1;
SET log_transaction_sample_rate = 0;
SET pg_stat_statements.track_utility = off;
SET pgaudit.log = 'none';
CREATE ROLE :"user" LOGIN PASSWORD :'password';
SELECT format('CREATE DATABASE %I', :'database')
  WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'database') \gexec
ALTER DATABASE :"database" OWNER TO :"user";
SQL
# This is sourced: the scripts after it run in the application's database, and what they make is the application user's.
[ "${INIT_SCRIPTS_RUN_AS-}" = administrator ] || {
  export POSTGRES_DB="$APPLICATION_DATABASE"
  PGOPTIONS="${PGOPTIONS-} -c role=$(printf %s "$APPLICATION_USER" | sed 's/[\\[:space:]]/\\&/g')" && export PGOPTIONS
}
