# A container of Azure Blob, by rclone: for upload.sh, fetch.sh and report.sh, after step.sh.
# A store that is down or frozen fails the job within minutes. 4 blocks of 8 MiB are all that is held in memory.
export RCLONE_CONFIG='' RCLONE_TIMEOUT="${RCLONE_TIMEOUT:-30s}" RCLONE_CONTIMEOUT="${RCLONE_CONTIMEOUT:-15s}"
export RCLONE_RETRIES="${RCLONE_RETRIES:-2}" RCLONE_LOW_LEVEL_RETRIES="${RCLONE_LOW_LEVEL_RETRIES:-2}" RCLONE_STATS=0
export RCLONE_TRANSFERS=1 RCLONE_AZUREBLOB_CHUNK_SIZE=8Mi RCLONE_AZUREBLOB_UPLOAD_CONCURRENCY=4
# Otherwise rclone makes the container when its name is misspelt, and sets times by a second write, which immutability forbids.
export RCLONE_AZUREBLOB_NO_CHECK_CONTAINER=true RCLONE_NO_UPDATE_MODTIME=true

store_open() {
  prefix=${BLOB_PREFIX:-}
  prefix=${prefix#/}
  root=blobs:$CONTAINER_NAME/${prefix%/}
  export RCLONE_CONFIG_BLOBS_TYPE=azureblob RCLONE_CONFIG_BLOBS_ACCOUNT="$STORAGE_ACCOUNT"
  [ -z "${BLOB_ENDPOINT:-}" ] || export RCLONE_CONFIG_BLOBS_ENDPOINT="$BLOB_ENDPOINT"
  case ${BLOB_AUTHENTICATION:-accountKey} in
    accountKey)
      key=$(secret storageKey.txt)
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
      key=$(secret encryptionKey.txt)
      [ "$key" ] || fail 'no encryption key: put it into encryptionKey.txt of the Secret'
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
  rclone "$@" 2> "$log" && return
  code=$?
  sed -n 's/^[0-9/]* [0-9:]* //; /ERROR CODE\|RESPONSE\|CRITICAL\|Failed\|rror/p' "$log" | sort -u | tail -n 6 >&2
  return "$code"
}

# What to do when `store` has failed.
advice() {
  case $(cat "$log") in
    *ContainerNotFound* | *'directory not found'*)
      echo "account $STORAGE_ACCOUNT has no container $CONTAINER_NAME: make it, or correct the name"
      ;;
    *BlobImmutable*) echo "container $CONTAINER_NAME is immutable there: see its policies" ;;
    *InsufficientAccountPermissions* | *AuthorizationPermissionMismatch*)
      echo "give this identity the role Storage Blob Data Contributor on container $CONTAINER_NAME"
      ;;
    *AuthenticationFailed* | *AuthorizationFailure* | *'account key'* | *'RESPONSE 403'*)
      echo "account $STORAGE_ACCOUNT refuses the credentials: put its key into storageKey.txt of the Secret, and see its firewall"
      ;;
    *'bad magic'* | *'not an encrypted file'* | *'decrypt'* | *'bad header'*)
      echo 'what lies there does not open with encryptionKey.txt: put in the key that it was made with'
      ;;
    *'reads back wrong'*) echo 'the next attempt takes another name; if it happens again, ask who else writes there' ;;
    *'no space left'*) echo "$scratch is full: give the scratch volume more space than the dump has" ;;
    *) echo 'the blob store did not answer as it should: see whether it is up and a network policy lets this pod out to it' ;;
  esac
}

# The names that begin with $1.
list() { store lsf --files-only --include "$1*" "$(at '')"; }

# The times in the names of backups, oldest first; only a manifest makes a backup. From a list of names (stdin).
backup_times() { sed -n 's/^db_\([0-9]\{14\}\)\.json$/\1/p' | sort; }

# When a blob was written, by the store's clock, in seconds since 1970.
written() { moment=$(store lsf --use-server-modtime --format t "$(at "$1")") && date -u -d "$moment" +%s; }

# Puts file $1 under name $2, which is free or holds it already, and reads it back: the store's MD5 is what rclone declared.
put() {
  store copyto --ignore-existing --header-upload "Content-Type: $3" "$1" "$(at "$2")" || return
  # POSIX sh knows the status of a pipe's last program only.
  rm -f "$work/read"
  got=$({ store cat "$(at "$2")" && : > "$work/read"; } | sha256sum)
  [ -e "$work/read" ] || return
  [ "$got" = "$(sha256sum < "$1")" ] || {
    echo "$step: $2 reads back with another content than was sent" >&2
    echo 'reads back wrong' > "$log"
    return 1
  }
}

# The time in the name of a backup, of seconds since 1970.
stamp() { date -u -d "@$1" +%Y%m%d%H%M%S; }

# The blob of file $2 of backup $1: `dump` has the backup's own name, `x` that name with `.x`.
blob_of() {
  case $2 in dump) echo "$1" ;; *) echo "$1.$2" ;; esac
}
