# Gives a user of the server the password that it reads from stdin, in place of all that the user has. The pod's own container runs it:
#   kubectl exec --stdin POD -- sh /scripts/set-password.sh USER < FILE
# The password is on no command line and in no log; the server and the file of its users get a hash.
set -eu

refuse() {
  echo "set-password: $1. Nothing was changed" >&2
  exit 1
}

user=${1-}
[ "$user" ] || refuse 'say whose password it is: sh /scripts/set-password.sh USER < FILE'
[ "$user" != probe ] || refuse "the probes log in as 'probe' without a password, and would restart the server"
password=$(tr -d '\r')
case $password in
  '') refuse 'stdin holds no password' ;;
  *'
'*) refuse 'stdin holds more than one line' ;;
esac
REDISCLI_AUTH=$(cat "${PASSWORDS:-/passwords}/VALKEY_PASSWORD")
VALKEYCLI_AUTH=$REDISCLI_AUTH
export REDISCLI_AUTH VALKEYCLI_AUTH
cli() { valkey-cli -e --user default "$@"; }
users=$(cli ACL USERS) ||
  refuse "'default' cannot log in with the password of the Secret (VALKEY_PASSWORD): see the line above. Put the server's own into the Secret, and wait two minutes"
printf '%s\n' "$users" | grep -q -x -F -e "$user" || refuse "the server has no user '$user'"
sum=$(printf %s "$password" | sha256sum)
cli ACL SETUSER "$user" resetpass "#${sum%% *}" > /dev/null || {
  echo "set-password: the server did not take the password of '$user': see the line above. Try both passwords before you go on" >&2
  exit 1
}
# It still knows the old password of `default` here: this session began with it.
[ "$user" != default ] || REDISCLI_AUTH=$password VALKEYCLI_AUTH=$password
cli ACL SAVE > /dev/null || {
  echo "set-password: '$user' has a new password until the server starts again, as the file of its users cannot be written: see the line above, and run this again" >&2
  exit 1
}
echo "set-password: '$user' has a new password. Sessions that are open go on"
