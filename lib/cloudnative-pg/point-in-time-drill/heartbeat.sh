# Commits a transaction in the live database, which fetch-archive.sh then waits for in the archive: an idle database archives nothing, and so
# does a stopped archiver. A logical message needs no table and no right but to log in. What fails here is a result of the drill: this
# exits with 0, so that it is reported.
. "${0%/*}/step.sh"
. "$here/client.sh"

export PGHOST="$DB_HOST" PGPORT="${DB_PORT:-5432}" PGUSER="$DB_USER" PGCONNECT_TIMEOUT=30
password=$(secret dbPassword.txt)
[ -z "$password" ] || export PGPASSWORD="$password"
rm -f "$scratch/heartbeat" "$scratch/heartbeat.failed"
date +%s > "$scratch/began"

# Where network policies are enforced, it may take seconds until the node of the server lets this new pod in. Whatever else is wrong does not
# go away by itself.
began=$(cat "$scratch/began")
until sql "$DB_NAME" -c 'SELECT 1' > "$work/answer"; do
  case $(cat "$log") in *'Connection refused'* | *'timeout expired'* | *'o route to host'*) ;; *) break ;; esac
  [ "$(date +%s)" -lt $((began + 20)) ] || break
  sleep 2
done

# The second statement is a transaction of its own: the first is committed by then. Its answer is the position of the message.
if sql "$DB_NAME" > "$work/answer" << 'SQL'; then
SELECT pg_logical_emit_message(true, 'point-in-time-drill', to_char(clock_timestamp(), 'YYYY-MM-DD"T"HH24:MI:SSOF')) AS lsn \gset
SELECT pg_walfile_name(:'lsn'), :'lsn', current_setting('archive_mode');
SQL
  IFS='|' read -r wal lsn mode < "$work/answer"
  echo "$wal $lsn $(date +%s)" > "$scratch/heartbeat"
  say "committed a transaction at $lsn, in $wal"
  [ "$mode" != off ] || say "$PGHOST has archive_mode off: it archives nothing"
else
  complaint > "$scratch/heartbeat.failed"
  say "$PGHOST:$PGPORT takes no transaction of $PGUSER: $(cat "$scratch/heartbeat.failed")" >&2
fi
