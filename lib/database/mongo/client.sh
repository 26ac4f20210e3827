# Functions for dump.sh and restore.sh, whose text follows: the login, over the network. Tried with fakes only, on no server.
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
for variable in DB_HOST DB_PORT DB_NAME; do
  eval "[ \"\${$variable-}\" ]" || fail "$variable is not set; name the server and the database in DB_HOST, DB_PORT and DB_NAME"
done

json() {
  printf '%s' "$1" | sed 's/[\\"]/\\&/g'
}

password=
if [ -e "$credentials/dbPassword.txt" ]; then
  password=$(cat "$credentials/dbPassword.txt") || fail "$credentials/dbPassword.txt cannot be read; give its Secret a mode that uid $(id -u) can read"
  password=${password%"$(printf '\r')"}
  [ "$password" ] || fail "$credentials/dbPassword.txt is empty; write the password of ${DB_USER-} into its Secret"
  [ "${DB_USER-}" ] || fail 'DB_USER is not set; name the user of dbPassword.txt in it'
fi
# A file, as a command line is seen by the whole node. YAML reads it as JSON does.
(
  umask 077
  printf 'password: "%s"\n' "$(json "$password")" > "$work/config.yaml"
)

# A set's name before the hosts makes the tools look for the member that takes writes.
# tool NAME ARGUMENT...
tool() {
  program=$1
  shift
  set -- --host="${REPLICA_SET:+$REPLICA_SET/}$DB_HOST:$DB_PORT" "$@"
  [ -z "$password" ] || set -- --config="$work/config.yaml" --username="$DB_USER" --authenticationDatabase="${AUTH_DATABASE:-admin}" "$@"
  "$program" "$@" 2>"$work/log"
}

# Ends with what the tool said, and what to do about it.
failed() {
  sed 's/^/  /' "$work/log" >&2
  said=$(grep . "$work/log" | tail -n 1 | sed 's/^[0-9TZ:.+-]*[[:space:]]*//' || true)
  case $said in
    *'no space left'* | *'No space left'*) way='the scratch volume is full; raise its size' ;;
    *AuthenticationFailed* | *'Authentication failed'* | *'auth error'*) way="the server refuses the login of $DB_USER; compare dbPassword.txt with the password in the database" ;;
    *'not authorized'* | *Unauthorized*) way="${DB_USER-} lacks rights; a dump needs the role backup, a restore the role restore" ;;
    *'server selection'* | *'connection refused'* | *'could not connect'*) way="$DB_HOST:$DB_PORT does not answer; check that the database runs and that its NetworkPolicy lets this pod in" ;;
    *) way='see above' ;;
  esac
  fail "$1: ${said:-no message}; $way"
}
