import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describeShell, Sandbox } from '../../support/shell';
import type { Outcome } from '../../support/shell';

const LIB = join(__dirname, '../../../lib');

/** Answers what the script asks. Which database the pattern of a grant means, only a real server knows: see test/real-backup. */
const CLIENT = `
echo "mariadb $*" >> "$SANDBOX/arguments"
cp "\${1#--defaults-file=}" "$SANDBOX/client.cnf"
case $* in *' -e '*) input= ;; *) input=$(cat) ;; esac
case "$* $input" in
  *VERSION*) echo 11.8.8-MariaDB ;;
  *GRANTS*) cat "$SANDBOX/grants" ;;
  *NO_BACKSLASH_ESCAPES*) cat "$SANDBOX/held" ;;
  *JSON_QUOTE*) printf '"other"\\t\n"shop"\\t\n' ;;
  *'"tables"'*) cat "$SANDBOX/objects" ;;
  *'SELECT CONNECTION_ID()') echo 7 ;;
  *@@collation*) echo utf8mb4_general_ci ;;
esac`;
const DUMP = `
[ "$1" != --help ] || { echo '  -H, --dump-history'; exit 0; }
echo "mariadb-dump $*" >> "$SANDBOX/arguments"
cat "$SANDBOX/dump.sql"
exit "$(cat "$SANDBOX/status")"`;

const NOTHING = 'nothing is uploaded, older backups are untouched';
const HEAD =
  '/*M!999999\\- enable the sandbox mode */ \n-- MariaDB dump\n\n--\n-- Current Database: `shop`\n--\n\nUSE `shop`;\n';
const FOOT = '/*!40103 SET TIME_ZONE=@OLD_TIME_ZONE */;\n';
const KINDS = ['tables', 'sequences', 'views', 'triggers', 'routines', 'events'];

/** The lines of totals.sql. */
function objects(...counts: number[]): string[] {
  return KINDS.map((kind, i) => `"${kind}": ${counts[i] ?? 0}`);
}

