# Dumps the server into the scratch volume, and reads all of it back. upload.sh goes on from there; volume-dump.sh has another place for it.
# A dump is made under another name and renamed last: what stands under its final name is whole.
[ "${hook-}" ] || {
  . "${0%/*}/step.sh"
  . "$here/engine.sh"
  nothing='nothing is uploaded, older backups are untouched'
  new=$scratch/backup.new
  put_in_place() { mv "$new" "$backup"; }
}

format=2
extra=$work/extra # further members of the manifest
: > "$extra"
rm -rf "$backup" "$new"
try mkdir -p "$new" || fail "cannot write to ${new%/*}, $nothing: mount a volume there that has space"

# Of the listed databases those that are dumped, as `databases` prints them, and in $work/leftOut the others as members of JSON.
choose() {
  : > "$work/leftOut"
  printf %s "${DATABASES-}" | json_lines > "$work/wanted"
  MAIN=$(json "$DB_NAME") LEFT=$work/leftOut awk -F '\t' '
    FILENAME == ARGV[1] { wanted[$0] = narrow = 1; next }
    narrow && $2 == "" && !($1 in wanted) { $2 = "not among the databases of this job" }
    $2 != "" { print $1 ": \"" $2 "\"" > ENVIRON["LEFT"]; next }
    { delete wanted[$1] }
    $1 == ENVIRON["MAIN"] { print "dump\t" $1; main = 1; next }
    { others[++n] = $1 }
    END {
      # A database of the system is none of those.
      for (i = 1; i <= n; i++) print (main || i > 1 ? i + main : "dump") "\t" others[i]
      for (name in wanted) print "lacks\t" name
    }' "$work/wanted" "$work/listed"
}

# object NAME INDENT: stdin, a member a line, as the object of a member.
object() {
  printf '%s"%s": {\n' "$2" "$1"
  sed "s/^/$2  /; \$!s/\$/,/"
  printf '%s}' "$2"
}

# by_database SECTION: the files SECTION.FILE as an object of objects.
by_database() {
  printf '  "%s": {' "$1"
  end=
  while IFS=$tab read -r file _; do
    printf '%s\n' "$end"
    object "$file" '    ' < "$work/$1.$file"
    end=,
  done < "$work/databases"
  printf '\n  }'
}

# Where network policies are enforced, it may take seconds until the node of the server lets this new pod in. Whatever else is wrong does not
# go away by itself.
connect() {
  until version=$(version); do
    case $(advice) in *' does not answer: '*) ;; *) return 1 ;; esac
    [ "$(date +%s)" -lt $((began + 20)) ] || return
    sleep 2
  done
}

began=$(date +%s)
login
connect || stop "no connection to database $DB_NAME, $nothing"
list_databases > "$work/listed" || stop "the databases of the server cannot be listed, $nothing"
choose > "$work/databases"
lacks=$(sed -n "s/^lacks$tab//p" "$work/databases")
[ -z "$lacks" ] || fail "the server has no such database that takes connections: $(printf '%s\n' "$lacks" | paste -s -d ' ' -), $nothing: correct DATABASES"
# Leaves the dumps by the names of the list, and for each the rows of its tables and what else it holds: $work/rows.FILE, objects.FILE.
dump "$new"
seconds=$(($(date +%s) - began))
# The sums first: what is read back is what was dumped. An engine may have summed what its client wrote, before a disk had it.
for file in "$new"/*; do
  sum=$(cat "$work/sum.${file##*/}" 2> /dev/null || sha256sum < "$file")
  printf '"%s": { "size": %s, "sha256": "%s" }\n' "${file##*/}" "$(stat -c %s "$file")" "${sum%% *}"
done > "$work/files"
read_back "$new"
is_counted() { [ -f "$work/rows.$file" ] && [ -f "$work/objects.$file" ]; }
each_database "$work/databases" is_counted || fail "what was dumped of $named was not counted, $nothing: engine.sh must leave rows.$file and objects.$file"

{
  printf '{\n  "format": %s,\n  "engine": "%s",\n  "serverVersion": %s,\n' "$format" "$engine" "$(json "$version")"
  printf '  "host": %s,\n  "database": %s,\n' "$(json "$DB_HOST")" "$(sed -n "s/^dump$tab//p" "$work/databases" | grep . || echo null)"
  [ -z "${APPLICATION_DATABASE-}" ] || printf '  "applicationDatabase": %s,\n' "$(json "$APPLICATION_DATABASE")"
  printf '  "started": "%s",\n  "durationSeconds": %s,\n' "$(utc "$began")" "$seconds"
  sed 's/^/  /; s/$/,/' "$extra"
  cat "$work"/rows.* | awk '{ count += $NF } END { printf "  \"tables\": %d,\n  \"totalRows\": %.0f,\n", NR, count }'
  cat "$work"/objects.* | awk '/^"large objects": / { some = 1; count += $NF } END { if (some) printf "  \"largeObjects\": %.0f,\n", count }'
  object leftOut '  ' < "$work/leftOut"
  sed "s/^/\"/; s/$tab/\": /" "$work/databases" | { echo , && object databases '  '; }
  { echo , && object files '  '; } < "$work/files"
  echo , && by_database objects
  echo , && by_database rows
  printf '\n}\n'
} > "$new/facts.json" || fail "cannot write to ${new%/*}, $nothing: give the volume more space than the dump has"
put_in_place
[ ! -s "$work/leftOut" ] || say "not in this backup: $(left_out < "$work/leftOut")"
say "$(holds), dumped in $seconds s and read back"
