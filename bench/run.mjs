// npm run bench: ratios of one run on one machine. Each number is a median of RUNS processes, taken in turn, with the least and
// the greatest. BENCH_TMPDIR is where they write; a disk that others use as well is best kept out of it. CPU times say more than
// the others if a machine has other work: they are of all threads, also of those that compile and collect garbage.
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, totalmem, type, release } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const RUNS = Number(process.env.BENCH_RUNS ?? 5);
/** App takes minutes for 3000 charts. */
const RUNS_OF_APP = Number(process.env.BENCH_RUNS_OF_APP ?? RUNS);
const LIMIT = 60_000;
const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(here);
const require = createRequire(import.meta.url);

const node = (args, options = {}) => {
  const result = spawnSync(process.execPath, args, { encoding: 'utf8', cwd: root, timeout: 3_600_000, ...options });
  return result.status === 0 ? result.stdout : undefined;
};
const job = (what, writer, count, timeout) => {
  const out = node([join(here, 'job.mjs'), what, writer, String(count)], timeout ? { timeout } : {});
  return out && JSON.parse(out);
};

const sorted = (values) => [...values].sort((a, b) => a - b);
const median = (values) => sorted(values)[Math.floor(values.length / 2)];
const digits = (value) => (value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2));
const spread = (values) => `${digits(median(values))} (${digits(Math.min(...values))}–${digits(Math.max(...values))})`;
const ratios = (above, below, key = 'ms') =>
  above.slice(0, below.length).map((one, index) => one[key] / below[index][key]);
const print = (...cells) => console.log(`| ${cells.join(' | ')} |`);
const head = (...cells) => {
  console.log();
  print(...cells);
  print(...cells.map(() => '---'));
};

/** Runs each in turn, so that whatever else the machine does meets all of them. */
function inTurn(runs, jobs) {
  const results = Object.fromEntries(Object.keys(jobs).map((name) => [name, []]));
  for (let run = 0; run < runs; run++) {
    for (const name of Object.keys(jobs)) {
      const result = jobs[name](run);
      if (result) results[name].push(result);
    }
  }
  return results;
}

function versions() {
  const of = (name, from = import.meta.url) => {
    let folder = dirname(createRequire(from).resolve(name));
    while (!readdirSync(folder).includes('package.json')) folder = dirname(folder);
    return `${name} ${JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version}`;
  };
  const cdk8s = require.resolve('cdk8s');
  console.log(
    `${type()} ${release()}, ${cpus().length} × ${cpus()[0].model.trim()}, ${(totalmem() / 2 ** 30).toFixed(0)} GiB; ` +
      `Node ${process.versions.node}, ${of('cdk8s')}, ${of('cdk8s-plus-27')}, ${of('constructs')}, ` +
      `${of('yaml', cdk8s)}, ${of('@kosko/generate')}; ${RUNS} runs, ${new Date().toISOString().slice(0, 10)}`,
  );
}

function scale() {
  const times = new Map();
  head(
    'charts',
    'LinearApp, ms',
    'App, ms',
    '`yaml`, ms',
    'kosko, ms',
    'App / ours',
    'ours / yaml',
    'ours / kosko',
    'CPU: App / ours, ours / yaml, ours / kosko',
    'MB: ours, App',
  );
  for (const count of [10, 100, 300, 1000, 3000]) {
    const { ours, stock, yaml, kosko } = inTurn(RUNS, {
      ours: () => job('tenants', 'ours', count),
      stock: (run) => (count < 3000 || run < RUNS_OF_APP) && job('tenants', 'stock', count),
      yaml: () => job('tenants', 'yaml', count),
      kosko: () => job('tenants', 'kosko', count),
    });
    times.set(count, ours);
    print(
      count,
      ...[ours, stock, yaml, kosko].map((results) => spread(results.map(({ ms }) => ms))),
      spread(ratios(stock, ours)),
      spread(ratios(ours, yaml)),
      spread(ratios(ours, kosko)),
      [ratios(stock, ours, 'cpu'), ratios(ours, yaml, 'cpu'), ratios(ours, kosko, 'cpu')]
        .map((all) => digits(median(all)))
        .join(', '),
      [ours, stock].map((results) => spread(results.map(({ memory }) => memory))).join(', '),
    );
  }
  const exponents = ratios(times.get(3000), times.get(300)).map((ratio) => Math.log10(ratio));
  const cpu = ratios(times.get(3000), times.get(300), 'cpu').map((ratio) => Math.log10(ratio));
  console.log(`\nExponent from 300 to 3000 charts: ${spread(exponents)}; of the CPU time ${spread(cpu)}`);
}

