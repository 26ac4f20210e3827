# Writes all to the data folder and stops all further writing, until unlock.sh, or for $1 seconds.
seconds=${1:-}
case $seconds in
  '' | *[!0-9]* | 0*) fail "the first argument must be how many seconds the lock may last, got '$seconds': write 600" ;;
esac
alone
# shellcheck disable=SC2016
role=$(ask '
  const { secondary, isWritablePrimary } = admin.adminCommand({ hello: 1 });
  const { fsyncLock } = admin.adminCommand({ currentOp: 1, $ownOps: true });
  print(fsyncLock ? "locked" : secondary ? "secondary" : isWritablePrimary ? "primary" : "other");') || failed 'this member cannot be asked; nothing was locked'
case $role in
  secondary) ;;
  primary) fail 'this member is the primary, and a lock here stops all writes of the application: back up a secondary. Nothing was locked' ;;
  locked) fail 'this member is locked already, by another backup or by hand: wait for its end, or run db.fsyncUnlock(). Nothing was changed' ;;
  *) fail "this member is neither primary nor secondary, as one that is filled or recovers: wait until it is a secondary. Nothing was locked ($role)" ;;
esac

# First what unlocks, then the lock: whatever dies in between, the member writes again. It holds no file of this session open.
token="$(date +%s) $$"
echo "$token" > "$state" || fail "cannot write to $state, without which nothing would unlock. Nothing was locked"
# shellcheck disable=SC2090
export state token connection unlocking
# shellcheck disable=SC2016
deadline=$(($(date +%s) + seconds)) $(command -v setsid) sh -c '
  cd /
  until [ "$(cat "$state")" != "$token" ] || [ "$(date +%s)" -ge "$deadline" ]; do sleep 1; done
  until [ "$(cat "$state")" = "$token done" ] || mongosh --quiet --norc --nodb --eval "$connection $unlocking"; do sleep 5; done
' watchdog < /dev/null > /dev/null 2>&1 9>&- &

count=$(ask 'print(Number(admin.adminCommand({ fsync: 1, lock: true }).lockCount));') || {
  rm -f "$state" # the watchdog unlocks at once
  failed 'the member was not locked'
}
[ "$count" = 1 ] || {
  # One less, as the other one is not ours.
  if ask 'admin.adminCommand({ fsyncUnlock: 1 });' > /dev/null; then echo "$token done" > "$state"; else rm -f "$state"; fi
  fail "somebody else has locked this member meanwhile, by another backup or by hand: wait for its end, and run this again"
}
echo "$0: locked for at most $seconds s"
