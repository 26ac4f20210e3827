-- Makes the database of pg_restore's output under another name. pg_restore knows its old name alone.
\set dumped `cat "$FILE"`
WITH all_of_it AS (
  SELECT n, ltrim(matched[1], E' \n') AS text
  FROM regexp_matches(regexp_replace(:'dumped', '^(--|\\).*$', '', 'gn'), :'statement', 'g') WITH ORDINALITY AS matches (matched, n)
)
SELECT CASE WHEN text ~ '^(CREATE|ALTER|COMMENT ON|GRANT .* ON|REVOKE .* ON|SECURITY LABEL .*ON) DATABASE '
    THEN regexp_replace(CASE WHEN :'step' <> 'restore' THEN regexp_replace(text, ' TABLESPACE = [^ ;]+', '') ELSE text END,
      'DATABASE (?:' || :'identifier' || ')', 'DATABASE ' || replace(quote_ident(:'name'), '\', '\\'))
    -- Settings of a role in this database.
    WHEN text ~ '^ALTER ROLE .* IN DATABASE '
    THEN regexp_replace(text, '^(ALTER ROLE (?:' || :'identifier' || ') IN DATABASE )(?:' || :'identifier' || ')', '\1' || replace(quote_ident(:'name'), '\', '\\'))
    ELSE text END
  FROM all_of_it ORDER BY n \gexec