describeShell('dump.sh of MariaDB', () => {
  let box: Sandbox;

  beforeEach(() => {
    box = new Sandbox();
    box.program('mariadb', CLIENT);
    box.program('mariadb-dump', DUMP);
    // Not every machine that runs these tests has it.
    box.program(
      'zstd',
      `magic=$(printf '(\\265/\\375')
case $1 in -q) printf %s "$magic"; cat ;; -dc) LC_ALL=C sed "s|$magic||" "$2" ;; esac`,
    );
    box.write('grants', 'GRANT ALL PRIVILEGES ON `shop`.* TO `shop`@`%`\n');
    box.write('held', 'ALL PRIVILEGES\n');
    box.write('status', '0');
    box.write('credentials/dbPassword.txt', 's3cret\n');
    box.write('tmp/.keep', '');
    table('CREATE TABLE `a` (\n  `a` int\n);\nINSERT INTO `a` VALUES\n(1),\n(2);');
  });

  afterEach(() => {
    box.remove();
  });

  function table(sql: string, end = `${FOOT}\n-- Dump completed on 2026-01-01  0:00:00\n`): void {
    box.write('dump.sql', `${HEAD}${sql}\n${end}`);
    box.write('objects', `${objects(1).join('\n')}\n`);
  }

  function dump(env: { [key: string]: string } = {}): Outcome & { last: string } {
    const layout = { CREDENTIALS: box.path('credentials'), SCRATCH: box.path('scratch'), TMPDIR: box.path('tmp') };
    const login = { DB_HOST: 'db', DB_PORT: '3306', DB_USER: 'shop', DB_NAME: 'shop', DATABASES: 'shop' };
    for (const folder of ['database/scripts', 'backup/scripts', 'database/mariadb/backup'])
      cpSync(join(LIB, folder), box.path('scripts'), { recursive: true });
    const outcome = box.run(['sh', box.path('scripts/dump.sh'), '1'], { ...layout, ...login, ...env });
    expect(outcome.stdout + outcome.stderr).not.toContain('s3cret');
    return { ...outcome, last: outcome.stderr.trimEnd().split('\n').at(-1) ?? '' };
  }

  function rows(): { [table: string]: number } | undefined {
    const facts = JSON.parse(box.read('scratch/backup/facts.json')) as {
      rows: { [file: string]: { [table: string]: number } };
    };
    return facts.rows.dump;
  }

  test('leaves a dump and its facts, and the password on no command line', () => {
    expect(dump()).toMatchObject({ status: 0, stderr: '' });
    expect(rows()).toEqual({ a: 2 });
    expect(box.read('arguments')).not.toContain('s3cret');
    expect(box.read('client.cnf')).toContain('password="s3cret"\n');
    expect(box.read('arguments')).toMatch(
      /^mariadb-dump --defaults-file=\S+ --default-character-set=utf8mb4 --max-allowed-packet=1G --single-transaction --quick --routines --triggers --events --dump-history --no-tablespaces --no-create-db --databases -- shop$/m,
    );
  });

  // It starts anew: what an earlier attempt left must not be taken for this one's.
  test('a mariadb-dump that fails leaves nothing, not even an earlier dump', () => {
    dump();
    box.write('status', '3');
    expect(dump()).toMatchObject({ status: 1, last: `dump: mariadb-dump failed, ${NOTHING}: see the lines above` });
    expect(box.has('scratch/backup')).toBe(false);
  });

  test('without zstd gzip packs it, and the log says so', () => {
    box.program('zstd', 'exit 127');
    expect(dump()).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(
        /^dump: this image has no zstd, so gzip compresses the dump, which takes longer\n[^]*\ndump: 2 rows of 1 tables, /,
      ),
    });
    expect(gunzipSync(readFileSync(box.path('scratch/backup/dump'))).toString()).toContain('INSERT INTO `a` VALUES');
  });

  test('a scratch volume that is full is called so', () => {
    box.program('zstd', '[ "$1" = -V ] || echo "zstd: error: No space left on device" >&2; [ "$1" = -V ]');
    expect(dump()).toMatchObject({
      status: 1,
      last: `dump: mariadb-dump failed, ${NOTHING}: zstd: error: No space left on device: the scratch volume is full: raise its size`,
    });
    expect(box.has('scratch/backup')).toBe(false);
  });

  test.each([
    ['a row', 'CREATE TABLE `a` (\n);\nINSERT INTO `a` VALUES\n(1),\n(2', 'line 8: a row is cut off'],
    ['an only row', 'CREATE TABLE `a` (\n);\nINSERT INTO `a` VALUES (1', 'line 6: a row is cut off'],
    ['rows', 'CREATE TABLE `a` (\n);\nINSERT INTO `a` VALUES\n(1),', 'line 8: a row is cut off'],
    ['a table', 'CREATE TABLE `a` (\n);\nINSERT INTO `b` VALUES\n(1);', 'line 6: rows of another table than a'],
  ])('a dump in which %s is missing is none, though mariadb-dump said nothing', (_, sql, what) => {
    table(sql);
    expect(dump()).toMatchObject({
      status: 1,
      last: `dump: the dump of database shop does not read back, ${NOTHING}: ${what}; the next run begins anew. If it fails too, see the disk of the node`,
    });
    expect(box.has('scratch/backup')).toBe(false);
  });

  test('a dump without its last line is none', () => {
    table('CREATE TABLE `a` (\n);', FOOT);
    expect(dump().last).toBe(
      `dump: the dump of database shop does not read back, ${NOTHING}: line 7: the last line is missing; the next run begins anew. If it fails too, see the disk of the node`,
    );
  });

  // Where one database ends and another begins would be a guess.
  test.each([
    ['its end', 'CREATE TABLE `a` (\n);', ''],
    ['a database', '', FOOT],
  ])('a dump without %s is none', (_, sql, end) => {
    table(sql, end);
    if (sql === '') box.write('dump.sql', box.read('dump.sql').replace('USE', 'use'));
    expect(dump().last).toBe(
      `dump: mariadb-dump failed, ${NOTHING}: mariadb-dump: it wrote what is not known here: see the lines above`,
    );
    expect(box.has('scratch/backup')).toBe(false);
  });

  test('a dump that has less than the server is none', () => {
    box.write('objects', `${objects(1, 0, 0, 1).join('\n')}\n`);
    expect(dump().last).toBe(
      `dump: the server has ${objects(1, 0, 0, 1).join(' ')} in shop and the dump ${objects(1).join(' ')}, ${NOTHING}: run this again when no migration runs`,
    );
  });

  test.each([
    ['ALL PRIVILEGES', ''],
    ['', 'SELECT, SHOW VIEW, TRIGGER, EVENT, EXECUTE'],
    ['SELECT, SHOW VIEW, TRIGGER, EXECUTE', 'EVENT'],
    ['SELECT, SHOW VIEW, EVENT, EXECUTE\nTRIGGER', ''],
    ['SHOW VIEW, TRIGGER, EVENT, EXECUTE, SELECT', ''],
  ])('of one that holds %j, %j is missing', (held, missing) => {
    box.write('held', held === '' ? '' : `${held}\n`);
    const { status, last } = dump();
    if (missing === '') expect({ status, last }).toEqual({ status: 0, last: '' });
    else
      expect(last).toMatch(
        new RegExp(
          `^dump: shop lacks ${missing} on the whole of shop, and what it does not see would be left out: GRANT`,
        ),
      );
  });

  test.each(['', '\n', '\r\n'])('an empty password (%j) is refused before any request', (text) => {
    box.write('credentials/dbPassword.txt', text);
    expect(dump().last).toBe('dump: dbPassword.txt is empty: write the password of shop into its Secret');
    expect(box.has('arguments')).toBe(false);
  });

  // Of all that a value may hold, only the ends of lines and quotes could mislead; both are escaped by mariadb-dump.
  const value = fc
    .string({ unit: fc.constantFrom('a', "'", '\\', '\n', '(', ')', ',', ';', ' ', '`', 'ü') })
    .map((text) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n')}'`);
  const row = fc.oneof(value, fc.constantFrom('NULL', '1')).map((text) => `(${text},2)`);
  const statements = fc.array(fc.record({ rows: fc.array(row, { minLength: 1, maxLength: 4 }) }), { maxLength: 3 });

  test.each([
    ['a line each, as since 10.6', ',\n', ' VALUES\n'],
    ['one line, as before', ',', ' VALUES '],
    ['the first beside VALUES, as with column names', ',\n', ' (`a`, `b`) VALUES '],
  ])('rows are counted whatever they hold: %s', (_, separator, values) => {
    fc.assert(
      fc.property(statements, (inserts) => {
        const sql = inserts.map(({ rows: all }) => `INSERT INTO \`t\`${values}${all.join(separator)};\n`).join('');
        table(`CREATE TABLE \`t\` (\n);\n${sql}`);
        expect(dump().last).toBe('');
        expect(rows()).toEqual({ t: inserts.reduce((sum, { rows: all }) => sum + all.length, 0) });
      }),
      { numRuns: 10 },
    );
  });
});
