# What every step of a backup, a restore and a drill begins with: `. "${0%/*}/step.sh"`.
# The first argument of a step is the contract that its pod was written for.
. "${0%/*}/lib.sh"

contract=1
[ "${hook-}" ] || [ "${1:-}" = "$contract" ] ||
  fail "these scripts keep contract $contract, the pod keeps contract ${1:-none}: apply the CronJob and its ConfigMap of one version. Nothing was changed"

scratch=${SCRATCH:-/scratch}
credentials=${CREDENTIALS:-/backupCredentials}
backup=$scratch/backup
facts=$backup/facts.json
tab=$(printf '\t')

# The text of a secret, without the newline that an editor or `echo` left behind it. Empty where there is none.
secret() {
  [ -e "$credentials/$1" ] || return 0
  value=$(cat "$credentials/$1") || fail "$credentials/$1 cannot be read: give its Secret a mode that uid $(id -u) can read"
  printf %s "${value%"$(printf '\r')"}"
}

# --- JSON: `json_lines` and `unjson` are all that writes and reads its strings.

# Each line of stdin as a string.
json_lines() {
  tr -d '\002-\010\013-\037' | awk '{ gsub(/[\\"]/, "\\\\&"); gsub(/\t/, "\\t"); gsub(/\001/, "\\n"); print "\"" $0 "\"" }'
}

# A text, of any number of lines, as one string.
json() { printf '%s\n' "$(printf %s "$1" | tr '\n' '\001')" | json_lines; }

# Each line of stdin that is a string as the text that it stands for; others are left as they are.
unjson() {
  awk '
    /^".*"$/ {
      rest = substr($0, 2, length($0) - 2)
      text = ""
      while (i = index(rest, "\\")) {
        c = substr(rest, i + 1, 1)
        text = text substr(rest, 1, i - 1) (c == "n" ? "\n" : c == "t" ? "\t" : c == "r" ? "\r" : c)
        rest = substr(rest, i + 2)
      }
      $0 = text rest
    }
    { print }'
}

# plain STRING: sets $plain to the text that a string of JSON stands for.
plain() {
  plain=$(printf '%s\n' "$1" | unjson && echo .)
  plain=${plain%??}
}

# --- A manifest, and facts.json, which is the same without the name. Each is read line by line, so each is written just so.

# fact NAME [MANIFEST]: the value of one member.
fact() { sed -n "s/^  \"$1\": \(.*[^,{]\),\{0,1\}\$/\1/p" "${2:-$facts}" | unjson; }

# section NAME [MANIFEST]: the members of an object, a line each.
section() { sed -n "/^  \"$1\": {\$/,/^  }/s/^    \(\".*[^,]\),\{0,1\}\$/\1/p" "${2:-$facts}"; }

# files [MANIFEST]: name, size and sha256 of each file of the backup.
files() {
  section files "$@" | sed -n 's/^"\([a-z0-9.]*\)": { "size": \([0-9]*\), "sha256": "\([0-9a-f]*\)" }$/\1 \2 \3/p'
}

# databases [MANIFEST]: the databases of the backup, `FILE TAB NAME` each. The first is the one of the connection; names are strings of JSON.
databases() { section databases "$@" | sed "s/^\"\([a-z0-9]*\)\": /\1$tab/"; }

# part SECTION FILE [MANIFEST]: of one database the lines `"NAME": COUNT` of `rows` or `objects`, sorted.
part() {
  sed -n "/^  \"$1\": {\$/,/^  }/p" "${3:-$facts}" | sed -n "/^    \"$2\": {\$/,/^    }/s/^      \(\".*[0-9]\),\{0,1\}\$/\1/p" | sort
}

