# Restores the last dump in folder $1 into this server, which holds no data yet. It can be run again.
. "${0%/*}/volume.sh"
open_folder "$@"
[ "$number" ] || fail "there is no whole dump in $folder: take the volume of a backup that was made after a dump. Nothing was changed"
backup=$folder/dump-$number
facts=$backup/facts.json
spoilt="$backup is not as it was dumped, and nothing was changed: take the volume of another backup"
(cd "$backup" && try sha256sum -c SHA256SUMS > /dev/null) || stop "$spoilt"
files | while read -r file size sha256; do
  whole "$backup/$file" "$size" "$sha256" || exit 1
done || fail "$spoilt"

fetched() { name=dump-$number; }
way_out='Load into a new server, or rename the database'
. "$here/restore.sh"
