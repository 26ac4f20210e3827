# Put before the scripts of every engine that know of copies of its volumes. They run in the database's own container.
set -eu
umask 077
tmp=${TMPDIR:-/tmp}
work=$(mktemp -d "$tmp/volume-backup.XXXXXX") || {
  echo "$0: cannot write to $tmp: mount a volume there" >&2
  exit 1
}
log=$work/log
trap 'rm -rf "$work"' EXIT
trap 'exit 143' TERM INT HUP

fail() {
  printf '%s: %s\n' "$0" "$1" >&2
  exit 1
}

# Ends with what the last program said, and what to do about it.
failed() {
  cat "$log" >&2
  said=$(grep . "$log" | tail -n 1 || true)
  case $(cat "$log") in
    *'o space left'* | *'Disk quota'*) way='the volume is full: give it more space' ;;
    *uthenti* | *'Access denied'*) way="log in with the password that the container has, or give the container the database's" ;;
    *) way='see above, and the log of the server' ;;
  esac
  fail "$1: ${said:-no message}: $way"
}

try() {
  "$@" 2>"$log"
}

# Only one of them at a time; the lock goes with the last process of its holder.
alone() {
  exec 9> "$tmp/volume-backup.lock"
  flock -n 9 || fail 'another of these scripts is at work here: wait for its end, and run this again. Nothing was changed'
}
