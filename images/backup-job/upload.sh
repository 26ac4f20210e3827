#!/usr/bin/env bash
# Written by `npm run images`; change it in lib/backup/blob-store.sh, lib/backup/prune.sh, lib/backup/upload.sh.
# Functions for a container of Azure Blob, by rclone. Put before upload.sh, fetch.sh and report.sh, in BusyBox sh.
# A store that is down or frozen fails the job within minutes. 4 blocks of 8 MiB are all that is held in memory.
export RCLONE_CONFIG='' RCLONE_TIMEOUT="${RCLONE_TIMEOUT:-30s}" RCLONE_CONTIMEOUT="${RCLONE_CONTIMEOUT:-15s}"
export RCLONE_RETRIES="${RCLONE_RETRIES:-2}" RCLONE_LOW_LEVEL_RETRIES="${RCLONE_LOW_LEVEL_RETRIES:-2}" RCLONE_STATS=0
export RCLONE_TRANSFERS=1 RCLONE_AZUREBLOB_CHUNK_SIZE=8Mi RCLONE_AZUREBLOB_UPLOAD_CONCURRENCY=4
# Otherwise rclone makes the container when its name is misspelt, and sets times by a second write, which immutability forbids.
export RCLONE_AZUREBLOB_NO_CHECK_CONTAINER=true RCLONE_NO_UPDATE_MODTIME=true LC_ALL=C TZ=UTC

fail() {
  printf '%s: %s\n' "$script" "$1" >&2
  exit 1
}

# A secret, without the newline that an editor or `echo` left behind it.
secret() {
  value=$(cat "$1" 2>/dev/null) || value=
  cr=$(printf '\r')
  printf %s "${value%"$cr"}"
}

store_open() {
  credentials=${CREDENTIALS:-/backupCredentials}
  work=$(umask 077 && mktemp -d)
  trap 'rm -rf "$work"' EXIT
  prefix=${BLOB_PREFIX:-}
  prefix=${prefix#/}
  root=blobs:$CONTAINER_NAME/${prefix%/}
  export RCLONE_CONFIG_BLOBS_TYPE=azureblob RCLONE_CONFIG_BLOBS_ACCOUNT="$STORAGE_ACCOUNT"
  [ -z "${BLOB_ENDPOINT:-}" ] || export RCLONE_CONFIG_BLOBS_ENDPOINT="$BLOB_ENDPOINT"
  case ${BLOB_AUTHENTICATION:-accountKey} in
    accountKey)
      key=$(secret "$credentials/storageKey.txt")
      # rclone would go on as anonymous.
      [ "$key" ] || fail "no storage key: put the key of account $STORAGE_ACCOUNT into storageKey.txt of the Secret"
      export RCLONE_CONFIG_BLOBS_KEY="$key"
      ;;
    workloadIdentity) export RCLONE_CONFIG_BLOBS_ENV_AUTH=true ;;
    *) fail "BLOB_AUTHENTICATION is $BLOB_AUTHENTICATION: set accountKey or workloadIdentity" ;;
  esac
  case ${ENCRYPTION:-none} in
    none) ;;
    rcloneCrypt)
      key=$(secret "$credentials/encryptionKey.txt")
      [ "$key" ] || fail "no encryption key: put it into encryptionKey.txt of the Secret"
      # Names stay readable: they are how a backup is found. Through stdin, as a command line can be read by others.
      key=$(printf %s "$key" | rclone obscure -) || fail 'rclone takes no encryption key: see the lines above'
      export RCLONE_CONFIG_SEALED_TYPE=crypt RCLONE_CONFIG_SEALED_REMOTE="$root" RCLONE_CONFIG_SEALED_PASSWORD="$key"
      export RCLONE_CONFIG_SEALED_FILENAME_ENCRYPTION=off RCLONE_CONFIG_SEALED_DIRECTORY_NAME_ENCRYPTION=false
      export RCLONE_CONFIG_SEALED_SUFFIX=none
      root=sealed:
      ;;
    *) fail "ENCRYPTION is $ENCRYPTION: set rcloneCrypt, or leave it out" ;;
  esac
  key=
}

# Where a blob is, for rclone.
at() {
  case $root in *: | */) printf %s "$root$1" ;; *) printf %s "$root/$1" ;; esac
}

# rclone, with what matters of what it complains of.
store() {
  rclone "$@" 2>"$work/log" && return
  code=$?
  sed -n 's/^[0-9/]* [0-9:]* //; /ERROR CODE\|RESPONSE\|CRITICAL\|Failed\|rror/p' "$work/log" | sort -u | tail -n 6 >&2
  return "$code"
}

