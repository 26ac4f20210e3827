// What dominates: node bench/profile.mjs [COUNT] prints where LinearApp spends its time, by file.
import { mkdtempSync, rmSync } from 'node:fs';
import { Session } from 'node:inspector';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LinearApp } from '../build/lib/index.js';
import { tenants } from './apps.mjs';

const folder = mkdtempSync(join(process.env.BENCH_TMPDIR ?? tmpdir(), 'profile-'));
const app = new LinearApp({ outdir: folder });
tenants(app, Number(process.argv[2] ?? 1000));

const session = new Session();
session.connect();
session.post('Profiler.enable');
session.post('Profiler.setSamplingInterval', { interval: 250 });
session.post('Profiler.start');
app.synth();
session.post('Profiler.stop', (_, { profile }) => {
  const names = new Map(profile.nodes.map(({ id, callFrame }) => [id, area(callFrame)]));
  const times = new Map();
  profile.samples.forEach((id, index) => {
    times.set(names.get(id), (times.get(names.get(id)) ?? 0) + profile.timeDeltas[index]);
  });
  const all = [...times.values()].reduce((sum, time) => sum + time, 0);
  for (const [name, time] of [...times].sort(([, a], [, b]) => b - a)) {
    if (time > all / 100) console.log(`${((100 * time) / all).toFixed(0).padStart(3)} %  ${name}`);
  }
});
rmSync(folder, { recursive: true });

function area({ functionName, url }) {
  if (functionName === 'dispatch') return 'the profiler';
  if (url === '') return functionName.startsWith('RegExp') ? 'regular expressions' : functionName || 'native';
  return url.replace(/^.*node_modules\//, '').replace(/^.*\/build\//, '');
}
