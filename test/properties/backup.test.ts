import fc from 'fast-check';
import { backupCase, buildBackup, buildCopy, copyCase } from '../support/arbitraries';
import type { BackupCase } from '../support/arbitraries';
import { podsOf } from '../support/cluster';
import { renderedJob } from '../support/job';
import type { RenderedJob } from '../support/job';
import { find, identities, manifestsOf, named, newChart } from '../support/manifests';
import type { Manifest } from '../support/manifests';
import { trafficIn } from '../support/traffic';

/** A failure names its seed and path, with which fast-check repeats it; it is not shrunk for longer than this. */
const RUNS = { numRuns: 100, interruptAfterTimeLimit: 60_000, markInterruptAsFailure: true };

interface Given {
  readonly manifests: Manifest[];
  readonly name: {
    readonly database: string;
    readonly backup: string;
    readonly restore: string;
    readonly drill: string;
  };
  readonly job: (name: 'backup' | 'restore' | 'drill') => RenderedJob;
}

function always(check: (given: Given, props: BackupCase) => void): void {
  const property = fc.property(backupCase(), (props) => {
    const chart = newChart();
    buildBackup(chart, props);
    const manifests = manifestsOf(chart);
    const name = {
      database: props.database.name!,
      backup: props.backup.name!,
      restore: props.restore.name!,
      drill: props.drill.name!,
    };
    check({ manifests, name, job: (which) => renderedJob(manifests, name[which]) }, props);
  });
  fc.assert(property, RUNS);
}

const filesOf = (job: RenderedJob, step: string) =>
  Object.keys(job.secretsOf(step)).map((path) => path.replace('/backupCredentials/', ''));

describe('a backup, its restore and its drill, whatever their props', () => {
  test('have the database in one step and its backups in others, unless one image does it all', () => {
    always(({ job }, { backup }) => {
      for (const one of [job('restore'), ...(backup.image === undefined ? [job('backup')] : [])]) {
        const both = one.steps.filter((step) => {
          const files = filesOf(one, step);
          return files.includes('dbPassword.txt') && files.length > 1;
        });
        expect(both).toEqual([]);
        const knowing = one.steps.filter(
          (step) =>
            'DB_HOST' in one.envOf(step) && ['STORAGE_ACCOUNT', 'BLOB_PATH'].some((name) => name in one.envOf(step)),
        );
        expect(knowing).toEqual([]);
      }
    });
  });

  test('find one and the same place, by the same key', () => {
    always(({ job }, { backup }) => {
      const blobs = (one: RenderedJob, step: string) => {
        const { BACKUP: _, BEFORE: __, ...env } = one.envOf(step);
        const secrets = Object.entries(one.secretsOf(step)).filter(([path]) => !path.endsWith('dbPassword.txt'));
        return [
          Object.fromEntries(
            Object.entries(env).filter(([name]) => !/^(DB_|RETENTION_|BLOB_STORE$|PARALLEL$|VERIFY$)/.test(name)),
          ),
          secrets,
        ];
      };
      const expected = blobs(job('backup'), backup.image === undefined ? 'upload' : 'backup');
      expect(blobs(job('restore'), 'fetch')).toEqual(expected);
      expect(blobs(job('drill'), 'fetch')).toEqual(expected);
      expect(blobs(job('drill'), 'report')).toEqual(expected);
    });
  });

  test('have no login of the database in a drill, nor any secret where its server runs', () => {
    always(({ job }) => {
      const drill = job('drill');
      expect(drill.secretsOf('drill')).toEqual({});
      for (const step of drill.steps) {
        expect(filesOf(drill, step)).not.toContain('dbPassword.txt');
        expect(Object.keys(drill.envOf(step)).filter((name) => /^(DB|PG)/.test(name))).toEqual([]);
      }
      expect(JSON.stringify(drill.pod.volumes)).not.toMatch(/dbPassword|dbpass|dump-password/);
    });
  });

  test('reach the database, but for the drill, which nobody reaches', () => {
    always(({ manifests, name }) => {
      const isLetIn = trafficIn(manifests);
      // Some drills also reach what gives out the credentials of a cloud, by its address.
      const pods = podsOf(manifests).map((pod) => ({ ...pod, address: '10.1.2.3' }));
      const database = named(pods, name.database);
      const backup = named(pods, name.backup);
      const restore = named(pods, name.restore);
      const drill = named(pods, name.drill);
      expect(isLetIn({ from: backup, to: database, port: 5432 })).toBe(true);
      expect(isLetIn({ from: restore, to: database, port: 5432 })).toBe(true);
      expect(isLetIn({ from: drill, to: database, port: 5432 })).toBe(false);
      for (const from of [database, backup, restore, { ...drill, name: 'another' }]) {
        expect([53, 443, 5432].filter((port) => isLetIn({ from, to: drill, port }))).toEqual([]);
      }
    });
  });

  test('bring no Secret', () => {
    always(({ manifests }) => expect(identities(manifests).filter((one) => one.startsWith('Secret'))).toEqual([]));
  });

  test('never begin a restore', () => {
    always(({ manifests, name }) => {
      const cronJob = find(manifests, 'CronJob', name.restore);
      expect(cronJob).toMatchObject({ spec: { suspend: true, schedule: '0 0 31 2 *' } });
    });
  });
});

test('a copy reaches both servers, each in a step that knows no other login', () => {
  const property = fc.property(copyCase(), (props) => {
    const chart = newChart();
    buildCopy(chart, props);
    const manifests = manifestsOf(chart);
    const isLetIn = trafficIn(manifests);
    const pods = podsOf(manifests);
    const own = named(pods, props.copy.name!);
    for (const { name } of [props.from, props.to]) {
      expect(isLetIn({ from: own, to: named(pods, name!), port: 5432 })).toBe(true);
    }
    const job = renderedJob(manifests, props.copy.name!);
    expect(job.steps.map((step) => job.envOf(step).DB_HOST?.replace(/\..*/, ''))).toEqual([
      props.from.name,
      props.to.name,
    ]);
    for (const step of job.steps) expect(filesOf(job, step)).toEqual(['dbPassword.txt']);
    expect(find(manifests, 'CronJob', props.copy.name!)).toMatchObject({
      spec: { suspend: true, schedule: '0 0 31 2 *' },
    });
  });
  fc.assert(property, RUNS);
});