# What to do when `store` failed.
advice() {
  case $(cat "$work/log") in
    *ContainerNotFound* | *'directory not found'*)
      echo "account $STORAGE_ACCOUNT has no container $CONTAINER_NAME: make it, or correct the name" ;;
    *BlobImmutable*) echo "container $CONTAINER_NAME is immutable there: see its policies" ;;
    *InsufficientAccountPermissions* | *AuthorizationPermissionMismatch*)
      echo "give this identity the role Storage Blob Data Contributor on container $CONTAINER_NAME" ;;
    *AuthenticationFailed* | *AuthorizationFailure* | *'account key'* | *'RESPONSE 403'*)
      echo "account $STORAGE_ACCOUNT refuses the credentials: put its key into storageKey.txt of the Secret, and see its firewall" ;;
    *'bad magic'* | *'not an encrypted file'* | *'decrypt'* | *'bad header'*)
      echo "what lies there does not open with encryptionKey.txt: put in the key that it was made with" ;;
    *'reads back wrong'*) echo 'the next attempt takes another name; if it happens again, ask who else writes there' ;;
    *'no space left'*) echo "$SCRATCH is full: give the scratch volume more space than the dump has" ;;
    *) echo "the blob store did not answer as it should: see whether it is up and a network policy lets this pod out to it" ;;
  esac
}

# The names that begin with $1.
list() {
  store lsf --files-only --include "$1*" "$(at '')"
}

# Puts file $1 under name $2, which is free or holds it already, and reads it back: the store's MD5 is what rclone declared.
put() {
  store copyto --ignore-existing --header-upload "Content-Type: $3" "$1" "$(at "$2")" || return
  got=$(store cat "$(at "$2")" | sha256sum) || return
  [ "$got" = "$(sha256sum < "$1")" ] || {
    echo "$script: $2 reads back with another content than was sent" >&2
    echo 'reads back wrong' > "$work/log"
    return 1
  }
}

stamp() {
  date -u -d "@$1" +%Y%m%d%H%M%S
}

# A value of a manifest, or of facts.json, which is the same without the name.
fact() {
  sed -n "s/^  \"$1\": \"\(.*\)\",\{0,1\}$/\1/p; s/^  \"$1\": \([0-9]*\),\{0,1\}$/\1/p" "$2"
}

# Its files: name, size, sha256. File `dump` is the blob of the backup's own name, file `x` that name with `.x`.
files() {
  sed -n 's/^    "\([a-z]*[a-z.]*\)": { "size": \([0-9]*\), "sha256": "\([0-9a-f]*\)" },\{0,1\}$/\1 \2 \3/p' "$1"
}

blob_of() {
  case $2 in dump) echo "$1" ;; *) echo "$1.$2" ;; esac
}

# Whether file $1 has size $2 and sha256 $3.
whole() {
  [ "$(stat -c %s "$1" 2>/dev/null)" = "$2" ] && [ "$(sha256sum < "$1")" = "$3  -" ]
}
# Function `expired NOW DAYS KEEP MADE`: from the names in a container (stdin, sorted) to those to delete, oldest first. NOW in
# seconds; MADE is the backup just made. A backup is a manifest; the newest KEEP stay whatever their age, and always the newest.
# Files without a manifest are what a failed run left, if a claim or roles lie beside them; a bare dump may be someone's own,
# as of the script that was there before, and stays. Two days: a run may still be at it.
expired() {
  awk -v old="$(stamp $(($1 - $2 * 86400)))" -v abandoned="$(stamp $(($1 - 172800)))" -v keep="$3" -v made="$4" '
    {
      time = substr($0, 4, 14)
      rest = substr($0, 18)
      if (substr($0, 1, 3) != "db_" || length(time) != 14 || time ~ /[^0-9]/) next
      if (rest != "" && rest != ".json" && rest != ".globals.sql" && rest !~ /^\.claim-[0-9a-f-]+$/) next
      if (!(time in names)) times[++n] = time
      if (rest == ".json") manifest[time] = $0 "\n"
      else if (rest != "") ours[time] = 1
      names[time] = names[time] (rest == ".json" ? "" : $0 "\n")
    }
    END {
      for (i = n; i; i--) {
        time = times[i]
        if (time in manifest) stays = kept++ < keep || kept == 1
        else stays = !(time in ours) || time "" >= abandoned ""
        # The manifest goes first: an interrupted run leaves no manifest without its dump.
        if (!stays && time "" < old "" && "db_" time != made) gone = manifest[time] names[time] gone
      }
      printf "%s", gone
    }'
}
# Uploads what the engine's dump.sh left in the scratch volume, reads it back, writes the manifest last, and then prunes.
# A dump without its manifest is no backup. Nothing is ever overwritten. Run again on the same scratch volume, it goes on where
# it stopped: `claim` and `name` in $state tell which name is this run's own.
set -euo pipefail
umask 027
script=upload
SCRATCH=${SCRATCH:-/scratch}
facts=$SCRATCH/backup/facts.json
state=$SCRATCH/upload
days=${RETENTION_DAYS:-}
keep=${RETENTION_KEEP_AT_LEAST:-1}
case $days$keep in *[!0-9]*) fail 'RETENTION_DAYS and RETENTION_KEEP_AT_LEAST are whole numbers: correct them' ;; esac
store_open

