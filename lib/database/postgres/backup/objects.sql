-- How many objects the database holds that neither initdb nor an extension has made.
WITH theirs AS (SELECT oid FROM pg_namespace WHERE nspname !~ '^pg_|^information_schema$'),
  objects (class, oid) AS (
    SELECT 'pg_class'::regclass, oid FROM pg_class WHERE relnamespace IN (SELECT oid FROM theirs) AND relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
    UNION ALL SELECT 'pg_proc'::regclass, oid FROM pg_proc WHERE pronamespace IN (SELECT oid FROM theirs)
    UNION ALL SELECT 'pg_type'::regclass, oid FROM pg_type WHERE typnamespace IN (SELECT oid FROM theirs) AND typtype IN ('d', 'e', 'r')
    UNION ALL SELECT 'pg_namespace'::regclass, oid FROM pg_namespace WHERE oid IN (SELECT oid FROM theirs) AND nspname <> 'public'
    UNION ALL SELECT 'pg_largeobject'::regclass, oid FROM pg_largeobject_metadata)
SELECT count(*) FROM objects WHERE NOT EXISTS (SELECT FROM pg_depend WHERE classid = class AND objid = objects.oid AND deptype = 'e');
