# A restore fills logical databases of the server that are empty, and exchanges them with those of the backup's numbers, in one transaction. So none
# of them is ever half of either, and what was there is kept under another number.

# It marks a database that is being filled, for the run after one that was killed.
mark=cdk8s-stateful:restoring
: > "$work/beside"

look() {
  [ "$target" = all ] || fail "a backup of Valkey is restored with all of its databases, $as_it_was: leave DATABASE and TARGET_DATABASE out"
  way_out='Set REPLACE=true to put the backup in its place; what is there is kept in databases of other numbers'
  { db INFO keyspace > "$work/keyspace" && db FUNCTION STATS > "$work/stats"; } || stop "the server cannot be looked into, $as_it_was"
  keyspace < "$work/keyspace" > "$work/there"
  : > "$work/leftovers"
  while read -r number keys expiring; do
    marked=$(db -n "$number" EXISTS "$mark") || stop "database $number cannot be looked into, $as_it_was"
    [ "$marked" = 0 ] || echo "$number $keys $expiring" >> "$work/leftovers"
  done < "$work/there"
  functions=$(libraries < "$work/stats")
  there=$(awk -v functions="$functions" 'FILENAME == ARGV[1] { left[$1] = 1; next } !($1 in left) { n += $2 } END { printf "%.0f", n + functions }' "$work/leftovers" "$work/there")
}

# Drops what a run that did not finish left. Where a session is still at it, it may be another run's.
drop_leftovers() {
  [ -s "$work/leftovers" ] || return 0
  db CLIENT LIST > "$work/clients" || return
  while read -r number _; do
    grep -q " db=$number " "$work/clients" && fail "a restore is at work in database $number, $as_it_was: wait for its end"
    say "emptying database $number, which a run that did not finish left"
    db -n "$number" FLUSHDB ASYNC > /dev/null || return
  done < "$work/leftovers"
}

# $work/beside: NUMBER and the number beside it, for all that the backup and the server hold.
choose_beside() {
  drop_leftovers || return
  count_of=$(db CONFIG GET databases | sed -n 2p) || return
  part rows dump | sed 's/^"db//; s/": / /' | sort -n > "$work/held"
  sed 's/ .*//' "$work/leftovers" > "$work/emptied"
  awk -v total="$count_of" '
    FILENAME == ARGV[1] { emptied[$1] = 1; next }
    FILENAME == ARGV[2] { if (!($1 in emptied)) used[$1] = 1; next }
    { used[$1] = 1; if ($1 + 0 >= total + 0) beyond = 1 }
    END {
      if (beyond) exit 1
      free = total - 1
      for (i = 0; i < total; i++) if (i in used) {
        while (free >= 0 && free in used) free--
        if (free < 0) exit 1
        print i, free--
      }
    }' "$work/emptied" "$work/there" "$work/held" > "$work/beside" ||
    fail "the server has $count_of logical databases, and too few of them are empty to restore beside those that are used, $as_it_was: set its parameter databases to more"
}

prepare() {
  choose_beside || stop "the server cannot be looked into, $as_it_was"
  half_done="what is half restored could not be removed, and the next restore removes it: databases $(cut -d ' ' -f 2 "$work/beside" | paste -s -d ' ' -)"
  throw_away || stop "no server can be started on the backup, $as_it_was"
  while read -r _ beside; do
    db -n "$beside" SET "$mark" "$name" > /dev/null || stop "database $beside cannot be written to, $as_it_was"
  done < "$work/beside"
}

# The text of a program in Lua, in which a login must not be a literal that is read otherwise.
lua_text() { printf '"%s"' "$(printf %s "$1" | od -A n -v -t u1 | awk '{ for (i = 1; i <= NF; i++) printf "\\%03d", $i }')"; }

move() {
  {
    printf 'local host, port, user, password = %s, %s, ' "$(lua_text "$DB_HOST")" "$(lua_text "$DB_PORT")"
    printf '%s, %s\n' "$(lua_text "$DB_USER")" "$(lua_text "$password")"
    cat "$here/move.lua"
  } > "$work/move.lua"
  program=$(own -x SCRIPT LOAD < "$work/move.lua") || return
  while read -r number beside; do
    grep -q "^$number " "$work/held" || continue
    cursor=
    until [ "$cursor" = 0 ]; do
      cursor=$(own EVALSHA "$program" 0 "$number" "$beside" "${cursor:-0}") || return
    done
  done < "$work/beside"
}