function shapes() {
  head('dependencies', 'objects', 'LinearApp, ms', 'exponent from a tenth', 'App');
  for (const [shape, count] of [
    ['a chain of objects', 10_000],
    ['a chain of objects', 100_000],
    ['layers of 10 charts, each on all of the layer below', 1000],
    ['charts of 10 chained objects, each on the one before', 10_000],
    ['charts that depend on one', 1010],
    ['charts that depend on one', 10_010],
    ['one chart, no dependencies', 150_000],
  ]) {
    const { all, tenth } = inTurn(count > 50_000 ? 3 : RUNS, {
      all: () => job(shape, 'ours', count),
      tenth: () => job(shape, 'ours', count / 10),
    });
    // The least that shows it: more would take for ever.
    const small =
      { 'charts of 10 chained objects, each on the one before': 70, 'one chart, no dependencies': 10_000 }[shape] ??
      200;
    const stock = job(shape, 'stock', small, LIMIT);
    print(
      shape,
      count,
      `${spread(all.map(({ ms }) => ms))}, ${digits(median(all.map(({ memory }) => memory)))} MB`,
      spread(ratios(all, tenth).map((ratio) => Math.log10(ratio))),
      `${small} objects: ${stock ? `${digits(stock.ms)} ms` : `not in ${LIMIT / 1000} s`}`,
    );
  }
}

function database() {
  const { ours, plain } = inTurn(RUNS, {
    ours: () => job('databases', 'ours', 300),
    plain: () => job('handWritten', 'ours', 300),
  });
  head('one StatefulDatabase, made and written', 'the same objects, written by hand', 'ratio');
  print(...[ours, plain].map((all) => `${spread(all.map(({ ms }) => ms / 300))} ms`), spread(ratios(ours, plain)));
}

function mainJob() {
  const program = '.bench-main.ts';
  writeFileSync(
    join(root, program),
    readFileSync(join(root, 'main.ts'), 'utf8').replace(
      /^import \{ LinearApp as App \}.*$/m,
      "import { App } from 'cdk8s';",
    ),
  );
  const time = (app, output) => () => {
    const env = { ...process.env, CDK8S_CHECK_UPGRADE: 'false', npm_config_loglevel: 'silent' };
    const start = performance.now();
    const { status } = spawnSync('npx', ['cdk8s', 'synth', '--output', output, ...app], { cwd: root, env });
    if (status !== 0) throw new Error(`${app} failed`);
    return { ms: performance.now() - start };
  };
  try {
    const { ours, stock } = inTurn(RUNS, {
      ours: time([], '.dist-bench-ours'),
      stock: time(['--app', `npx ts-node --typeCheck ${program}`], '.dist-bench-stock'),
    });
    head('`npx cdk8s synth` of this repository, ms', 'with App and a type check', 'ratio');
    print(...[ours, stock].map((all) => spread(all.map(({ ms }) => ms))), spread(ratios(ours, stock)));
  } finally {
    for (const path of [program, '.dist-bench-ours', '.dist-bench-stock'])
      rmSync(join(root, path), { recursive: true, force: true });
  }
}

function imports() {
  const code =
    'const s = performance.now(); require("cdk8s-plus-27"); const m = performance.now(); require("./build/lib"); ' +
    'console.log(JSON.stringify({ plus: m - s, ms: performance.now() - m }))';
  const { both } = inTurn(RUNS * 3, { both: () => JSON.parse(node(['-e', code])) });
  head('import of cdk8s-plus-27, ms', 'of this package above it');
  print(spread(both.map(({ plus }) => plus)), spread(both.map(({ ms }) => ms)));
}

const parts = { scale, shapes, database, mainJob, imports };
versions();
for (const name of process.argv.length > 2 ? process.argv.slice(2) : Object.keys(parts)) parts[name]();
