-- Ends the sessions of the databases in FILE (`watch`), or gives all of them their names at once: a line of strings of JSON each, with the name,
-- that of the restored one, that of the one before, and whether there is one.
\set list `cat "$FILE"`
\if :{?watch}
  SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type <> 'autovacuum worker' AND datname IN (
    SELECT split_part(line, E'\t', part)::json #>> '{}' FROM regexp_split_to_table(:'list', '\n') AS line, generate_series(1, 2) AS part) \watch 0.5
\else
  BEGIN;
  SELECT CASE WHEN split_part(line, E'\t', 4) <> '0' THEN format('ALTER DATABASE %I RENAME TO %I', name, split_part(line, E'\t', 3)::json #>> '{}') END,
      format('ALTER DATABASE %I RENAME TO %I', split_part(line, E'\t', 2)::json #>> '{}', name)
    FROM regexp_split_to_table(:'list', '\n') AS line, LATERAL (SELECT split_part(line, E'\t', 1)::json #>> '{}' AS name) AS target \gexec
  COMMIT;
\endif
