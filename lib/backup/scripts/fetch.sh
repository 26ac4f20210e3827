# Downloads a backup into the scratch volume, for restore.sh or drill.sh: BACKUP is its name or `newest`, BEFORE a time that the
# newest is looked for up to. Only manifests count, and each file is held against the sha256 in its manifest.
. "${0%/*}/step.sh"
. "$here/store.sh"

wanted=${BACKUP:-newest}
store_open
new=$scratch/backup.new
rm -rf "$backup" "$new"

until=99999999999999
if [ "${BEFORE:-}" ]; then
  [ "$wanted" = newest ] || fail 'set BACKUP or BEFORE, not both'
  until=$(echo "$BEFORE" | sed -n 's/^\([0-9]\{4\}\)-\([0-9]\{2\}\)-\([0-9]\{2\}\)[T ]\([0-9]\{2\}\):\([0-9]\{2\}\)\(:\([0-9]\{2\}\)\)\{0,1\}Z\{0,1\}$/\1\2\3\4\5\7/; s/^[0-9]\{12\}$/&00/; /^[0-9]\{14\}$/p')
  [ "$until" ] || fail "BEFORE is $BEFORE: write it in UTC, as 20261121063800 or 2026-11-21T06:38:00Z"
fi

list db_ > "$work/names" || stop 'the backups cannot be listed; nothing was restored'
backup_times < "$work/names" > "$work/times"
[ -s "$work/times" ] || fail "no backup in $place: see whether the name is right, a backup job has succeeded, and no rule of the store deletes by age"
case $wanted in
  newest) time=$(awk -v until="$until" '$0 "" <= until ""' "$work/times" | tail -n 1) ;;
  *) time=$(grep -xF "${wanted#db_}" "$work/times" || true) ;;
esac
[ "$time" ] || {
  sed 's/^/fetch: there is db_/' "$work/times" >&2
  [ "$wanted" = newest ] || fail "no backup $wanted in $place: set BACKUP to one of those above"
  fail "no backup of $BEFORE or before in $place: set BEFORE to a later time, or BACKUP to one of those above"
}
name=db_$time
before=$(awk -v time="$time" '$0 "" < time ""' "$work/times" | tail -n 1)
other="Nothing was restored. ${before:+Set BACKUP=db_$before, the one before it}"
[ "$before" ] || other='Nothing was restored, and there is no backup before it'

get() {
  store copyto "$(at "$1")" "$2" || {
    why=$(advice)
    # Of some stores rclone reports a missing file as a missing folder.
    { found=$(list "$1" 2> /dev/null) && ! echo "$found" | grep -qxF -e "$1"; } || fail "$1 was not downloaded; nothing was restored: $why"
  }
  # Of others it copies nothing, without an error, when there is no such file.
  [ -f "$2" ] || fail "$1 is not in the store any more, so $name cannot be used. $other"
}

mkdir "$new"
manifest=$new/facts.json
get "$name.json" "$manifest"
[ "$(head -c 6 "$manifest")" != RCLONE ] ||
  fail "$name is encrypted: give this job the encryption, and the key, of the job that made it. Nothing was restored"
files "$manifest" > "$work/files"
if [ "$(fact name "$manifest")" != "$name" ] || [ ! -s "$work/files" ]; then
  fail "$name.json is no manifest of $name: it was damaged or changed in the store. $other"
fi
upgrade < "$manifest" > "$new/facts.new" && mv "$new/facts.new" "$manifest"
case $(fact format "$manifest") in 2 | 3) ;; *) fail "$name was made by a newer version of these scripts: restore with that one. Nothing was restored" ;; esac
while read -r file size sha256; do
  blob=$(blob_of "$name" "$file")
  get "$blob" "$new/$file"
  whole "$new/$file" "$size" "$sha256" || {
    rm -rf "$new"
    fail "$blob is not what was uploaded: it was damaged or changed in the store. $other"
  }
done < "$work/files"
mv "$new" "$backup"
say "$name is whole"
