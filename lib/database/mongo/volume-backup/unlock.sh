alone
was=$(cat "$state" 2>/dev/null || true)
count=$(ask "$unlocking") || failed 'the member was not unlocked; it will be when the seconds of the lock are over, or by db.fsyncUnlock()'
case $was in
  '' | *done)
    echo "$0: unlocked $count times"
    ;;
  *)
    echo "$was done" > "$state"
    [ "$count" != 0 ] ||
      fail 'the lock had ended before, as its seconds were over or the server was started again. What was copied is not of one moment: give the lock more seconds, and back up again'
    echo "$0: unlocked"
    ;;
esac
