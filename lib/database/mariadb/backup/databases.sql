-- The databases of the server but its own, each as a string of JSON, and why it is not dumped.
SELECT CONCAT(JSON_QUOTE(SCHEMA_NAME), '\t', CASE WHEN SCHEMA_NAME LIKE '#mysql50#%' THEN 'a folder among the data'
    WHEN SCHEMA_NAME REGEXP '[[:cntrl:]]' THEN 'a name with control characters' ELSE '' END)
  FROM information_schema.SCHEMATA WHERE SCHEMA_NAME NOT IN ('mysql', 'information_schema', 'performance_schema', 'sys') ORDER BY SCHEMA_NAME;
