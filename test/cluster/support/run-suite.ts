import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { TestCluster } from './cluster';
import { Refusal, inspect } from './guard';

function jest(config: string, args: string[], env: { [name: string]: string }): Promise<number> {
  const program = join(__dirname, '../../../node_modules/jest/bin/jest.js');
  const options = [program, '--config', config, '--runInBand', ...args];
  const child = spawn(process.execPath, options, { stdio: 'inherit', env: { ...process.env, ...env } });
  // A Ctrl-C reaches jest by itself; this process must outlive it to clean up.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  return new Promise((resolve) => child.on('close', (status) => resolve(status ?? 1)));
}

type BeforeCleaning = (cluster: TestCluster) => Promise<void>;

async function run(config: string, beforeCleaning: BeforeCleaning): Promise<number> {
  const facts = await inspect(process.env);
  const { context, version, simulated } = facts;
  process.stdout.write(`${context}: Kubernetes ${version}, ${simulated ? 'simulated pods' : 'real pods'}\n`);
  const cluster = new TestCluster(facts);
  const clean = async () => {
    await beforeCleaning(cluster);
    await cluster.clean();
  };
  await clean();
  try {
    return await jest(config, process.argv.slice(2), { TEST_CLUSTER_FACTS: JSON.stringify(facts) });
  } finally {
    await clean();
  }
}

/**
 * Refuses a cluster that was not named on purpose, takes away what an earlier run left, runs a suite, and takes away what this
 * one left, however it ended. Ends the process.
 */
export function runSuite(name: string, config: string, beforeCleaning: BeforeCleaning = () => Promise.resolve()): void {
  run(config, beforeCleaning).then(
    (status) => process.exit(status),
    (error: unknown) => {
      process.stderr.write(error instanceof Refusal ? `${name}: ${error.message}\n` : `${String(error)}\n`);
      process.exit(1);
    },
  );
}
