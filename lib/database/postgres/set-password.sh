# Gives a user of the server the password that it reads from stdin. The pod's own container runs it:
#   kubectl exec --stdin POD -- sh /scripts/set-password.sh USER < FILE
# psql hashes the password, so the server never sees it; the hash stands in no log and no statistics.
set -eu

refuse() {
  echo "set-password: $1. Nothing was changed" >&2
  exit 1
}

# Of a connection that breaks nobody knows what it has done.
unsure() {
  echo "set-password: the server did not take the password of '$user': see the line above. Try both passwords before you go on" >&2
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
export PGOPTIONS='-c log_statement=none -c log_min_duration_statement=-1 -c log_min_duration_sample=-1 -c log_transaction_sample_rate=0
  -c log_min_error_statement=panic -c pg_stat_statements.track_utility=off -c auto_explain.log_min_duration=-1 -c pgaudit.log=none
  -c default_transaction_read_only=off'
administrator=${POSTGRES_USER:-postgres}
# Over the socket, where the image's rules ask for no password; a cluster of another image may ask for that of the Secret.
PGPASSWORD=$(cat /passwords/POSTGRES_PASSWORD 2> /dev/null) && export PGPASSWORD
sql() { PGHOST='' psql -XAtqw -U "$administrator" -d "${POSTGRES_DB:-postgres}" -v ON_ERROR_STOP=1 "$@"; }
known=$(
  sql -v user="$user" << 'SQL'
SELECT count(*) FROM pg_roles WHERE rolname = :'user';
SQL
) || refuse "user $administrator cannot log in: see the line above"
[ "$known" = 1 ] || refuse "the server has no user '$user'"
printf '%s\n%s\n' "$password" "$password" | sql -c "\\password \"$(printf %s "$user" | sed 's/"/""/g')\"" > /dev/null ||
  unsure
echo "set-password: '$user' has a new password. Sessions that are open go on"
