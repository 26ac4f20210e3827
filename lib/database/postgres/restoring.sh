# Functions that make a database of a backup in $SCRATCH/backup. Put before restore.sh and drill.sh, after client.sh.
backup=$SCRATCH/backup
# Options of pg_restore; drill.sh has some.
options=
# What is set for a database or a role, and comes back with the dump, must not end the restore, nor forbid it.
export PGOPTIONS='-c default_transaction_read_only=off -c statement_timeout=0 -c lock_timeout=0 -c idle_in_transaction_session_timeout=0'

# psql in database $1.
sql() {
  base=$1
  shift
  PGDATABASE=$base try psql -XAtqw -v ON_ERROR_STOP=1 "$@"
}

# The roles of the dump's server that are missing here, without passwords. Those that are here are not touched. $1: where to connect.
make_roles() {
  [ -f "$backup/globals.sql" ] || return 0
  sql "$1" -c 'SELECT quote_ident(rolname) FROM pg_roles' > "$work/roles" || return
  # Only whole statements on roles that are new; a membership counts for its member. Who granted it may be missing here.
  awk '
    NR == FNR { there[$0] = 1; next }
    function name(text,   i, c, quoted) {
      for (i = 1; i <= length(text); i++) {
        c = substr(text, i, 1)
        if (c == "\"") quoted = !quoted
        else if ((c == " " || c == ";") && !quoted) return substr(text, 1, i - 1)
      }
    }
    /^CREATE ROLE / { if (!(name(substr($0, 13)) in there)) { made[name(substr($0, 13))] = 1; print } }
    # What a new role has not got anyway may be said by a superuser only.
    /^ALTER ROLE / {
      role = name(substr($0, 12))
      if (!(role in made)) next
      rest = substr($0, 12 + length(role))
      if (rest ~ /^ WITH /) gsub(/ NO(SUPERUSER|CREATEROLE|CREATEDB|REPLICATION|BYPASSRLS)/, "", rest)
      print "ALTER ROLE " role rest
    }
    /^GRANT / {
      role = name(substr($0, 7))
      member = name(substr($0, 11 + length(role)))
      sub(/ GRANTED BY .*;$/, ";")
      if (member in made) print
    }' "$work/roles" "$backup/globals.sql" > "$work/globals.sql" || return
  [ -s "$work/globals.sql" ] || return 0
  # All or none: a role that is there is not touched again.
  sql "$1" -1 -f "$work/globals.sql" > /dev/null || return
  sed -n "s/^CREATE ROLE \(.*\);$/$script: made role \1 without a password; give it one: ALTER ROLE \1 PASSWORD .../p" "$work/globals.sql"
}

# Database $2 with the owner, encoding, locale, settings and privileges of the one that was dumped. $1: where to connect.
# pg_restore can make a database under its old name only.
make_database() {
  pg_restore -C -l "$backup/dump" | grep -E '^[0-9]+; [0-9]+ [0-9]+ [A-Z ]+ - DATABASE ' > "$work/list" || true
  try pg_restore -C -L "$work/list" -f "$work/database" "$backup/dump" || return
  # psql's own lines begin with a backslash; they would connect to it.
  NEW=$(printf %s "$2" | sed 's/"/""/g') awk '
    /^\\/ { next }
    ENVIRON["NO_TABLESPACES"] { sub(/ TABLESPACE = .*;$/, ";") }
    old == "" && /^CREATE DATABASE / { old = substr($0, 17); sub(/ WITH TEMPLATE = template0.*/, "", old) }
    /^(CREATE|ALTER|COMMENT|GRANT|REVOKE|SECURITY) / && (i = index($0, "DATABASE " old)) {
      $0 = substr($0, 1, i + 8) "\"" ENVIRON["NEW"] "\"" substr($0, i + 9 + length(old))
    }
    { print }' "$work/database" > "$work/database.sql" || return
  sql "$1" -f "$work/database.sql" > /dev/null
}

# Fills database $1, and holds its rows against those that the dump had.
fill_database() {
  # shellcheck disable=SC2086 # several words
  try pg_restore --exit-on-error $options -w -d "$(conninfo "$1")" "$backup/dump" || return
  FACTS=$facts sql "$1" <<'SQL' || return
\set facts `cat "$FACTS"`
SET search_path = '';
SET row_security = off;
SELECT set_config('backup.facts', :'facts', false) \g /dev/null
DO $$
DECLARE
  facts jsonb := current_setting('backup.facts');
  item record;
  found bigint;
  wrong text := '';
BEGIN
  FOR item IN SELECT key AS name, value::bigint AS rows, to_regclass(key) AS id,
      EXISTS (SELECT FROM pg_partitioned_table WHERE partrelid = to_regclass(key)) AS parted FROM jsonb_each_text(facts -> 'rows') LOOP
    found := NULL;
    IF item.id IS NOT NULL THEN
      EXECUTE format('SELECT count(*) FROM %s %s', CASE WHEN item.parted THEN '' ELSE 'ONLY' END, item.id) INTO found;
    END IF;
    -- An extension may put rows of its own into its tables, besides those that were dumped.
    IF found IS NULL OR found < item.rows OR found > item.rows AND NOT EXISTS (
      SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = item.id AND deptype = 'e') THEN
      wrong := wrong || format('%s has %s rows, the dump had %s. ', item.name, coalesce(found::text, 'no'), item.rows);
    END IF;
  END LOOP;
  SELECT count(*) FROM pg_largeobject_metadata INTO found;
  IF found <> (facts ->> 'largeObjects')::bigint THEN
    wrong := wrong || format('There are %s large objects, the dump had %s. ', found, facts ->> 'largeObjects');
  END IF;
  IF wrong <> '' THEN
    RAISE EXCEPTION '%', wrong;
  END IF;
END $$;
SQL
  # It warns of each table of the system that only a superuser may look at.
  sql "$1" -c 'SET client_min_messages = error' -c ANALYZE
}
