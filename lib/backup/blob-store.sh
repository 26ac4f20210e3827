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
