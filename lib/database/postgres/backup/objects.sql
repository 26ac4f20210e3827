-- What the database holds that neither initdb nor an extension has made: a line of JSON for each kind, with how many there are.
WITH theirs AS (SELECT oid FROM pg_namespace WHERE nspname !~ '^pg_|^information_schema$'),
  kinds (kind, relkind) AS (VALUES ('tables', 'r'), ('partitioned tables', 'p'), ('views', 'v'), ('materialized views', 'm'), ('sequences', 'S'),
    ('foreign tables', 'f')),
  objects (kind, class, oid) AS (
    SELECT kind, 'pg_class'::regclass, c.oid FROM pg_class c JOIN kinds k ON k.relkind = c.relkind::text WHERE relnamespace IN (SELECT oid FROM theirs) AND relpersistence <> 't'
    UNION ALL SELECT 'functions', 'pg_proc'::regclass, oid FROM pg_proc WHERE pronamespace IN (SELECT oid FROM theirs)
    UNION ALL SELECT 'types', 'pg_type'::regclass, oid FROM pg_type WHERE typnamespace IN (SELECT oid FROM theirs) AND typtype IN ('d', 'e', 'r')
    UNION ALL SELECT 'schemas', 'pg_namespace'::regclass, oid FROM pg_namespace WHERE oid IN (SELECT oid FROM theirs) AND nspname <> 'public'
    UNION ALL SELECT 'triggers', 'pg_trigger'::regclass, t.oid FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid
      WHERE NOT tgisinternal AND relnamespace IN (SELECT oid FROM theirs)
    UNION ALL SELECT 'large objects', 'pg_largeobject'::regclass, oid FROM pg_largeobject_metadata)
SELECT to_json(kind) || ': ' || count(oid) FROM (SELECT kind, oid FROM objects
    WHERE NOT EXISTS (SELECT FROM pg_depend WHERE classid = class AND objid = objects.oid AND deptype = 'e')
  UNION ALL VALUES ('large objects', NULL::oid)) AS all_of_them GROUP BY kind ORDER BY kind;
