// node bench/backup/run.mjs [MEGABYTES] [ROUNDS]: a database of PostgreSQL is dumped, uploaded, downloaded and restored in several ways, in turn.
// All ways keep what they write in one Azurite. Measured are the clients, with all that they start; the server and the store are the same for
// all. It needs what `npm run test:backup` needs, and restic (`RESTIC` below).
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, homedir, loadavg, release, totalmem, type } from 'node:os';
import { join } from 'node:path';

const require = createRequire(import.meta.url);
require('../../scripts/register.cjs');
const { ACCOUNT, ACCOUNT_KEY, Azurite } = require('../../test/support/backup/azurite.ts');
const { Blobs } = require('../../test/support/backup/blobs.ts');
const { engineImage } = require('../../test/support/backup/engine-image.ts');
const { Pod } = require('../../test/support/backup/pod.ts');
const { postgresPod } = require('../../test/support/backup/postgres-backup.ts');
const { PostgresServer } = require('../../test/support/backup/postgres-server.ts');
const { freePort, killGroup, sleep, start, until } = require('../../test/support/backup/processes.ts');
const { program } = require('../../test/support/backup/programs.ts');
const { DUMP, FETCH, RESTORE, UPLOAD } = require('../../test/support/backup/steps.ts');

const [MEGABYTES = 1000, ROUNDS = 5] = process.argv.slice(2).map(Number);
const RESTIC_VERSION = '0.18.1';
const RESTIC = join(homedir(), `.cache/cdk8s-stateful-test/restic-${RESTIC_VERSION}/restic`);
if (!existsSync(RESTIC))
  throw new Error(
    `restic is missing; to get it: GOBIN=${join(RESTIC, '..')} CGO_ENABLED=0 go install github.com/restic/restic/cmd/restic@v${RESTIC_VERSION}`,
  );

const image = engineImage('postgres');
const server = await PostgresServer.start('secret');
const azurite = await Azurite.start();
const folder = join('/tmp', `bench-${process.pid}`);

/** Rows of the kinds that applications have: numbers, times, short texts, some of which do not compress. */
function fill() {
  const rows = Math.round(MEGABYTES * 1056);
  server.sql('postgres', 'CREATE DATABASE shop');
  server.sql(
    'shop',
    `CREATE TABLE customers AS SELECT n AS id, 'Customer ' || n AS name, 'c' || n || '@example.org' AS email,
       (ARRAY['Prague', 'Brno', 'Ostrava', 'Berlin', 'Wien'])[1 + n % 5] AS city, now() - n * interval '1 min' AS created FROM generate_series(1, ${rows} / 10) n;
     CREATE TABLE orders AS SELECT n AS id, 1 + n % (${rows} / 10) AS customer, now() - n * interval '7 s' AS placed,
       (ARRAY['paid', 'open', 'sent', 'returned'])[1 + (random() * 3)::int] AS status, (random() * 1000)::numeric(12, 2) AS total,
       'please leave it with neighbour ' || (random() * 1e6)::int || ', door code ' || md5(n::text) AS note FROM generate_series(1, ${rows}) n;
     CREATE TABLE items AS SELECT n AS id, 1 + n % ${rows} AS "order", gen_random_uuid() AS sku, 1 + (random() * 9)::int AS quantity,
       (random() * 100)::numeric(10, 2) AS price, jsonb_build_object('colour', (ARRAY['red', 'green', 'blue'])[1 + (random() * 2)::int],
         'size', (random() * 50)::int, 'weight', random(), 'label', repeat('ab', (random() * 10)::int)) AS payload FROM generate_series(1, ${rows} * 2) n;
     CREATE TABLE events AS SELECT n AS id, (ARRAY['view', 'cart', 'login', 'search'])[1 + (random() * 3)::int] AS kind, now() - n * interval '1 s' AS at,
       'GET /product/' || (random() * 1e5)::int || '?ref=' || md5(random()::text) || ' Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101' AS body
       FROM generate_series(1, ${rows} * 2) n;
     ALTER TABLE customers ADD PRIMARY KEY (id); ALTER TABLE orders ADD PRIMARY KEY (id); ALTER TABLE items ADD PRIMARY KEY (id);
     ALTER TABLE events ADD PRIMARY KEY (id); CREATE INDEX ON orders (customer); CREATE INDEX ON items ("order");`,
  );
  server.sql('shop', 'VACUUM ANALYZE');
  server.sql('shop', 'CHECKPOINT');
}

// --- what is measured

const WRAPPER = ['/bin/bash', '-c', 'TIMEFORMAT="TIME %3R %3U %3S"; time "$@"', '_'];

