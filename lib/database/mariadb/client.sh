# Functions for dump.sh and restore.sh, whose text follows: the login of an application user, over the network.
# shellcheck disable=SC2016
set -eu

fail() {
  printf '%s: %s\n' "$0" "$*" >&2
  exit 1
}

# shellcheck disable=SC2034
scratch=${SCRATCH:-/scratch}
credentials=${CREDENTIALS:-/backupCredentials}
work=$(mktemp -d) # open to nobody else: it holds the login
trap 'rm -rf "$work"' EXIT
trap 'exit 143' TERM INT HUP
for variable in DB_HOST DB_PORT DB_USER DB_NAME; do
  eval "[ \"\${$variable-}\" ]" || fail "$variable is not set; name the server and the database in DB_HOST, DB_PORT, DB_USER and DB_NAME"
done

quoted() {
  printf '%s' "$1" | sed 's/[\\"]/\\&/g'
}

password=
if [ -e "$credentials/dbPassword.txt" ]; then
  password=$(cat "$credentials/dbPassword.txt") || fail "$credentials/dbPassword.txt cannot be read; give its Secret a mode that uid $(id -u) can read"
  password=${password%"$(printf '\r')"}
  [ "$password" ] || fail "$credentials/dbPassword.txt is empty; write the password of $DB_USER into its Secret"
fi
# A file, as a command line is seen by the whole node.
(
  umask 077
  printf '[client]\nprotocol=tcp\nhost="%s"\nport="%s"\nuser="%s"\n' "$(quoted "$DB_HOST")" "$(quoted "$DB_PORT")" "$(quoted "$DB_USER")"
  printf 'default-character-set=utf8mb4\nmax-allowed-packet=1G\n'
  # Since 11.4 the server's own certificate is verified by means of the password; without one it cannot be.
  if [ "$password" ]; then printf 'password="%s"\n' "$(quoted "$password")"; else printf 'loose-ssl-verify-server-cert=0\n'; fi
) > "$work/client.cnf"

# Statements from stdin or -e; the result without frills.
sql() {
  mariadb --defaults-file="$work/client.cnf" --connect-timeout=30 --batch --unbuffered --skip-column-names --raw "$@" 2>"${errors:-$work/errors}"
}

# Ends with what the client said, and what to do about it.
failed() {
  sed 's/^/  /' "$work/errors" >&2
  said=$(grep -a . "$work/errors" | tail -n 1 || true)
  case $said in
    *'No space left'*) way='the scratch volume is full; raise its size' ;;
    *1045*|*1698*) way="the server refuses the login of $DB_USER; compare dbPassword.txt with the password in the database" ;;
    *'SHOW CREATE'*rivileges*|*rivileges*'SHOW CREATE'*) way="another user made it; GRANT SELECT ON mysql.proc (since 11.3: SHOW CREATE ROUTINE on the database) to $DB_USER" ;;
    *1044*|*1049*) way="check DB_NAME, and that $DB_USER has all rights on it" ;;
    *1142*|*1143*|*1227*|*1370*) way="GRANT $DB_USER what it lacks" ;;
    *2002*|*2003*|*2005*) way="$DB_HOST:$DB_PORT does not answer; check that the database runs and that its NetworkPolicy lets this pod in" ;;
    *2006*|*2013*|*1053*|*1927*) way='the server went away; look at its log, and run this again' ;;
    *1412*|*1146*) way='a table was changed meanwhile; run this again when no migration runs' ;;
    *1356*) way='repair this view or drop it' ;;
    *1153*) way='a row is larger than the server takes; raise its max_allowed_packet' ;;
    *) way='see above' ;;
  esac
  fail "$1: ${said:-no message}; $way"
}