# still_valid NUMBER: how many keys of the backup's database expire later than now.
still_valid() {
  cursor=
  valid=0
  until [ "$cursor" = 0 ]; do
    answer=$(own EVAL "$(cat "$here/valid.lua")" 0 "$1" "${cursor:-0}") || return
    cursor=${answer% *}
    valid=$((valid + ${answer#* }))
  done
}

# Keys whose time is over are not restored. All others must be there: those without a time exactly, of those with one at least as many as are
# valid later.
count_beside() {
  own INFO keyspace > "$work/own" && db INFO keyspace > "$work/keyspace" || return
  keyspace < "$work/own" > "$work/dumped"
  keyspace < "$work/keyspace" > "$work/found.now"
  lost=0
  gone=0
  while read -r number beside; do
    dumped=$(sed -n "s/^$number //p" "$work/dumped")
    [ "$dumped" ] || continue
    found=$(sed -n "s/^$beside //p" "$work/found.now")
    keys=${dumped% *} expiring=${dumped#* }
    # Without the mark.
    found_keys=$((${found% *} - 1)) found_expiring=${found#* }
    valid=0
    [ "$expiring" = 0 ] || still_valid "$number" || return
    if [ $((found_keys - found_expiring)) = $((keys - expiring)) ] && [ "$found_expiring" -le "$expiring" ] && [ "$found_expiring" -ge "$valid" ]; then
      gone=$((gone + expiring - found_expiring))
    else
      lost=$((lost + keys - found_keys))
      keys=$found_keys
    fi
    printf '"db%d": %d\n' "$number" "$keys"
  done < "$work/beside"
  own FUNCTION STATS > "$work/stats" || return
  expiring=$(awk '{ n += $3 } END { printf "%.0f", n }' "$work/dumped")
  printf '"function libraries": %s\n"keys with an expiry": %s\n' "$(libraries < "$work/stats")" "$expiring" > "$work/objects"
  echo "$gone" > "$work/gone"
}

# take_functions FILE: in place of all that the server has.
take_functions() { words FUNCTION RESTORE "file:$1" FLUSH | db --pipe > /dev/null; }

# The answer to FUNCTION DUMP, without the line feed of the client.
functions_of() { "$1" FUNCTION DUMP | head -c -1; }

swap() {
  { functions_of own > "$work/functions" && functions_of db > "$work/functions.before"; } || undone "the functions cannot be read"
  end_server
  take_functions "$work/functions" || {
    reason=$(advice)
    take_functions "$work/functions.before" || true
    undone "the functions cannot be restored: $reason"
  }
  {
    words MULTI
    while read -r number beside; do
      words SELECT "$beside"
      words DEL "$mark"
      words SWAPDB "$number" "$beside"
    done < "$work/beside"
    if [ "$functions" != 0 ]; then
      kept=$(sed -n '1s/.* //p' "$work/beside")
      words SELECT "${kept:-$((count_of - 1))}"
      words SET "functions_replaced_$(date -u +%Y%m%d%H%M%S)" "file:$work/functions.before"
    fi
    words EXEC
  } > "$work/swap"
  db --pipe < "$work/swap" > /dev/null ||
    fail "it is not known whether the databases have changed their numbers, see the lines above: those that have a key $mark hold the backup, and $(tr ' ' - < "$work/beside" | paste -s -d ' ' -) belong together"
  gone=$(cat "$work/gone")
  [ "$gone" = 0 ] || say "$gone keys have expired since the dump"
  case $(db WAITAOF 1 0 60000 2> /dev/null | sed -n 1p) in
    1) ;;
    *) say 'the server has not said that all is on its disk: see that it writes an append-only file' ;;
  esac
  db INFO keyspace > "$work/keyspace" || : > "$work/keyspace"
  keyspace < "$work/keyspace" > "$work/after"
  while read -r number beside; do
    ! grep -q "^$beside " "$work/after" || say "what was in database $number before is kept in database $beside; FLUSHDB it there when all is well"
  done < "$work/beside"
}

# undone WHY: ends the step before anything has another number.
undone() {
  undo || say "$half_done" >&2
  fail "$as_it_was: $1"
}

undo() {
  end_server
  while read -r _ beside; do
    db -n "$beside" FLUSHDB ASYNC > /dev/null || return
  done < "$work/beside"
}
