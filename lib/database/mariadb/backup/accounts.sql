-- The statements that ask for all that there is of each account, after a comment of what follows and of whom. Where the server resolves no
-- names, accounts of a host's name can neither log in nor be shown.
SET sql_mode = '';
SELECT "SET sql_mode = '';";
SELECT CONCAT('SELECT ', QUOTE(CONCAT('-- ', part, '\t', name, '\t', account)), ';', CASE WHEN part = 'grants' THEN CONCAT('SHOW GRANTS FOR ', account)
    WHEN is_role = 'Y' THEN CONCAT('SELECT ', QUOTE(CONCAT('CREATE ROLE ', account))) ELSE CONCAT('SHOW CREATE USER ', account) END, ';')
  FROM (SELECT is_role, CONCAT('`', REPLACE(User, '`', '``'), '`') AS name, CASE WHEN is_role <> 'Y' THEN
      CONCAT('`', REPLACE(User, '`', '``'), '`@`', REPLACE(Host, '`', '``'), '`') WHEN User = 'PUBLIC' THEN User
      ELSE CONCAT('`', REPLACE(User, '`', '``'), '`') END AS account
    FROM mysql.user WHERE NOT @@skip_name_resolve OR Host REGEXP '^[0-9.%_/]*$|:|^localhost$') AS accounts, (SELECT 'account' AS part UNION SELECT 'grants') AS parts
  WHERE account <> 'PUBLIC' OR part = 'grants' ORDER BY part, is_role DESC, account;
