# What every script of a backup and of a volume hook begins with. POSIX sh, for dash, bash and BusyBox.
set -eu
umask 027
export LC_ALL=C TZ=UTC

here=${0%/*}
step=${0##*/}
step=${step%.sh}

# A line of the step's log. `echo` would read backslashes in names.
say() { printf '%s: %s\n' "$step" "$1"; }

# Ends the step. The text is the last line of its log: what went wrong, and what to do.
fail() {
  say "$1" >&2
  exit 1
}

# Nobody else can open it: it holds logins.
work=$(umask 077 && mktemp -d) || fail "cannot write to ${TMPDIR:-/tmp}: mount a volume there"
log=$work/log
: > "$log"

# What a step undoes when it ends, however it ends, and what comes after that; a step that has something to do defines them anew.
at_end() { :; }
at_last() { :; }
trap 'ended=$?; at_end || true; at_last || true; rm -rf "$work"; exit "$ended"' EXIT
trap 'exit 143' TERM INT HUP

# Runs a program, and keeps its complaints for `advice`.
try() {
  "$@" 2> "$log" && code=0 || code=$?
  cat "$log" >&2
  return "$code"
}

# Ends the step as `fail` does, after what was half done is undone: the reason is the last line.
give_up() {
  at_end || true
  at_end() { :; }
  fail "$1"
}

# Ends the step after a program failed: with $1, and with what `advice` makes of the program's complaints.
stop() {
  reason="$1: $(advice)"
  give_up "$reason"
}

# The program's complaint in one line.
complaint() {
  said=$(sed -n 's/^.*\(ERROR\|FATAL\|error\): */\1: /p' "$log" | head -n 1)
  [ "$said" ] || said=$(grep -a . "$log" | tail -n 1 || true)
  echo "${said:-see the log of this container}"
}

# eventually TRIES COMMAND…: five times a second, until it succeeds, or the process $server is gone.
eventually() {
  tries=$1
  shift
  until "$@"; do
    tries=$((tries - 1))
    if [ "$tries" -le 0 ] || ! kill -0 "$server" 2> /dev/null; then return 1; fi
    sleep 0.2
  done
}
