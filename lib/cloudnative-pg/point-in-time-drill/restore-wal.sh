# The restore_command of recover.sh: puts file $1 of the archive to $2. PostgreSQL takes 1 for "there is no such file", which ends a recovery as
# if all had been recovered; a status over 125 ends the server. So a damaged file must not look like the end of the archive.
case $1 in
  *.history) file=$ARCHIVE/wals/$1.gz ;;
  *) file=$ARCHIVE/wals/${1%????????}/$1.gz ;;
esac
[ -f "$file" ] || exit 1
gzip -dc "$file" > "$2" 2> "$ARCHIVE/complaint" || {
  echo "$1: $(tail -n 1 "$ARCHIVE/complaint")" >> "$ARCHIVE/damaged"
  exit 200
}
case $1 in *.history) exit 0 ;; esac
[ "$(wc -c < "$2")" -eq "$SEGMENT" ] || {
  echo "$1: $(wc -c < "$2") bytes, not $SEGMENT" >> "$ARCHIVE/damaged"
  exit 200
}