/** MiB that the processes of a group hold. What they share is counted once for each. */
function memoryOf(group) {
  let pages = 0;
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const fields = readFileSync(`/proc/${name}/stat`, 'latin1')
        .replace(/^.*\) /s, '')
        .split(' ');
      if (Number(fields[2]) === group) pages += Number(fields[21]);
    } catch {
      // It has ended.
    }
  }
  return pages / 256;
}

async function measured(running) {
  let memory = 0;
  const timer = setInterval(() => (memory = Math.max(memory, memoryOf(running.child.pid))), 50);
  const { status, stdout, stderr } = await running.outcome;
  clearInterval(timer);
  if (status !== 0) throw new Error(stdout + stderr);
  const [, wall, user, system] = /TIME (\S+) (\S+) (\S+)\n$/.exec(stderr).map(Number);
  return { wall, cpu: user + system, memory };
}

const sum = (...parts) => ({
  wall: parts.reduce((all, { wall }) => all + wall, 0),
  cpu: parts.reduce((all, { cpu }) => all + cpu, 0),
  memory: Math.max(...parts.map(({ memory }) => memory)),
});

// --- the ways

const PG = {
  PGHOST: '127.0.0.1',
  PGPORT: String(server.port),
  PGUSER: 'postgres',
  PGPASSWORD: 'secret',
  LC_ALL: 'C.UTF-8',
};
const RCLONE = {
  RCLONE_CONFIG: '',
  RCLONE_CONFIG_BLOBS_TYPE: 'azureblob',
  RCLONE_CONFIG_BLOBS_ACCOUNT: ACCOUNT,
  RCLONE_CONFIG_BLOBS_KEY: ACCOUNT_KEY,
  RCLONE_CONFIG_BLOBS_ENDPOINT: `http://127.0.0.1:${azurite.port}/${ACCOUNT}`,
};

/** Shell in a container of the database's image, and on this machine. */
const inImage = (script, env = {}) =>
  measured(
    start([...WRAPPER, ...image.container(['/bin/bash', '-euo', 'pipefail', '-c', script])], {
      ...PG,
      HOME: folder,
      TMPDIR: folder,
      PATH: [folder, ...image.path].join(':'),
      ...env,
    }),
  );
const rclone = (...args) => measured(start([...WRAPPER, program('rclone'), ...args], RCLONE));

function fresh(database) {
  server.sql('postgres', `DROP DATABASE IF EXISTS ${database} WITH (FORCE)`);
}

/** Makes an empty database: all but ours want one. */
function make(database) {
  fresh(database);
  server.sql('postgres', `CREATE DATABASE ${database} TEMPLATE template0`);
}

const stored = (container) =>
  JSON.parse(
    spawnSync(program('rclone'), ['size', '--json', `blobs:${container}`], { env: RCLONE, encoding: 'utf8' }).stdout,
  ).bytes;

async function ours(container, env) {
  new Blobs(azurite.port, container);
  const pod = postgresPod(server, 'shop', azurite.port, { CONTAINER_NAME: container, DATABASES: 'shop', ...env });
  pod.wrapper = WRAPPER;
  const dump = await measured(pod.start(DUMP));
  const upload = await measured(pod.start(UPLOAD));
  const path = pod.path('backup/dump');
  fresh('restored');
  const back = postgresPod(server, 'shop', azurite.port, {
    CONTAINER_NAME: container,
    TARGET_DATABASE: 'restored',
    ...env,
  });
  back.wrapper = WRAPPER;
  const download = await measured(back.start(FETCH));
  const restore = await measured(back.start(RESTORE));
  // The same dump, by the program alone.
  let plain;
  if (!env.PARALLEL) {
    make('restored');
    plain = await inImage(`pg_restore -d restored ${path}`);
  }
  const size = stored(container);
  pod.remove();
  back.remove();
  return { dump, upload, download, restore, plain, stored: size };
}

async function documents(container) {
  new Blobs(azurite.port, container);
  const file = join(folder, 'db');
  const dump = await inImage(`nice -n 19 pg_dump -C -F c -f ${file} shop`);
  const upload = await rclone(
    'copyto',
    '--header-upload',
    'Content-Type: application/octet-stream',
    file,
    `blobs:${container}/db`,
  );
  rmSync(file);
  const download = await rclone('copyto', `blobs:${container}/db`, file);
  make('restored');
  spawnSync('chmod', ['a+r', file]);
  const restore = await inImage(`pg_restore -d restored ${file}`);
  rmSync(file);
  return { dump, upload, download, restore, stored: stored(container) };
}

