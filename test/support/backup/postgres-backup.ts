import { ACCOUNT, ACCOUNT_KEY } from './azurite';
import { Pod } from './pod';
import type { PostgresServer } from './postgres-server';

/** A shop with all that is easily lost: owners, privileges, large objects, a second schema, an extension, names in Unicode. */
export function fillShop(server: PostgresServer, database: string, rows: number): void {
  const quoted = `"${database.replaceAll('"', '""')}"`;
  server.sql(
    'template1',
    `CREATE ROLE shop_owner LOGIN PASSWORD 'of the owner'; CREATE ROLE "größe ""q"""; GRANT "größe ""q""" TO shop_owner;
     ALTER ROLE shop_owner SET work_mem = '5MB';`,
  );
  if (database !== 'postgres') server.sql('template1', `CREATE DATABASE ${quoted} OWNER shop_owner;`);
  server.sql(
    database,
    `ALTER DATABASE ${quoted} SET statement_timeout = '77min';
     COMMENT ON DATABASE ${quoted} IS E'the shop\\nof the tests';
     REVOKE TEMPORARY ON DATABASE ${quoted} FROM PUBLIC;
     GRANT CREATE ON DATABASE ${quoted} TO "größe ""q""";
     CREATE EXTENSION hstore;
     CREATE TABLE orders (id int PRIMARY KEY, note text, tags hstore);
     ALTER TABLE orders OWNER TO shop_owner;
     GRANT SELECT ON orders TO "größe ""q""";
     INSERT INTO orders SELECT n, 'order ' || n || E' \\\\.\\n\\ttwo lines', hstore('n', n::text) FROM generate_series(1, ${rows}) n;
     CREATE INDEX ON orders (note);
     CREATE SCHEMA "zweites Schema" AUTHORIZATION shop_owner;
     CREATE TABLE "zweites Schema"."Größe ""x""\\
y" ("naïve ✓" text);
     INSERT INTO "zweites Schema"."Größe ""x""\\
y" VALUES ('日本語'), (NULL), ('');
     CREATE TABLE nothing ();
     INSERT INTO nothing DEFAULT VALUES;
     CREATE VIEW latest AS SELECT max(id) FROM orders;
     CREATE FUNCTION looks_like_data() RETURNS text LANGUAGE sql AS $$
SELECT '
COPY public.orders (id) FROM stdin;
1
'::text $$;
     SELECT lo_from_bytea(100001, decode(repeat('00ff', 100000), 'hex')), lo_from_bytea(100002, 'small');
     ALTER LARGE OBJECT 100002 OWNER TO shop_owner;`,
  );
}

/** Whether two databases hold the same, by hashes of all their rows and by their catalogs. */
export function contents(server: PostgresServer, database: string): string {
  return server.sql(
    database,
    `SELECT md5(string_agg(o::text, '|' ORDER BY id)), count(*) FROM orders o;
     SELECT * FROM "zweites Schema"."Größe ""x""\\
y" ORDER BY 1;
     SELECT count(*) FROM nothing;
     SELECT looks_like_data(), max FROM latest;
     SELECT loid, md5(string_agg(data, '' ORDER BY pageno)) FROM pg_largeobject GROUP BY 1 ORDER BY 1;
     SELECT oid, lomowner::regrole FROM pg_largeobject_metadata ORDER BY 1;
     SELECT relname, relowner::regrole, relacl FROM pg_class WHERE relnamespace::regnamespace::text IN ('public', '"zweites Schema"') ORDER BY 1;
     SELECT nspname, nspowner::regrole FROM pg_namespace WHERE nspname LIKE 'zwei%';
     SELECT extname FROM pg_extension ORDER BY 1;
     SELECT datdba::regrole, pg_encoding_to_char(encoding), datcollate, ARRAY(SELECT a::text FROM unnest(datacl) a ORDER BY 1), shobj_description(oid, 'pg_database') FROM pg_database
       WHERE datname = current_database();
     SELECT setconfig FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase WHERE datname = current_database();`,
  );
}

/** A pod for a database and a container of blobs that answers on a port. */
export function postgresPod(
  server: PostgresServer,
  database: string,
  port: number,
  env: { [key: string]: string } = {},
): Pod {
  return new Pod(
    {
      STORAGE_ACCOUNT: ACCOUNT,
      CONTAINER_NAME: 'backup',
      BLOB_ENDPOINT: `http://127.0.0.1:${port}/${ACCOUNT}`,
      DB_HOST: '127.0.0.1',
      DB_PORT: String(server.port),
      DB_USER: 'postgres',
      DB_NAME: database,
      ...env,
    },
    { 'dbPassword.txt': server.password, 'storageKey.txt': ACCOUNT_KEY },
    server.image,
  );
}
