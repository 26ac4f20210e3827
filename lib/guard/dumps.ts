/** Commands of a shell in the server's own container; what an image sets as variables is known there. Without single quotes. */
export interface Dump {
  /** Writes all databases and users to standard output. */
  readonly dump: string;
  /** Reads them, and stops at the first failure. */
  readonly restore: string;
}

const POSTGRES_LOGIN =
  'export PGUSER="${POSTGRES_USER:-postgres}" PGPASSWORD="${POSTGRES_PASSWORD:-$POSTGRESQL_PASSWORD}";';

/** By the names of engines. Another engine has tools of its own, which nobody here has tried. */
export const DUMPS: { readonly [engine: string]: Dump } = {
  PostgreSQL: {
    dump: `${POSTGRES_LOGIN} exec pg_dumpall --clean --if-exists`,
    // The user who restores is there already, and cannot be dropped.
    restore: `${POSTGRES_LOGIN} grep -vxE "(DROP ROLE IF EXISTS|CREATE ROLE) \\"?$PGUSER\\"?;" | psql --quiet --output=/dev/null --set=ON_ERROR_STOP=1 --dbname=postgres`,
  },
};
