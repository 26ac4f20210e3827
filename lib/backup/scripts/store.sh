# An object store, by rclone: for upload.sh, fetch.sh and report.sh, after step.sh. What is one store's alone says its remote.sh, which is
# read in the middle of this.
# A store that is down or frozen fails the job within minutes.
export RCLONE_CONFIG='' RCLONE_TIMEOUT="${RCLONE_TIMEOUT:-30s}" RCLONE_CONTIMEOUT="${RCLONE_CONTIMEOUT:-15s}"
export RCLONE_RETRIES="${RCLONE_RETRIES:-2}" RCLONE_LOW_LEVEL_RETRIES="${RCLONE_LOW_LEVEL_RETRIES:-2}" RCLONE_STATS=0
# Times would be set by a second write, which immutability forbids.
export RCLONE_TRANSFERS=1 RCLONE_NO_UPDATE_MODTIME=true

# by_default OPTION=VALUE…: options of the remote that the pod does not set. (By RCLONE_S3_… and the like they would win over those of the pod.)
by_default() {
  for option; do
    eval "[ \"\${RCLONE_CONFIG_BLOBS_${option%%=*}+set}\" ] || export \"RCLONE_CONFIG_BLOBS_\$option\""
  done
}

# --- Verbs that a store may define anew

kind=

# Tells rclone of the remote `blobs`, by RCLONE_CONFIG_BLOBS_*, and sets $path (its bucket or folder) and $place (in words).
# Here: the variables of the pod, and secrets in files of such names. $kind is what the place is called, if not by its type.
remote() {
  type=${RCLONE_CONFIG_BLOBS_TYPE:-}
  [ "$type" ] || fail 'RCLONE_CONFIG_BLOBS_TYPE is not set: set BLOB_STORE, or a backend of rclone'
  path=${BLOB_PATH:-}
  place="${kind:-$type} $path"
  for file in "$credentials"/RCLONE_CONFIG_BLOBS_*; do
    [ -e "$file" ] || continue
    variable=${file##*/}
    value=$(secret "$variable")
    # rclone would go on as anonymous.
    [ "$value" ] || fail "nothing in $variable of the Secret: put the credential into it"
    case $variable in
      *.password)
        variable=${variable%.password}
        # Through stdin, as a command line can be read by others.
        value=$(printf %s "$value" | rclone obscure -) || fail "rclone takes no such $variable: see the lines above"
        ;;
    esac
    export "$variable=$value"
  done
  value=
  # An option that is misspelt, rclone passes over.
  known=$(rclone help backend "$type" 2>&1) || fail "rclone has no backend $type: correct the type"
  env | sed -n 's/^RCLONE_CONFIG_BLOBS_\([A-Z0-9_]*\)=.*/\1/p' > "$work/options"
  while read -r option; do
    case $option in TYPE | DESCRIPTION) continue ;; esac
    printf '%s\n' "$known" | grep -q "^- Env Var: *RCLONE_[A-Z0-9]*_$option\$" ||
      fail "rclone's $type has no option $(printf %s "$option" | tr '[:upper:]' '[:lower:]'): correct its name"
  done < "$work/options"
}

# Says what to do about what $log complains of, or nothing.
remote_advice() { :; }

# Whether $log says that a rule of the store keeps what was to be deleted.
remote_keeps() { false; }

# Whether the store keeps versions, so that what is deleted is hidden only.
remote_hides() { false; }

# The MD5 of $1 in hexadecimal that the store has computed itself over what it holds, or nothing.
remote_md5() { :; }

# What rclone says is the MD5 of $1: for stores of which that is not what a client has declared. Of what is sealed it knows none.
md5_of() {
  case $root in blobs:*) ;; *) return 0 ;; esac
  store hashsum MD5 "$(at "$1")" | sed 's/ .*//'
}

# Sets $once to a header with which the store writes only what is not there yet, or to nothing. File $1 lies there as $2.
remote_once() { once=; }

remote_script=$here/remote.sh
[ -z "${BLOB_STORE:-}" ] || remote_script=$here/stores/$BLOB_STORE/remote.sh
if [ -e "$remote_script" ]; then
  # shellcheck source=remote.sh
  . "$remote_script"
elif [ "${BLOB_STORE:-}" ]; then
  fail "BLOB_STORE is $BLOB_STORE, and there are scripts of $(cd "$here/stores" 2> /dev/null && echo * || echo none): set one of those"
fi

once=

store_open() {
  remote
  prefix=${BLOB_PREFIX:-}
  prefix=${prefix#/}
  prefix=${prefix%/}
  place=$place${prefix:+ under $prefix}
  root=blobs:$path/$prefix
  case ${ENCRYPTION:-none} in
    none) ;;
    rcloneCrypt)
      key=$(secret encryptionKey.txt)
      [ "$key" ] || fail 'no encryption key: put it into encryptionKey.txt of the Secret'
      # Names stay readable: they are how a backup is found. With a / at its end rclone does not ask whether the place is a file. Through stdin, as a command line can be read by others.
      key=$(printf %s "$key" | rclone obscure -) || fail 'rclone takes no encryption key: see the lines above'
      export RCLONE_CONFIG_SEALED_TYPE=crypt RCLONE_CONFIG_SEALED_REMOTE="${root%/}/" RCLONE_CONFIG_SEALED_PASSWORD="$key"
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
  said=$(remote_advice)
  [ -z "$said" ] || {
    echo "$said"
    return
  }
  case $(cat "$log") in
    *'directory not found'*) echo "there is no $place: make it, or correct the name" ;;
    *'no such host'*) echo 'its name is not known: correct the address, or let this pod out to the name service' ;;
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

# Whether file $1 has size $2 and sha256 $3. rclone sums a file in a quarter of the time that BusyBox takes.
whole() { [ "$(stat -c %s "$1" 2> /dev/null)" = "$2" ] && summed=$(store hashsum SHA256 "$1") && [ "${summed%% *}" = "$3" ]; }

# Puts file $1 under name $2, which is free or holds it already, with content type $3, and makes sure of what lies there then. $4 is its sha256,
# where that is known: a dump is not read once more for it.
put() {
  if [ "$once" ]; then
    store copyto --ignore-existing --header-upload "$once" --header-upload "Content-Type: $3" "$1" "$(at "$2")" ||
      # There by now: of somebody else, or our own, whose answer was lost. Its content tells.
      grep -q 'PreconditionFailed\|StatusCode: 412' "$log" || return
  else
    store copyto --ignore-existing --header-upload "Content-Type: $3" "$1" "$(at "$2")" || return
  fi
  is_there "$1" "$2" "${4:-}"
}

# Whether file $1, with sha256 $3, is what lies under $2: by the store's own sum where VERIFY=checksum and it has one; else all of it is read back, as what
# rclone declared is no more than what it meant to send.
is_there() {
  if [ "${VERIFY:-readBack}" = checksum ]; then
    sum=$(remote_md5 "$2") || return
    [ "$sum" != "$(md5sum < "$1" | cut -d ' ' -f 1)" ] || return 0
    echo "$step: the store has no sum of its own of $2, which is read back" >&2
  fi
  # Summed by rclone, which reads it as it comes: it is three times as fast as through BusyBox.
  got=$(store hashsum SHA256 --download "$(at "$2")") || return
  sum=${3:-$(sha256sum < "$1")}
  [ "${got%% *}" = "${sum%% *}" ] || {
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
