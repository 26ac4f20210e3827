# Gives a user of the server the password that it reads from stdin, on every host that the user has an account for. These accounts then log in
# by it alone, and no more by a socket. The pod's own container runs it:
#   kubectl exec --stdin POD -- sh /scripts/set-password.sh USER < FILE
# The password is on no command line and in no log: of the statement that is replicated only its hash.
set -eu

refuse() {
  echo "set-password: $1. Nothing was changed" >&2
  exit 1
}

user=${1-}
[ "$user" ] || refuse 'say whose password it is: sh /scripts/set-password.sh USER < FILE'
password=$(tr -d '\r')
case $password in
  '') refuse 'stdin holds no password' ;;
  *'
'*) refuse 'stdin holds more than one line' ;;
esac
# Byte by byte, as the server got it.
root=$(cat /passwords/MARIADB_ROOT_PASSWORD && echo .)
quoted() { printf "'%s'" "$(printf %s "$1" | sed "s/'/''/g")"; }
sql() {
  { echo "SET SESSION sql_log_off = 1, long_query_time = 31536000, sql_mode = 'NO_BACKSLASH_ESCAPES';" && cat; } |
    MYSQL_PWD=${root%.} mariadb --no-defaults --socket=/run/mysqld/mysqld.sock --user=root --binary-mode --default-character-set=utf8mb4 \
      --batch --skip-column-names --raw
}
accounts=$(
  sql << SQL
SELECT CONCAT('''', REPLACE(User, '''', ''''''), '''@''', REPLACE(Host, '''', ''''''), '''') FROM mysql.global_priv
  WHERE User = CONVERT($(quoted "$user") USING utf8mb4) COLLATE utf8mb4_bin AND JSON_VALUE(Priv, '\$.is_role') IS NULL;
SQL
) || refuse "root cannot log in with the password of the Secret (MARIADB_ROOT_PASSWORD): see the line above. Put the server's own into the Secret, and wait two minutes"
[ "$accounts" ] || refuse "the server has no user '$user'"
hash=$(printf "SELECT PASSWORD(%s);\n" "$(quoted "$password")" | sql) || refuse 'the server does not hash the password: see the line above'
by=" IDENTIFIED BY PASSWORD '$hash'"
statement=
while IFS= read -r account; do statement="${statement:+$statement, }$account$by"; done << LIST
$accounts
LIST
printf 'ALTER USER %s;\n' "$statement" | sql || {
  echo "set-password: the server did not take the password of '$user' for all of $(printf '%s' "$accounts" | tr '\n' ' '): see the line above. Try both passwords before you go on" >&2
  exit 1
}
echo "set-password: '$user' has a new password. Sessions that are open go on"
