-- Makes the roles of pg_dumpall's output that are missing here. Those that are here are not touched.
\set dumped `cat "$FILE"`
WITH all_of_it AS (
  SELECT n, ltrim(matched[1], E' \n') AS text
  -- Neither comments nor psql's own lines.
  FROM regexp_matches(regexp_replace(:'dumped', '^(--|\\).*$', '', 'gn'), :'statement', 'g') WITH ORDINALITY AS matches (matched, n)
), named AS (
  SELECT n, text, (regexp_match(text, '^(?:CREATE|ALTER) ROLE (' || :'identifier' || ')'))[1] AS role,
    (regexp_match(text, '^GRANT (' || :'identifier' || ') TO '))[1] AS granted,
    (regexp_match(text, '^GRANT (?:' || :'identifier' || ') TO (' || :'identifier' || ')'))[1] AS member
  FROM all_of_it
)
-- What a new role has not got anyway may be said by a superuser only. Who granted a membership may be missing here.
SELECT CASE WHEN text ~ '^ALTER ROLE .* WITH ' THEN regexp_replace(text, ' NO(SUPERUSER|CREATEROLE|CREATEDB|REPLICATION|BYPASSRLS)', '', 'g')
    ELSE regexp_replace(text, ' GRANTED BY .*;$', ';') END,
  CASE WHEN text LIKE 'CREATE%' AND :'step' = 'restore' THEN format('SELECT %L', format(
    -- Only who may log in needs a password.
    CASE WHEN EXISTS (SELECT FROM named AS its WHERE its.role = named.role AND its.text ~ '^ALTER ROLE .* WITH .* LOGIN')
      THEN 'restore: made role %s without a password; give it one: ALTER ROLE %1$s PASSWORD ...' ELSE 'restore: made role %s' END, role)) END
  FROM named
  -- A hook in the database's own container also gives new roles to those that are here.
  WHERE (parse_ident(coalesce(role, member)))[1] NOT IN (SELECT rolname FROM pg_roles)
    OR :'step' = 'volume-load' AND (text LIKE 'GRANT % ON PARAMETER %' OR (parse_ident(granted))[1] NOT IN (SELECT rolname FROM pg_roles))
  ORDER BY n \gexec