/** restic has no way to Azurite, so rclone serves it: a REST server on localhost whose files lie in Azurite. */
async function restic(container) {
  new Blobs(azurite.port, container);
  const port = await freePort();
  const serve = start(
    [program('rclone'), 'serve', 'restic', '--addr', `127.0.0.1:${port}`, `blobs:${container}`],
    RCLONE,
  );
  const env = {
    RESTIC_REPOSITORY: `rest:http://127.0.0.1:${port}/`,
    RESTIC_PASSWORD: 'secret',
    RESTIC_CACHE_DIR: join(folder, `cache-${container}`),
  };
  try {
    await until(() => spawnSync(RESTIC, ['init'], { env }).status === 0, 'rclone to serve');
    spawnSync('chown', ['-R', `${image.user.uid}:${image.user.gid}`, folder]);
    const dump = await inImage(
      'restic backup --quiet --stdin-filename shop --stdin-from-command -- pg_dump -C -F c -Z 0 shop',
      env,
    );
    make('restored');
    const restore = await inImage('restic dump --quiet latest shop | pg_restore -d restored', env);
    return { dump, restore, stored: stored(container) };
  } finally {
    killGroup(serve);
  }
}

const WAYS = {
  'this library': (round) => ours(`ours-${round}`, {}),
  'this library, `parallel: 2`': (round) => ours(`parallel-${round}`, { PARALLEL: '2' }),
  'the documents: `nice pg_dump -C -F c`, rclone': (round) => documents(`documents-${round}`),
  [`\`pg_dump -Z 0\` into restic ${RESTIC_VERSION}`]: (round) => restic(`restic-${round}`),
};

// --- the table

const sorted = (values) => [...values].sort((a, b) => a - b);
const median = (values) => sorted(values)[Math.floor(values.length / 2)];
const digits = (value) => (value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2));
const spread = (values) => `${digits(median(values))} (${digits(Math.min(...values))}–${digits(Math.max(...values))})`;
const print = (...cells) => console.log(`| ${cells.join(' | ')} |`);
const head = (...cells) => {
  console.log();
  print(...cells);
  print(...cells.map(() => '---'));
};
const cell = (results, part) =>
  results[0][part]
    ? `${spread(results.map((one) => one[part].wall))}; ${digits(median(results.map((one) => one[part].cpu)))}`
    : 'with the one before';
const made = ({ dump, upload }) => sum(dump, ...(upload ? [upload] : []));
const back = ({ download, restore }) => sum(restore, ...(download ? [download] : []));

const results = Object.fromEntries(Object.keys(WAYS).map((name) => [name, []]));
try {
  mkdirSync(folder, { mode: 0o777 });
  spawnSync('chmod', ['0777', folder]);
  spawnSync('cp', [RESTIC, join(folder, 'restic')]);
  fill();
  const size = server.sql('postgres', "SELECT pg_size_pretty(pg_database_size('shop'))");
  console.log(
    `${type()} ${release()}, ${cpus().length} × ${cpus()[0].model.trim()}, ${(totalmem() / 2 ** 30).toFixed(0)} GiB; ${image.release}, ` +
      `rclone 1.75.0, restic ${RESTIC_VERSION}; a database of ${size}; ${ROUNDS} rounds, ${new Date().toISOString().slice(0, 16)}; load before: ${loadavg().map(digits).join(' ')}`,
  );
  for (let round = 0; round < ROUNDS; round++)
    for (const [name, way] of Object.entries(WAYS)) {
      results[name].push(await way(round));
      process.stderr.write(`round ${round + 1} of ${ROUNDS}, ${name}: ${JSON.stringify(results[name].at(-1))}\n`);
      await sleep(500);
    }
  console.log(`load after: ${loadavg().map(digits).join(' ')}`);

  head('seconds; seconds of CPU', 'dump', 'upload', 'download', 'restore', 'peak MiB: backup, restore', 'MB stored');
  for (const [name, all] of Object.entries(results))
    print(
      name,
      ...['dump', 'upload', 'download', 'restore'].map((part) => cell(all, part)),
      [made, back].map((of) => digits(median(all.map((one) => of(one).memory)))).join(', '),
      digits(median(all.map((one) => one.stored)) / 1e6),
    );
  const [library, ...others] = Object.entries(results);
  head('ratio, of the same round', 'dump and upload', 'its CPU', 'download and restore', 'its CPU', 'stored');
  for (const [name, all] of others) {
    const ratio = (of) => spread(library[1].map((one, round) => of(one) / of(all[round])));
    print(
      `${library[0]} / ${name}`,
      ratio((one) => made(one).wall),
      ratio((one) => made(one).cpu),
      ratio((one) => back(one).wall),
      ratio((one) => back(one).cpu),
      ratio((one) => one.stored),
    );
  }
  const plain = (key) => spread(library[1].map((one) => one.restore[key] / one.plain[key]));
  console.log(`\nThe restore against \`pg_restore\` alone of the same dump: ${plain('wall')}; its CPU ${plain('cpu')}`);
} finally {
  Pod.removeAll();
  azurite.stop();
  server.stop();
  rmSync(folder, { recursive: true, force: true });
}
