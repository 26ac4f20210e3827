import { Cron, Size } from 'cdk8s';
import type { Chart } from 'cdk8s';
import { Secret } from 'cdk8s-plus-27';
import {
  BlobBackupCronJob,
  BlobCredentials,
  BlobRestoreJob,
  BlobStore,
  DatabaseCopy,
  DatabaseEngine,
  RestoreDrill,
  StatefulDatabase,
} from '../../../lib';
import type { HookScript } from '../../../lib/database/database-scripts';
import { PASSWORD } from '../elsewhere';
import { expand, renderedJob } from '../job';
import { find, manifestsOf, newChart } from '../manifests';
import type { Engine } from './engine-image';

/** What is synthesized for a database: the files that its containers find in /scripts, and their commands. */
export interface Scripts<Name extends string> {
  readonly files: { readonly [name: string]: string };
  readonly command: (name: Name) => readonly string[];
}

/** A container of a job. */
export type StepName = 'dump' | 'upload' | 'fetch' | 'restore' | 'drill' | 'report' | 'heartbeat' | 'recover';

/** With the environment of the steps that work on the store. */
export interface StoreScripts extends Scripts<StepName> {
  readonly env: { readonly [name: string]: string };
}

const ENGINES: { readonly [engine in Engine]: DatabaseEngine } = {
  postgres: DatabaseEngine.postgres({ version: '17.11' }),
  mariadb: DatabaseEngine.mariadb({ version: '11.8.8' }),
  valkey: DatabaseEngine.valkey({ version: '8.1.1' }),
};

/** Those of the jobs of an engine. */
export const jobScripts = once((name): Scripts<StepName> => {
  const chart = newChart();
  const [engine, user] = [ENGINES[name], 'shop'];
  const database = StatefulDatabase.fromAttributes(chart, 'db', { engine, address: 'db', user, password: PASSWORD });
  const key = { secret: Secret.fromSecretName(chart, 'Storage', 'storage'), key: 'key' };
  const store = BlobStore.azure({
    account: 'account',
    container: 'backup',
    credentials: BlobCredentials.accountKey(key),
  });
  const backup = new BlobBackupCronJob(chart, 'backup', { database, store, schedule: Cron.daily() });
  return scriptsOfBackup(chart, backup);
});

/** Those of a backup called `backup`, and of a restore and a drill of it, which it makes. */
export function scriptsOfBackup(chart: Chart, backup: BlobBackupCronJob): StoreScripts {
  const { database, store } = backup;
  new BlobRestoreJob(chart, 'restore', { database, store });
  new RestoreDrill(chart, 'drill', { backup, schedule: Cron.weekly() });
  const manifests = manifestsOf(chart);
  const jobs = ['backup', 'restore', 'drill'].map((job) => renderedJob(manifests, job));
  const env = Object.entries(jobs[0]!.envOf('upload'));
  return {
    env: Object.fromEntries(env.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))),
    files: find(manifests, 'ConfigMap', 'backup-scripts').data,
    command: (step) => {
      const { command } = jobs.find(({ steps }) => steps.includes(step))!.step(step);
      return command.map((word) => expand(word, {}));
    },
  };
}

/** Those of a copy from server to server. */
export const copyScripts = once((name): Scripts<StepName> => {
  const chart = newChart();
  const [engine, user] = [ENGINES[name], 'shop'];
  const [from, to] = (['old', 'new'] as const).map((address) =>
    StatefulDatabase.fromAttributes(chart, address, { engine, address, user, password: PASSWORD }),
  );
  new DatabaseCopy(chart, 'copy', { from: from!, to: to! });
  const manifests = manifestsOf(chart);
  const job = renderedJob(manifests, 'copy');
  return {
    files: find(manifests, 'ConfigMap', 'copy-scripts').data,
    command: (step) => job.step(step).command.map((word) => expand(word, {})),
  };
});

/** Those of the hooks of an engine. */
export const hookScripts = once((name): Scripts<HookScript> => {
  const chart = newChart();
  const [engine, storage] = [ENGINES[name], { size: Size.gibibytes(1) }];
  const database = new StatefulDatabase(chart, 'db', { engine, storage, password: PASSWORD });
  const hooks = Object.keys(engine.spec.volumeBackupScripts!).filter((hook): hook is HookScript => hook !== 'files');
  // The ConfigMap holds those that are asked for.
  const commands = new Map(hooks.map((hook) => [hook, database._hookCommand(hook)]));
  const { data } = find(manifestsOf(chart), 'ConfigMap', 'db-scripts');
  return { files: data, command: (hook) => commands.get(hook)! };
});

/** Synthesizes no engine twice. */
function once<T>(make: (engine: Engine) => T): (engine: Engine) => T {
  const made = new Map<Engine, T>();
  return (engine) => {
    const known = made.get(engine) ?? make(engine);
    made.set(engine, known);
    return known;
  };
}
