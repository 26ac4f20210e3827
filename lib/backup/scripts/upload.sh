# Uploads what dump.sh left in the scratch volume, reads it back, writes the manifest last, and then prunes.
# A dump without its manifest is no backup. Nothing is ever overwritten. Run again on the same scratch volume, it goes on where
# it stopped: `claim` and `name` in $state tell which name is this run's own.
. "${0%/*}/step.sh"
. "$here/store.sh"
. "$here/prune.sh"

state=$scratch/upload
days=${RETENTION_DAYS:-}
keep=${RETENTION_KEEP_AT_LEAST:-1}
weekly=${RETENTION_WEEKLY:-0}
monthly=${RETENTION_MONTHLY:-0}
yearly=${RETENTION_YEARLY:-0}
case $days$keep$weekly$monthly$yearly in *[!0-9]*) fail 'RETENTION_DAYS, _KEEP_AT_LEAST, _WEEKLY, _MONTHLY and _YEARLY must be whole numbers: correct them' ;; esac
case ${VERIFY:-readBack} in readBack | checksum) ;; *) fail "VERIFY is $VERIFY: set readBack or checksum" ;; esac
store_open

[ -f "$facts" ] || fail "no dump in $backup: see the log of the container that makes it"
[ "$(files | wc -l)" -gt 0 ] || fail "$facts names no file: see the log of the container that makes it"
files | while read -r file size sha256; do
  whole "$backup/$file" "$size" "$sha256" || exit 1
done || fail 'the dump has changed since it was made; nothing was uploaded. The next run begins anew; if it fails too, see the disk of the node'

dump=$(sha256sum < "$facts")
[ "$(cat "$state/dump" 2> /dev/null)" = "$dump" ] || {
  rm -rf "$state"
  mkdir -p "$state"
  echo "$dump" > "$state/dump"
}

uploading() { stop "$1; no backup was made, older ones are untouched"; }

# After a backup that held something, a dump that holds nothing is of the wrong database, or of one that was lost.
check_not_empty() {
  is_empty dump || return 0
  list db_ > "$work/names" || uploading 'the backups cannot be listed'
  newest=$(backup_times < "$work/names" | tail -n 1)
  [ "$newest" ] || {
    say "database $(json "$(fact database)") holds nothing, as one that was just made: see whether the job dumps the right one"
    return 0
  }
  newest=db_$newest
  store copyto "$(at "$newest.json")" "$work/sent" || uploading "the manifest of $newest cannot be read"
  upgrade < "$work/sent" > "$work/newest"
  is_empty dump "$work/newest" && [ -z "$(fact applicationDatabase)" ] && return
  fail "database $(json "$(fact database)") holds nothing, and $newest before it holds $(holds "$work/newest"); no backup was made, older ones are untouched: see whether the job dumps the right database. If it is meant to be empty, give the job another prefix"
}

# The name is a time: with a clock that is wrong, it would hide newer backups, or be taken for an old one and deleted.
check_clock() {
  theirs=$(sed -n "s/;$mine\$//p" "$work/under")
  # Of a store that lists late what it holds.
  if [ "$theirs" ]; then theirs=$(date -u -d "$theirs" +%s); else theirs=$(written "$mine") || uploading "$name cannot be begun"; fi
  skew=$(($(date +%s) - theirs))
  [ "$skew" -ge 3600 ] || [ "$skew" -le -3600 ] || return 0
  store deletefile "$(at "$mine")" || true
  fail "the clock of this node differs from the store's by $skew s, so the backup would have a wrong name; no backup was made, older ones are untouched: set the clock"
}

# Whether somebody else has anything under the name.
is_taken() {
  store lsf --files-only --use-server-modtime --format tp --include "$name*" "$(at '')" > "$work/under" || uploading 'the backups cannot be listed'
  sed 's/^[^;]*;//' "$work/under" | grep -vxF -e "$mine" > /dev/null
}

# Few stores write only what is not there, as rclone asks them. So two jobs of one second each write a claim under a name of its own and look
# again: who sees anything else under the name leaves it to the other.
claim() {
  moment=$(seconds_of "$(fact started)")
  [ -s "$state/claim" ] || {
    cp /proc/sys/kernel/random/uuid "$state/claim.new"
    mv "$state/claim.new" "$state/claim"
  }
  while
    name=db_$(stamp "$moment")
    mine=$name.claim-$(cat "$state/claim")
    moment=$((moment + 1))
    is_taken || {
      echo 'A backup is made under this name. When it is done, or was given up and is swept, this is gone.' > "$state/note"
      # Not read back: it is in the list, or its time is asked for.
      store copyto --ignore-existing --header-upload 'Content-Type: text/plain' "$state/note" "$(at "$mine")" || uploading "$name cannot be begun"
      is_taken && {
        store deletefile "$(at "$mine")" || true
        # Else two jobs could give way to each other for ever.
        sleep $((0x$(cut -c 1-2 "$state/claim") % 4))
      }
    }
  do :; done
  check_clock
  remote_once "$state/note" "$mine"
  echo "$once" > "$state/once"
  echo "$name" > "$state/name.new"
  mv "$state/name.new" "$state/name"
}

began=$(date +%s)
if [ -f "$state/done" ]; then
  name=$(cat "$state/name")
  say "$name is there already"
else
  [ -f "$state/name" ] || {
    check_not_empty
    claim
  }
  name=$(cat "$state/name")
  once=$(cat "$state/once")
  files | while read -r file _ sha256; do
    put "$backup/$file" "$(blob_of "$name" "$file")" application/octet-stream "$sha256" || exit 1
  done || {
    # The next attempt takes another name: what lies under this one is not known to be good.
    ! grep -q 'reads back wrong' "$log" || rm -f "$state/claim" "$state/name"
    uploading "$name was not uploaded"
  }
  sed "2s/^/  \"name\": \"$name\",\n/" "$facts" > "$state/manifest"
  put "$state/manifest" "$name.json" application/json || uploading "the manifest of $name was not written"
  store deletefile "$(at "$name.claim-$(cat "$state/claim")")" 2> /dev/null || true
  touch "$state/done"
  verified='read back'
  [ "${VERIFY:-readBack}" = readBack ] || verified='verified'
  size=$(files | awk '{ size += $2 } END { printf "%.0f", size }')
  say "$name is whole: $size bytes, dumped in $(fact durationSeconds) s, uploaded and $verified in $(($(date +%s) - began)) s"
fi

# By the store's clock, whatever that of the node has come to since.
[ "$days" ] || exit 0
now=$(written "$name.json") || stop "$name is whole, but nothing was pruned"
{ list db_ && list drill_; } > "$work/names" || stop "$name is whole, but nothing was pruned"
proof=$(newest_proof)
sort -t _ -k 2 "$work/names" | prune_plan "$now" "$name" "$proof" "$days" "$keep" "$weekly" "$monthly" "$yearly" > "$work/pruned"
echo "prune: $(sed 1q "$work/pruned")"
sed 1d "$work/pruned" > "$work/gone"
sed 's/^/prune: deletes /' "$work/gone"
while read -r gone; do
  store deletefile "$(at "$gone")" && continue || code=$?
  # Another job has deleted it.
  [ "$code" -ne 4 ] || continue
  remote_keeps || stop "$name is whole, but $gone was not deleted"
  echo "prune: $gone is immutable, so it and the rest stay until the store's policy lets them go"
  exit 0
done < "$work/gone"
if [ -s "$work/gone" ] && remote_hides; then
  echo "prune: $place has versions, so all of that is hidden and not gone: it is billed until a rule of the store deletes non-current versions, which object lock holds back"
fi
