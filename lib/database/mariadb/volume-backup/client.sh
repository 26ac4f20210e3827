# The administrator's login, over the socket. A user's configuration is left aside, as it may hold another login.
export MYSQL_PWD="${MARIADB_ROOT_PASSWORD:-${MYSQL_ROOT_PASSWORD-}}"

client() {
  program=$1
  shift
  try "$program" --no-defaults --protocol=socket --user=root --default-character-set=utf8mb4 --max-allowed-packet=1G "$@"
}

sql() {
  client mariadb --batch --skip-column-names "$@"
}
