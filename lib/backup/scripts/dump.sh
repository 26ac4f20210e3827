# Dumps the database into the scratch volume, and reads the whole dump back. upload.sh goes on from there.
# A dump is made under another name and renamed last: what stands under its final name is whole.
. "${0%/*}/step.sh"

# The databases of the server that are not dumped, as strings of JSON; an engine that knows better says so.
others() { :; }

. "$here/engine.sh"

nothing='nothing is uploaded, older backups are untouched'
new=$scratch/backup.new
extra=$work/extra # further members of the manifest
: > "$extra"
rm -rf "$backup" "$new"
mkdir -p "$new" || fail "cannot write to $scratch: mount a scratch volume there"

began=$(date +%s)
login
version=$(version) || stop "no connection to database $DB_NAME, $nothing"
others=$(others) || stop "the databases of the server cannot be listed, $nothing"
dump "$new"
seconds=$(($(date +%s) - began))
# The sums first: what is read back is what was dumped.
for file in "$new"/*; do
  sum=$(sha256sum < "$file")
  printf '    "%s": { "size": %s, "sha256": "%s" }\n' "${file##*/}" "$(stat -c %s "$file")" "${sum%% *}"
done > "$work/files"
read_back "$new"

{
  printf '{\n  "format": 1,\n  "engine": "%s",\n  "serverVersion": %s,\n' "$engine" "$(json "$version")"
  printf '  "host": %s,\n  "database": %s,\n' "$(json "$DB_HOST")" "$(json "$DB_NAME")"
  printf '  "started": "%s",\n  "durationSeconds": %s,\n' "$(utc "$began")" "$seconds"
  printf '  "leftOut": [%s],\n' "$others"
  sed 's/^/  /; s/$/,/' "$extra"
  printf '  "files": {\n%s\n  },\n' "$(sed '$!s/$/,/' "$work/files")"
  awk '{ count += $NF } END { printf "  \"tables\": %d,\n  \"totalRows\": %.0f,\n", NR, count }' "$work/rows"
  printf '  "rows": {\n'
  sed 's/^/    /; $!s/$/,/' "$work/rows"
  printf '  }\n}\n'
} > "$new/facts.json" || fail "cannot write to $scratch, $nothing: give the scratch volume more space than the dump has"
mv "$new" "$backup"
[ -z "$others" ] || echo "dump: other databases of the server are not in this backup: $others"
echo "dump: $(holds), dumped in $seconds s and read back"
