import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { TestCluster } from './support/cluster';
import { Refusal, inspect } from './support/guard';

/*
 * npm run test:cluster [-- what jest takes]: refuses a cluster that was not named on purpose, takes away what an earlier run
 * left, runs the suite, and takes away what this one left, however it ended.
 */

function jest(args: string[], env: { [name: string]: string }): Promise<number> {
  const program = join(__dirname, '../../node_modules/jest/bin/jest.js');
  const options = [program, '--config', join(__dirname, 'jest.config.mjs'), '--runInBand', ...args];
  const child = spawn(process.execPath, options, { stdio: 'inherit', env: { ...process.env, ...env } });
  // A Ctrl-C reaches jest by itself; this process must outlive it to clean up.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  return new Promise((resolve) => child.on('close', (status) => resolve(status ?? 1)));
}

async function main(): Promise<number> {
  const facts = await inspect(process.env);
  const { context, version, simulated } = facts;
  process.stdout.write(`${context}: Kubernetes ${version}, ${simulated ? 'simulated pods' : 'real pods'}\n`);
  const cluster = new TestCluster(facts);
  await cluster.clean();
  try {
    return await jest(process.argv.slice(2), { TEST_CLUSTER_FACTS: JSON.stringify(facts) });
  } finally {
    await cluster.clean();
  }
}

main().then(
  (status) => process.exit(status),
  (error: unknown) => {
    process.stderr.write(error instanceof Refusal ? `test:cluster: ${error.message}\n` : `${String(error)}\n`);
    process.exit(1);
  },
);
