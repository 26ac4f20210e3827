-- Gives the roles that were here before the copy what they have in pg_dumpall's output: attributes, settings, memberships and rights on parameters,
-- but no password. For those that roles.sql has just made it changes nothing.
SET LOCAL client_min_messages = warning;
SELECT rolsuper AS superuser FROM pg_roles WHERE rolname = CURRENT_USER \gset
\if :superuser
  \set dumped `cat "$FILE"`
  SELECT CASE WHEN text ~ '^ALTER ROLE .* WITH '
      THEN regexp_replace(text, '^(ALTER ROLE (?:' || :'identifier' || ') WITH [-A-Z0-9 ]*) PASSWORD ''[^'']*''', '\1')
      ELSE regexp_replace(text, ' GRANTED BY .*;$', ';') END
    FROM (
      SELECT n, ltrim(matched[1], E' \n') AS text
      FROM regexp_matches(regexp_replace(:'dumped', '^(--|\\).*$', '', 'gn'), :'statement', 'g') WITH ORDINALITY AS matches (matched, n)
    ) AS all_of_it
    -- Who copies must not lose what it needs for that.
    WHERE text ~ '^(ALTER ROLE|GRANT|COMMENT ON ROLE) '
      AND NOT (text ~ '^ALTER ROLE .* WITH ' AND (parse_ident((regexp_match(text, '^ALTER ROLE (' || :'identifier' || ')'))[1]))[1] = CURRENT_USER)
    ORDER BY n \gexec
\else
  SELECT format('SELECT %L', format('restore: roles that were here keep their settings and memberships, as %I is no superuser', CURRENT_USER)) \gexec
\endif
