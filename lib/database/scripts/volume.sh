# The hooks that a backup of volumes runs in a database's own container begin with this.
umask 077
hook=yes
. "${0%/*}/step.sh"
. "$here/engine.sh"
DB_HOST=$(hostname)
unset DATABASES DATABASE TARGET_DATABASE REPLACE PARALLEL

# password_of NAME: sets $password to the variable, or to the file in /passwords, byte by byte.
password_of() {
  eval "password=\${$1-}"
  file=${PASSWORDS:-/passwords}/$1
  [ "$password" ] || [ ! -r "$file" ] || {
    password=$(cat "$file" && echo .)
    password=${password%.}
  }
}

# The login of the administrator over the socket, in the place of a job's.
. "$here/volume-login.sh"

# What a program said last, and what to do about it.
advice() {
  case $(cat "$log") in
    *'o space left'* | *'Disk quota'*) way='the volume is full: give it more space' ;;
    *uthenti* | *'Access denied'*) way="log in with the password that the container has, or give the container the database's" ;;
    *) way='see above, and the log of the server' ;;
  esac
  echo "$(grep -a . "$log" | tail -n 1 || true): $way"
}

# The folder of the dumps holds dump-1, dump-2 and so on. What has such a name was whole when it got it, and the highest is the last.
# Only one of these scripts at a time; the lock goes with the last process of its holder.
open_folder() {
  folder=${1:?the first argument must be the folder of the dumps}
  [ -d "$folder" ] || fail "there is no folder $folder: mount the volume of the dumps there"
  exec 9> "${TMPDIR:-/tmp}/volume-backup.lock"
  flock -n 9 || fail 'another of these scripts is at work here: wait for its end, and run this again. Nothing was changed'
  number=$(find "$folder" -maxdepth 1 -name 'dump-*' | sed -n 's|.*/dump-\([0-9]\{1,\}\)$|\1|p' | sort -n | tail -n 1)
}
