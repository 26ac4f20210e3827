-- The databases of the server, each as a string of JSON, and why it is not dumped.
SELECT to_json(datname) || E'\t' || CASE
    WHEN datname ~ '(^|_)(replaced|restoring)_\d{14}$' THEN 'put aside by a restore'
    WHEN datname IN ('rdsadmin', 'azure_maintenance', 'azure_sys', 'cloudsqladmin', 'alloydbadmin') THEN 'of the provider'
    WHEN NOT datallowconn THEN 'takes no connections' ELSE '' END
  FROM pg_database WHERE datname NOT IN ('template0', 'template1') ORDER BY datname;
