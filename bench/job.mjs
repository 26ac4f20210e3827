// One measurement in a process of its own, as in CI: node job.mjs WHAT WRITER COUNT prints its numbers as JSON.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as cdk8s from 'cdk8s';
import { SHAPES, TYPES, databases, handWritten, tenants } from './apps.mjs';

const [what, writer, countText] = process.argv.slice(2);
const count = Number(countText);
const require = createRequire(import.meta.url);
const fill = { tenants, databases, handWritten, ...SHAPES }[what];
const folder = mkdtempSync(join(process.env.BENCH_TMPDIR ?? tmpdir(), 'bench-'));

async function measure(work) {
  const before = process.cpuUsage();
  const start = performance.now();
  const size = await work();
  const ms = performance.now() - start;
  const { user, system } = process.cpuUsage(before);
  const memory = process.resourceUsage().maxRSS / 1024;
  console.log(JSON.stringify({ ms, cpu: (user + system) / 1000, memory, size }));
}

function plainObjects() {
  const app = new cdk8s.App();
  fill(app, count);
  return app.node
    .findAll()
    .flatMap((construct) => (cdk8s.ApiObject.isApiObject(construct) ? [construct.toJson()] : []));
}

try {
  if (writer === 'yaml') {
    // What cdk8s uses, as it uses it.
    const { stringify } = require(require.resolve('yaml', { paths: [require.resolve('cdk8s')] }));
    const objects = plainObjects();
    const options = { keepUndefined: true, lineWidth: 0, version: '1.1' };
    await measure(() => objects.reduce((size, object) => size + stringify(object, options).length, 0));
  } else if (writer === 'kosko') {
    const { print, resolve } = require('@kosko/generate');
    const objects = plainObjects();
    await measure(async () => {
      let size = 0;
      print(
        { manifests: await resolve(objects) },
        { format: 'yaml', writer: { write: (text) => (size += text.length) } },
      );
      return size;
    });
  } else {
    const app = new TYPES[writer]({ outdir: join(folder, 'dist') });
    const withBuilding = what === 'databases' || what === 'handWritten';
    if (!withBuilding) fill(app, count);
    await measure(() => {
      if (withBuilding) fill(app, count);
      app.synth();
      return readdirSync(join(folder, 'dist')).length;
    });
  }
} finally {
  rmSync(folder, { recursive: true });
}
