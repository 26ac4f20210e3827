# The lock is a file as well: a token while it is to hold, and the token with `done` behind it when it was unlocked by unlock.sh.
state=$tmp/fsync-lock

# Unlocks as often as it was locked, and prints how often that was.
unlocking='
  let count = 0;
  for (;;) {
    try {
      const { lockCount } = admin.adminCommand({ fsyncUnlock: 1 });
      count++;
      if (Number(lockCount) === 0) break;
    } catch (error) {
      if (!/not locked/.test(error.message)) throw error;
      break;
    }
  }
  print(count);'
