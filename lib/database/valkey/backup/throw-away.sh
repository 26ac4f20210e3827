# The server of a restore or a drill: it lives in this container, listens to nobody else, and holds what is in the backup.

# megabytes BYTES
megabytes() { echo $((($1 + 1048575) / 1048576)); }

# The memory of this container in bytes, where it is limited.
memory_limit() {
  cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/memory/memory.limit_in_bytes 2> /dev/null | grep -x '[0-9]\{1,15\}' | head -n 1 || true
}

# What is killed for its memory says no last word.
has_memory() {
  used=$(fact usedMemory)
  limit=$(memory_limit)
  [ "$limit" ] && [ "$used" ] || return 0
  needed=$((used * 5 / 4 + 33554432))
  [ "$limit" -ge "$needed" ] && return
  echo "ERROR: the data take $(megabytes "$used") MiB of memory, and this container has $(megabytes "$limit") MiB: set memory of the job to $(megabytes "$needed") MiB" > "$log"
  return 1
}

# As the copy of a server that is not there it keeps the keys whose time is over, so that all can be counted.
throw_away() {
  has_memory || return
  socket=$work/socket
  databases=$(part rows dump | sed 's/^"db//; s/".*//' | sort -n | tail -n 1)
  # A line of SERVER_PARAMETERS is `name_of_it=value`.
  printf '%s\n' "${SERVER_PARAMETERS:-}" | sed -n 's/"/\\"/g; s/^\([^=]*\)=\(.*\)/\1 "\2"/p' | awk '{ gsub(/_/, "-", $1); print }' > "$work/server.conf"
  valkey-server "$work/server.conf" --port 0 --unixsocket "$socket" --unixsocketperm 700 --dir "$backup" --dbfilename dump --save '' --appendonly no \
    --databases "$((${databases:-0} + 16))" --replicaof 127.0.0.1 1 --replica-read-only no --loglevel warning > "$work/server.log" 2>&1 &
  server=$!
  eventually 108000 answers || {
    grep -v 'SYNC\|overcommit' "$work/server.log" | tail -n 20 | tee "$log" >&2
    return 1
  }
}

answers() { [ "$(env -u REDISCLI_AUTH -u VALKEYCLI_AUTH valkey-cli -s "$socket" PING 2> /dev/null)" = PONG ]; }

end_server() {
  [ -z "${server:-}" ] || kill -9 "$server" 2> /dev/null || true
  server=
}
