-- The rows of the tables in the manifest, as a line of JSON each; a table that is not there has none.
SET search_path = '';
SET row_security = off;
\set facts `cat "$FACTS"`
WITH item AS (SELECT key AS name, value AS dumped, to_regclass(key) AS id FROM json_each_text(:'facts'::json -> 'rows' -> :'file'))
SELECT format(CASE WHEN EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = id AND deptype = 'e')
    -- An extension may put rows of its own into its tables, besides those that were dumped.
    THEN 'SELECT %L || least(sum(n), %s) FROM (%s) AS parts' ELSE 'SELECT %1$L || sum(n) FROM (%3$s) AS parts' END,
    to_json(name)::text || ': ', dumped, (
      SELECT coalesce(string_agg(format('SELECT count(*) AS n FROM ONLY %s', part.oid::regclass), ' UNION ALL '), 'SELECT 0 AS n')
      FROM pg_class part WHERE part.relkind = 'r' AND (part.oid = id OR part.oid IN (SELECT relid FROM pg_partition_tree(id)))))
  FROM item WHERE id IS NOT NULL \gexec
-- What a restore fills by itself can be read.
\o /dev/null
SELECT format('SELECT count(*) FROM %s', oid::regclass) FROM pg_class
  WHERE (relkind = 'S' OR relkind = 'm' AND relispopulated) AND relnamespace::regnamespace::text !~ '^pg_|^information_schema$' \gexec
\o :objects
\ir objects.sql
