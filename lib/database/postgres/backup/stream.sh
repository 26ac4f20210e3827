# Dumps the database CONNINFO in SNAPSHOT into FILE, for dump.sql. SUM gets the sha256 of what pg_dump wrote, and STATUS how it ended.
# The sum is of the stream: pg_dump's zstd has no checksum, so a sum of the file would also be one of what a disk has spoilt.
set -u
rm -f "$STATUS.failed"

# POSIX sh knows the status of a pipe's last program only. The first of the others that fails leaves it here.
failed() { [ -s "$STATUS.failed" ] || echo "$1" > "$STATUS.failed"; }

keep() { { tee "$FILE" || failed "$?"; } | sha256sum > "$SUM" || failed "$?"; }

# A lock that somebody holds for hours would hold the next runs back.
set -- -w --lock-wait-timeout="$LOCK_TIMEOUT" -d "$CONNINFO" --snapshot="$SNAPSHOT"
if [ "${PARALLEL:-1}" = 1 ]; then
  { pg_dump -C -F c -Z "$COMPRESSION" "$@" || failed "$?"; } | keep
else
  # Several sessions write several files. They lie on the disk before they can be summed, so they need gzip's own checksum.
  rm -rf "$FILE.parts"
  pg_dump -C -F d -j "$PARALLEL" -Z 1 -f "$FILE.parts" "$@" || failed "$?"
  [ -s "$STATUS.failed" ] || { tar -c -f - -C "$FILE.parts" . || failed "$?"; } | keep
  rm -rf "$FILE.parts" || failed "$?"
fi
cat "$STATUS.failed" > "$STATUS" 2> /dev/null || echo 0 > "$STATUS"
