# What every step of a backup, a restore and a drill begins with: `. "${0%/*}/step.sh"`.
# The first argument of a step is the contract that its pod was written for.
. "${0%/*}/lib.sh"

contract=1
[ "${1:-}" = "$contract" ] ||
  fail "these scripts keep contract $contract, the pod keeps contract ${1:-none}: apply the CronJob and its ConfigMap of one version. Nothing was changed"

scratch=${SCRATCH:-/scratch}
credentials=${CREDENTIALS:-/backupCredentials}
backup=$scratch/backup
facts=$backup/facts.json

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
        text = text substr(rest, 1, i - 1) (c == "n" ? "\n" : c == "t" ? "\t" : c)
        rest = substr(rest, i + 2)
      }
      $0 = text rest
    }
    { print }'
}

# --- A manifest, and facts.json, which is the same without the name. Each is read line by line, so each is written just so.

# fact NAME [FILE]: the value of one member.
fact() { sed -n "s/^  \"$1\": \(.*[^,]\),\{0,1\}\$/\1/p" "${2:-$facts}" | unjson; }

# files [FILE]: name, size and sha256 of each file of the backup.
files() {
  sed -n 's/^    "\([a-z0-9.]*\)": { "size": \([0-9]*\), "sha256": "\([0-9a-f]*\)" },\{0,1\}$/\1 \2 \3/p' "${1:-$facts}"
}

# rows [FILE]: the rows of each table, a line each: `"NAME": COUNT`, sorted.
rows() { sed -n '/^  "rows": {$/,/^  }/s/^    \(".*\)$/\1/p' "${1:-$facts}" | sed 's/,$//' | sort; }

# holds [FILE]: what the backup holds, in words.
holds() {
  rows "${1:-$facts}" | awk -v objects="$(fact largeObjects "${1:-$facts}")" '
    { count += $NF }
    END { printf "%.0f rows of %d tables%s\n", count, NR, (objects == "" ? "" : " and " objects " large objects") }'
}

# is_empty [FILE]: whether the backup holds nothing at all.
is_empty() { holds "${1:-$facts}" | grep -q -x '0 rows of 0 tables\( and 0 large objects\)\{0,1\}'; }

# What the counted rows in file $1 lack of those in the manifest, in words: nothing if all are there.
lacking() {
  rows > "$work/expected"
  awk '
    { name = $0; sub(/: [0-9]*$/, "", name); count = $NF }
    FILENAME == ARGV[1] { found[name] = count; next }
    !(name in found) { printf "%s is not there, the dump had %s rows. ", name, count; next }
    found[name] != count { printf "%s has %s rows, the dump had %s. ", name, found[name], count }' "$1" "$work/expected"
  if [ -f "$work/objects" ] && [ "$(cat "$work/objects")" != "$(fact largeObjects)" ]; then
    echo "There are $(cat "$work/objects") large objects, the dump had $(fact largeObjects)."
  fi
}

# Sets $name, of the backup that fetch.sh left.
fetched() {
  if [ ! -f "$facts" ] || [ ! -f "$backup/dump" ]; then fail "no backup in $backup: see the log of the container that fetches it"; fi
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