# Format 1 (stdin) as format 2: it had one database, and large objects.
upgrade() {
  awk '
    /^  "format": 1,$/ { old = 1; $0 = "  \"format\": 2," }
    !old { print; next }
    /^  "leftOut": \[/ { next }
    /^  "database": / { database = $0; sub(/^  "database": /, "", database); sub(/,$/, "", database) }
    /^  "largeObjects": / { objects = "      \"large objects\": " $2 "\n"; sub(/,\n/, "\n", objects) }
    /^  "files": [{]$/ { print "  \"databases\": {\n    \"dump\": " database "\n  }," }
    /^  "rows": [{]$/ { print "  \"objects\": {\n    \"dump\": {\n" objects "    }\n  },\n" $0 "\n    \"dump\": {"; rows = 1; next }
    rows && /^  }/ { print "    }"; rows = 0 }
    { print (rows ? "  " : "") $0 }'
}

# --- Verbs that an engine of one database need not have

# The databases of the server, a line each: NAME, and for one that cannot be dumped `TAB REASON`.
list_databases() { json "$DB_NAME"; }
# Makes what stands beside the databases and is missing.
make_globals() { :; }
# Loads what can be loaded only when the tables of all databases are there.
load_rest() { :; }
# Sets $into, the database that is filled for $target.
aim() { into=$target; }
# Whether database $1 holds only what it was made with.
as_made() { false; }

# Members of leftOut (stdin), in words.
left_out() { sed 's/: "\(.*\)"$/ (\1)/' | paste -s -d ' ' -; }

# each_database LIST COMMAND…: runs the command for each line `FILE TAB … TAB TARGET`, with $file, $named (a string of JSON), $target, and
# $into as the engine's `aim` sets it.
each_database() {
  list=$1
  shift
  while IFS=$tab read -r file named <&4; do
    named=${named##*"$tab"}
    plain "$named"
    target=$plain
    aim
    "$@" || return
  done 4< "$list"
}

# holds [MANIFEST]: what the backup holds, in words.
holds() {
  large=$(fact largeObjects "$@")
  count=$(databases "$@" | wc -l)
  echo "$(fact totalRows "$@") rows of $(fact tables "$@") tables${large:+ and $large large objects}$([ "$count" -lt 2 ] || echo " in $count databases")"
}

# is_empty FILE [MANIFEST]: whether this database of the backup holds nothing at all.
is_empty() { ! { part rows "$@" && part objects "$@" | grep -v ': 0$'; } | grep -q .; }

# lacking FILE: what the counted rows and objects in $work/found and $work/objects lack of those in the manifest, in words: nothing if
# all are there.
lacking() {
  part rows "$1" > "$work/expected"
  part objects "$1" | sed 's/^/ /' >> "$work/expected"
  sed 's/^/ /' "$work/objects" | cat "$work/found" - | awk '
    { name = $0; sub(/: [0-9]*$/, "", name); count = $NF }
    FILENAME == "-" { found[name] = count; next }
    sub(/^ "/, "", name) { if (found[" \"" name] != count) printf "There are %d %s, the dump had %s. ", found[" \"" name], substr(name, 1, length(name) - 1), count; next }
    !(name in found) { printf "%s is not there, the dump had %s rows. ", name, count; next }
    found[name] != count { printf "%s has %s rows, the dump had %s. ", name, found[name], count }' - "$work/expected"
}

# Sets $name, of the backup that fetch.sh left.
fetched() {
  [ -f "$facts" ] || fail "no backup in $backup: see the log of the container that fetches it"
  name=$(fact name)
}

# Whether file $1 has size $2 and sha256 $3.
whole() { [ "$(stat -c %s "$1" 2> /dev/null)" = "$2" ] && [ "$(sha256sum < "$1")" = "$3  -" ]; }

# older A B: whether release A is older than release B, by their first $parts numbers.
older() {
  awk -v a="$1" -v b="$2" -v parts="$parts" 'BEGIN {
    split(a, x, "."); split(b, y, ".")
    for (i = 1; i <= parts; i++) if (x[i] + 0 != y[i] + 0) exit !(x[i] + 0 < y[i] + 0)
    exit 1
  }'
}

utc() { date -u -d "@$1" +%Y-%m-%dT%H:%M:%SZ; }

# The seconds since 1970 of a time that `utc` has written.
seconds_of() { date -u -d "$(echo "$1" | sed 's/T/ /; s/Z//')" +%s; }
