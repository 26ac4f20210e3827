# Downloads what recover.sh needs of an archive of Barman's into the scratch volume: the newest base backup that is done, the one that a recovery
# to the target starts from, and the WAL since. TARGET is a time, or TARGET_SECONDS how long ago it was.
. "${0%/*}/step.sh"
. "$here/store.sh"

archive=$scratch/archive
rm -rf "$archive"
mkdir -p "$archive/base" "$archive/wals"
# The deadline counts from the first step that works.
[ -f "$scratch/began" ] || date +%s > "$scratch/began"
store_open

# A prefix without a file is reported as a missing folder, as a missing bucket is by some stores.
is_empty_folder() { grep -q 'directory not found' "$log" && rclone lsf --max-depth 1 "blobs:$path" > /dev/null 2>&1; }

# tree FOLDER: size and name of each file below a folder of the archive.
tree() {
  store lsf -R --files-only --format sp --separator ' ' "$(at "$1")" || {
    is_empty_folder || stop "$1/ cannot be listed; nothing was recovered"
  }
}

# --- The heartbeat: is what was committed a moment ago in the archive in time?

# The segment of any timeline: a failover may have come between.
is_archived() {
  tree wals > "$work/tree"
  sed 's/.*\///' "$work/tree" | grep -v partial | grep -q "^........${1#????????}"
}

await_heartbeat() {
  [ -f "$scratch/heartbeat" ] || return 0
  read -r wal _ committed < "$scratch/heartbeat"
  say "waits up to $RPO_SECONDS s for $wal"
  until is_archived "$wal"; do
    waited=$(($(date +%s) - committed))
    if [ "$waited" -gt "$RPO_SECONDS" ]; then
      echo "$waited" > "$archive/late"
      return 0
    fi
    sleep "${POLL_SECONDS:-10}"
  done
  waited=$(($(date +%s) - committed))
  # Of a step that began too late.
  if [ "$waited" -le "$((RPO_SECONDS + 60))" ]; then echo "$waited" > "$archive/archived"; else echo "$waited" > "$archive/late"; fi
}
await_heartbeat

# --- The base backups

# info ID FIELD
info() { sed -n "s/^$2=//p" "$archive/base/$1/backup.info" | tr -d '\r' | head -n 1; }

# The seconds since 1970 of a time as Python writes it, e.g. `2026-11-21 06:38:00.123456+01:00`.
moment() {
  echo "$1" | sed -n 's/^\([0-9-]\{10\}\)[ T]\([0-9:]\{8\}\)[.0-9]*\(Z\{0,1\}\)$/\1 \2 + 0 0/p; s/^\([0-9-]\{10\}\)[ T]\([0-9:]\{8\}\)[.0-9]*\([+-]\)0\{0,1\}\([0-9]\{1,2\}\):0\{0,1\}\([0-9]\{1,2\}\)$/\1 \2 \3 \4 \5/p' > "$work/moment"
  read -r day time sign hours minutes < "$work/moment" || return
  echo $(($(date -u -d "$day $time" +%s) - (${sign}1) * (hours * 3600 + minutes * 60)))
}

store copy --include '/*/backup.info' "$(at base)" "$archive/base" || is_empty_folder || stop 'the base backups cannot be read; nothing was recovered'
: > "$work/done"
for file in "$archive"/base/*/backup.info; do
  [ -f "$file" ] || continue
  id=${file%/backup.info}
  id=${id##*/}
  status=$(info "$id" status)
  [ "$status" = DONE ] || {
    say "passes over base backup $id, whose status is ${status:-not known}"
    continue
  }
  ended=$(moment "$(info "$id" end_time)") || fail "base/$id/backup.info has no end_time that can be read: it was damaged or changed in the store"
  echo "$id $ended $(info "$id" begin_wal)" >> "$work/done"
done
[ -s "$work/done" ] ||
  fail "no base backup with status=DONE in $place: without one no WAL is of use. See whether the name of the server is right, and why base backups fail"
sort -o "$work/done" "$work/done"
read -r oldest from _ < "$work/done"
newest=$(tail -n 1 "$work/done" | cut -d ' ' -f 1)

# --- The target

