-- Dumps a database and counts its rows, both in one snapshot: what is counted is what is in the dump.
BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
SET LOCAL search_path = '';
-- As in pg_dump: an error rather than fewer rows.
SET LOCAL row_security = off;
SELECT pg_export_snapshot() AS snapshot \gset
\setenv SNAPSHOT :snapshot
\! nice -n 19 sh "$HERE/stream.sh"
\set status `cat "$STATUS"`
SELECT :'status' <> '0' AS failed \gset
\if :failed
\quit
\endif
-- A line of JSON for each table. The parts of a partitioned table count as one: pg_dump may put rows of one into another.
SELECT format('SELECT %L || sum(n) FROM (%s) AS parts', to_json(format('%I.%I', n.nspname, c.relname))::text || ': ', (
    SELECT coalesce(string_agg(format('SELECT count(*) AS n FROM ONLY %s %s', part.oid::regclass, config.condition), ' UNION ALL '), 'SELECT 0 AS n')
    FROM pg_class part WHERE part.relkind = 'r' AND (part.oid = c.oid OR part.oid IN (SELECT relid FROM pg_partition_tree(c.oid)))))
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  -- Of an extension's own tables a dump holds what the extension says.
  LEFT JOIN (SELECT unnest(extconfig) AS oid, unnest(extcondition) AS condition FROM pg_extension) AS config ON config.oid = c.oid
  WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relpersistence <> 't' AND n.nspname !~ '^pg_|^information_schema$'
    AND NOT (c.relpersistence = 'u' AND pg_is_in_recovery())
    AND (config.oid IS NOT NULL OR NOT EXISTS (
      SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = c.oid AND deptype = 'e'))
  ORDER BY 1 \gexec
\o :objects
\ir objects.sql
