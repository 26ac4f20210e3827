# Run by the image's entrypoint when the database is made: the user of backups and restores, who may all.
# The password is read as the jobs read it, without the line feed that an editor left, and stands on no command line and in no log.
password=$(cat "$BACKUP_PASSWORD_FILE")
password=${password%"$(printf '\r')"}
user=$(printf "'%s'@'%%'" "$(printf %s "$BACKUP_USER" | sed "s/'/''/g")")
MYSQL_PWD=$MARIADB_ROOT_PASSWORD mariadb --no-defaults --socket=/run/mysqld/mysqld.sock --user=root --binary-mode --default-character-set=utf8mb4 << SQL
SET SESSION sql_log_bin = 0, sql_log_off = 1, long_query_time = 31536000, sql_mode = 'NO_BACKSLASH_ESCAPES';
CREATE USER $user IDENTIFIED BY '$(printf %s "$password" | sed "s/'/''/g")';
GRANT ALL PRIVILEGES ON *.* TO $user WITH GRANT OPTION;
SQL
unset user password
