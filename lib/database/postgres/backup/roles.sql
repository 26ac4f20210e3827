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
-- What a new role has not got anyway may be said by a superuser only, and given by one. Who granted a membership may be missing here.
SELECT CASE WHEN text ~ '^ALTER ROLE .* WITH '
      THEN regexp_replace(text, CASE WHEN mine.rolsuper THEN ' NO(SUPERUSER|CREATEROLE|CREATEDB|REPLICATION|BYPASSRLS)'
        ELSE ' (NO(CREATEROLE|CREATEDB)|(NO)?(SUPERUSER|REPLICATION|BYPASSRLS))' END, '', 'g')
    ELSE regexp_replace(text, ' GRANTED BY .*;$', ';') END,
  CASE WHEN :'step' = 'drill' THEN NULL WHEN text LIKE 'CREATE%' THEN format('SELECT %L', format(
    -- Only who may log in needs a password.
    CASE WHEN :'step' = 'restore' AND EXISTS (SELECT FROM named AS its WHERE its.role = named.role AND its.text ~ '^ALTER ROLE .* WITH .* LOGIN')
      THEN '%s: made role %s without a password; give it one, see docs/passwords.md' ELSE '%s: made role %s' END, :'step', role))
    WHEN text ~ '^ALTER ROLE .* WITH (.* )?(SUPERUSER|REPLICATION|BYPASSRLS) ' AND NOT mine.rolsuper
    THEN format('SELECT %L', format('restore: role %s was a superuser, or for replication, or above row security: %I cannot give that', role, mine.rolname)) END
  FROM named, pg_roles AS mine
  -- A new role is also given to those that are here.
  WHERE mine.rolname = CURRENT_USER AND ((parse_ident(coalesce(role, member)))[1] NOT IN (SELECT rolname FROM pg_roles)
    OR (parse_ident(granted))[1] NOT IN (SELECT rolname FROM pg_roles) OR :'step' = 'volume-load' AND text LIKE 'GRANT % ON PARAMETER %')
  ORDER BY n \gexec
-- Who is no superuser can restore what a role owns only as a member of it.
SELECT format('GRANT %I TO CURRENT_USER', its.rolname), format('SELECT %L', format('restore: made %I a member of %I, to restore what it owns', mine.rolname, its.rolname))
  FROM pg_roles its, pg_roles mine, (SELECT current_setting('server_version_num')::int >= 160000 AS yes) AS new
  WHERE mine.rolname = CURRENT_USER AND NOT mine.rolsuper AND NOT its.rolsuper AND its.oid <> mine.oid
    AND its.rolname IN (SELECT (parse_ident(found[1]))[1] FROM regexp_matches(:'dumped', '^CREATE ROLE (' || :'identifier' || ')', 'gn') AS found)
    AND NOT pg_has_role(its.oid, CASE WHEN new.yes THEN 'SET' ELSE 'MEMBER' END) AND NOT pg_has_role(its.oid, mine.oid, 'MEMBER')
    AND (NOT new.yes OR pg_has_role(its.oid, 'MEMBER WITH ADMIN OPTION'))
  ORDER BY its.rolname \gexec