[ -f "$facts" ] || fail "no dump in $SCRATCH/backup: see the log of the container that makes it"
[ "$(files "$facts" | wc -l)" -gt 0 ] || fail "$facts names no file: see the log of the container that makes it"
files "$facts" | while read -r file size sha256; do
  whole "$SCRATCH/backup/$file" "$size" "$sha256" || exit 1
done || fail 'the dump has changed since it was made; nothing was uploaded. The next run begins anew; if it fails too, see the disk of the node'

dump=$(sha256sum < "$facts")
[ "$(cat "$state/dump" 2>/dev/null)" = "$dump" ] || {
  rm -rf "$state"
  mkdir -p "$state"
  echo "$dump" > "$state/dump"
}

uploading() {
  fail "$1; no backup was made, older ones are untouched: $(advice)"
}

# The name is a time: with a clock that is wrong, it would hide newer backups, or be taken for an old one and deleted.
check_clock() {
  written=$(store lsf --use-server-modtime --format t "$(at "$mine")") || uploading "$name cannot be begun"
  skew=$(($(date -u +%s) - $(date -u -d "$written" +%s)))
  [ "$skew" -ge 3600 ] || [ "$skew" -le -3600 ] || return 0
  store deletefile "$(at "$mine")" || true
  fail "the clock of this node differs from the store's by $skew s, so the backup would have a wrong name; no backup was made, older ones are untouched: set the clock"
}

# Blob storage has no way through rclone to write only what is not there. So two jobs of one second each write a claim under a
# name of its own and look again: who sees anything else under the name leaves it to the other.
claim() {
  moment=$(date -u -d "$(fact started "$facts" | sed 's/T/ /; s/Z//')" +%s)
  [ -s "$state/claim" ] || {
    cp /proc/sys/kernel/random/uuid "$state/claim.new"
    mv "$state/claim.new" "$state/claim"
  }
  while :; do
    name=db_$(stamp "$moment")
    mine=$name.claim-$(cat "$state/claim")
    found=$(list "$name") || uploading 'the container cannot be listed'
    others=$(echo "$found" | grep -vxF -e "$mine" -e '' || true)
    if [ -z "$others" ]; then
      echo 'A backup is made under this name. When it is done, or was given up and is swept, this is gone.' > "$state/note"
      put "$state/note" "$mine" text/plain || uploading "$name cannot be begun"
      found=$(list "$name") || uploading 'the container cannot be listed'
      others=$(echo "$found" | grep -vxF -e "$mine" -e '' || true)
      [ "$others" ] || break
      store deletefile "$(at "$mine")" || true
      # Else two jobs could give way to each other for ever.
      sleep $((0x$(cut -c 1-2 "$state/claim") % 4))
    fi
    moment=$((moment + 1))
  done
  check_clock
  echo "$name" > "$state/name.new"
  mv "$state/name.new" "$state/name"
}

began=$(date +%s)
if [ -f "$state/done" ]; then
  name=$(cat "$state/name")
  echo "upload: $name is there already"
else
  [ -f "$state/name" ] || claim
  name=$(cat "$state/name")
  files "$facts" | while read -r file _; do
    put "$SCRATCH/backup/$file" "$(blob_of "$name" "$file")" application/octet-stream || exit 1
  done || {
    # The next attempt takes another name: what lies under this one is not known to be good.
    ! grep -q 'reads back wrong' "$work/log" || rm -f "$state/claim" "$state/name"
    uploading "$name was not uploaded"
  }
  sed "2s/^/  \"name\": \"$name\",\n/" "$facts" > "$state/manifest"
  put "$state/manifest" "$name.json" application/json || uploading "the manifest of $name was not written"
  store deletefile "$(at "$name.claim-$(cat "$state/claim")")" 2>/dev/null || true
  touch "$state/done"
  echo "upload: $name is whole: $(files "$facts" | awk '{ size += $2 } END { printf "%.0f", size }') bytes, dumped in $(fact durationSeconds "$facts") s, uploaded and read back in $(($(date +%s) - began)) s"
fi

# By the store's clock, whatever that of the node has come to since.
written=$(store lsf --use-server-modtime --format t "$(at "$name.json")") || fail "$name is whole, but nothing was pruned: $(advice)"
now=$(date -u -d "$written" +%s)
[ "$days" ] || exit 0

list db_ | sort > "$work/names" || fail "$name is whole, but nothing was pruned: $(advice)"
expired "$now" "$days" "$keep" "$name" < "$work/names" > "$work/gone"
[ -s "$work/gone" ] || {
  echo "prune: nothing is older than $days days and beyond the newest $keep"
  exit 0
}
echo "prune: older than $days days, and beyond the newest $keep:"
sed 's/^/prune: deletes /' "$work/gone"
while read -r gone; do
  store deletefile "$(at "$gone")" && continue || code=$?
  # Another job has deleted it.
  [ "$code" -ne 4 ] || continue
  grep -q BlobImmutable "$work/log" || fail "$name is whole, but $gone was not deleted: $(advice)"
  echo "prune: $gone is immutable, so it and the rest stay until the container's policy lets them go"
  exit 0
done < "$work/gone"
