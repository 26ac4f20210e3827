# Makes the user of the exporter, METRICS_USER, with the password in METRICS_PASSWORD_FILE. The container `metrics-user` runs it beside the
# server, again and again: a user that is there keeps its password, and what nobody changed is written once.
# psql reads the password from the file, so it stands on no command line, nor in the server's log or statistics.
set -eu

password=$(tr -d '\r\n' < "$METRICS_PASSWORD_FILE")
[ "$password" ] || {
  echo "metrics-user: the Secret holds an empty password for '$METRICS_USER': write one into it" >&2
  exit 1
}
export PGOPTIONS='-c log_statement=none -c log_min_duration_statement=-1 -c log_min_duration_sample=-1 -c log_transaction_sample_rate=0
  -c log_min_error_statement=panic -c pg_stat_statements.track_utility=off -c auto_explain.log_min_duration=-1 -c pgaudit.log=none
  -c default_transaction_read_only=off -c lock_timeout=10s'
# Over the socket, where the image's rules ask for no password; a cluster of another image may ask for that of the Secret.
PGPASSWORD=$(cat "${POSTGRES_PASSWORD_FILE:-/dev/null}") && export PGPASSWORD
PGHOST='' psql -XAtqw -U "${POSTGRES_USER:-postgres}" -d "${POSTGRES_DB:-postgres}" -v ON_ERROR_STOP=1 << 'SQL'
\set user `printf %s "$METRICS_USER"`
SELECT count(role.oid) = 0 AS missing, count(role.oid) > count(member.member) AS powerless
  FROM (VALUES (1)) AS one LEFT JOIN pg_roles AS role ON rolname = :'user'
    LEFT JOIN pg_auth_members AS member ON member.member = role.oid AND member.roleid = 'pg_monitor'::regrole \gset
\if :missing
  \set password `tr -d '\r\n' < "$METRICS_PASSWORD_FILE"`
  BEGIN;
  -- Before PostgreSQL 15 everybody may make tables in the schema public. What hangs must leave connections to others.
  CREATE ROLE :"user" LOGIN CONNECTION LIMIT 5 PASSWORD :'password';
  ALTER ROLE :"user" SET default_transaction_read_only = on;
  GRANT pg_monitor TO :"user";
  COMMIT;
  \echo metrics-user: made the user :user
\elif :powerless
  GRANT pg_monitor TO :"user";
  \echo metrics-user: the user :user is there with a password of its own, and may now read statistics
\endif
SQL
