# Makes the user of the exporter, METRICS_USER, with the password in METRICS_PASSWORD_FILE. It can log in from inside the pod alone. The container
# `metrics-user` runs this beside the server, again and again: a user that is there keeps its password, and what nobody changed is written once.
# The password stands on no command line and in no log.
set -eu

password=$(tr -d '\r\n' < "$METRICS_PASSWORD_FILE")
[ "$password" ] || {
  echo "metrics-user: the Secret holds an empty password for '$METRICS_USER': write one into it" >&2
  exit 1
}
# Byte by byte, as the server got it.
root=$(cat "$MARIADB_ROOT_PASSWORD_FILE" && echo .)
sql() {
  MYSQL_PWD=${root%.} mariadb --no-defaults --socket=/run/mysqld/mysqld.sock --user=root --binary-mode --default-character-set=utf8mb4 \
    --batch --skip-column-names --raw
}
account="'$METRICS_USER'@'127.0.0.1'"
known=$(
  sql << SQL
SELECT COUNT(*) FROM information_schema.USER_PRIVILEGES WHERE PRIVILEGE_TYPE = 'PROCESS' AND BINARY GRANTEE = "$account";
SQL
)
[ "$known" = 0 ] || exit 0
# Whether the server is the replica of another one can be asked from 10.5.9 on. Of a statement that fails the client prints all, and so a password.
failed=$(
  sql 2>&1 << SQL
SET SESSION sql_log_bin = 0, sql_log_off = 1, long_query_time = 31536000, lock_wait_timeout = 10, sql_mode = 'NO_BACKSLASH_ESCAPES';
CREATE USER IF NOT EXISTS $account IDENTIFIED BY '$(printf %s "$password" | sed "s/'/''/g")' WITH MAX_USER_CONNECTIONS 5;
GRANT PROCESS /*M!100509 , SLAVE MONITOR */ ON *.* TO $account;
SQL
) || {
  echo "metrics-user: the server makes no user $account: $(printf '%s\n' "$failed" | grep -a '^ERROR')" >&2
  exit 1
}
echo "metrics-user: the user $account may read statistics"