# Before a heartbeat, whose transaction is later than any target.
now=$(cat "$scratch/began")
window="the window is from $(utc $((from + 1))), when base backup $oldest had ended, to now"
note=
if [ "${TARGET:-}" ]; then
  target=$(moment "$TARGET") || fail "TARGET is $TARGET: write it in UTC, as 2026-11-21T06:38:00Z"
  if [ "$target" -le "$from" ] || [ "$target" -gt "$now" ]; then
    fail "TARGET is $TARGET, and $window: a recovery to it would fail, or wait for ever. Nothing was recovered"
  fi
else
  target=$((now - TARGET_SECONDS))
  if [ "$target" -le "$from" ]; then
    note="$(utc "$target") is before the window, so it is "
    target=$((from + 1))
  fi
fi
start=$(awk -v target="$target" '$2 < target { id = $1 } END { print id }' "$work/done")

# --- What is to be downloaded, and whether stock images can read it

wanted_base() {
  id=$1
  spaces=$(info "$id" tablespaces)
  case ${spaces:-None} in None | '[]') ;; *) fail "base backup $id has tablespaces, which a drill has no disks for; drill it by hand with a Cluster" ;; esac
  snapshots=$(info "$id" snapshots_info)
  [ "${snapshots:-None}" = None ] || fail "base backup $id is a snapshot of volumes: its files are not in the store. Make base backups by the plugin"
  tree "base/$id" > "$work/files"
  grep -q ' data\.tar\.gz$' "$work/files" || {
    other=$(sed -n 's/^[0-9]* \(data.*\)$/\1/p' "$work/files" | head -n 1)
    [ "$other" ] || fail "base backup $id has no data.tar.gz, though its status is DONE: it was deleted in the store. Make a base backup now"
    fail "base backup $id holds $other: stock images can read only gzip without encryption. Set the compression of data to gzip, and make a base backup"
  }
  sed -n "s/^\([0-9]* \)\(data\(_[0-9]*\)\{0,1\}\.tar\.gz\)\$/\1base\/$id\/\2/p" "$work/files" >> "$work/wanted"
}

: > "$work/wanted"
wanted_base "$newest"
[ "$start" = "$newest" ] || wanted_base "$start"
# For a database without any transaction since.
awk -v id="$newest" '$1 == id { print $2 }' "$work/done" > "$archive/base/$newest/ended"
begin=$(awk -v a="$newest" -v b="$start" '$1 == a || $1 == b { print $3 }' "$work/done" | sort -k 1.9 | head -n 1)

# Of all timelines: which of them is the server's history is for recover.sh to say.
tree wals | sed 's/ / wals\//' > "$work/tree"
sed -n 's/^\([0-9]*\) \(.*\/\)\([0-9A-F]\{24\}\|[0-9A-F]\{8\}\.history\)\(.*\)$/\1 \2\3\4 \3 \4/p' "$work/tree" |
  awk -v begin="$(echo "$begin" | cut -c 9-)" '$3 ~ /history/ || substr($3, 9) "" >= begin ""' > "$work/wals"
other=$(awk '$4 != ".gz" && $4 !~ /^\.(partial|[0-9A-F]+\.backup)(\.|$)/ { print $2; exit }' "$work/wals")
[ -z "$other" ] || fail "the archive holds $other: stock images can read only gzip without encryption. Set the compression of WAL to gzip, and make a base backup"
awk '$4 == ".gz" { print $1, $2 }' "$work/wals" >> "$work/wanted"

bytes=$(awk '{ n += $1 } END { printf "%.0f", n }' "$work/wanted")
[ -z "${SCRATCH_BYTES:-}" ] || [ "$bytes" -lt "$SCRATCH_BYTES" ] ||
  fail "the archive's part is $bytes bytes, compressed, and the scratch volume has $SCRATCH_BYTES: give it more space than that and the database together"

say "downloads $(wc -l < "$work/wanted") files of $bytes bytes: base backup $newest$([ "$start" = "$newest" ] || echo " and $start"), and the WAL from $begin on"
cut -d ' ' -f 2- "$work/wanted" > "$work/names"
store copy --files-from-raw "$work/names" --no-traverse --transfers 8 "$(at '')" "$archive" || stop 'the archive cannot be downloaded; nothing was recovered'
rm -f "$archive/plan"
{
  echo "newest $newest"
  echo "target $start $target ${TARGET:+by hand}"
} > "$archive/plan.new"
printf %s "$note" > "$archive/note"
mv "$archive/plan.new" "$archive/plan"
