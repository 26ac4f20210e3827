import { App } from 'cdk8s';
import type { Construct } from 'constructs';
import { BlobBackup } from '../../scenarios/blob-backup';
import { Postgresql } from '../../scenarios/postgresql';
import { renderedJob } from '../support/job';
import { find, identities, named } from '../support/manifests';
import { testScenario } from '../support/scenario';
import { trafficIn } from '../support/traffic';

/** Of the database that main.ts hands to it. */
class OfPostgresql extends BlobBackup {
  public constructor(scope: Construct, id: string) {
    super(scope, id, { database: new Postgresql(new App(), 'postgresql').database });
  }
}

describe('the scenario backup to Azure Blob (A5)', () => {
  const manifests = testScenario(OfPostgresql);
  const { spec } = find(manifests, 'CronJob', 'backupjob');
  const job = renderedJob(manifests, 'backupjob');

  test('backs up each minute, as the document demonstrates it', () => {
    // The document has */1, which is the same to cron.
    expect(spec.schedule).toBe('* * * * *');
    expect(spec).not.toHaveProperty('suspend');
    expect(spec.concurrencyPolicy).toBe('Forbid');
  });

  test('is started again on linux nodes when it fails', () => {
    expect(job.pod.restartPolicy).toBe('OnFailure');
    expect(job.pod.nodeSelector).toEqual({ 'kubernetes.io/os': 'linux' });
  });

  // kubectl create secret generic backupcredentials --from-file=./dbPassword.txt --from-file=./storageKey.txt
  test('mounts the Secret that is made by hand at the documented place, and makes none', () => {
    expect(named(job.pod.volumes, 'backupcredentialsvolume').secret).toEqual({
      secretName: 'backupcredentials',
      defaultMode: 0o440,
      items: [
        { key: 'dbPassword.txt', path: 'dbPassword.txt' },
        { key: 'storageKey.txt', path: 'storageKey.txt' },
      ],
    });
    const at = '/backupCredentials';
    expect(job.secretsOf('dump')).toEqual({ [`${at}/dbPassword.txt`]: 'backupcredentials/dbPassword.txt' });
    expect(job.secretsOf('upload')).toEqual({ [`${at}/storageKey.txt`]: 'backupcredentials/storageKey.txt' });
    const mounts = job.steps.flatMap((name) => job.step(name).volumeMounts);
    const secrets = mounts.filter(({ name }) => name === 'backupcredentialsvolume');
    expect(secrets.map(({ readOnly }) => readOnly)).toEqual([true, true]);
    expect(identities(manifests).filter((identity) => identity.startsWith('Secret'))).toEqual([]);
  });

  test('has the documented environment', () => {
    expect({ ...job.envOf('dump'), ...job.envOf('upload') }).toEqual({
      STORAGE_ACCOUNT: 'tomasbackupdbstore',
      CONTAINER_NAME: 'backup',
      DB_HOST: 'postgresql',
      DB_PORT: '5432',
      DB_USER: 'postgres',
      DB_NAME: 'postgres',
      RETENTION_DAYS: '14',
      RETENTION_KEEP_AT_LEAST: '7',
    });
  });

  // The document's pg_dump -C -F c, to a blob db_<time> of application/octet-stream.
  test('dumps with the programs of the server, without taking its processor, to blobs of the documented name and type', () => {
    expect(job.step('dump').image).toMatch(/^postgres:17\./);
    const { data } = find(manifests, 'ConfigMap', 'backupjob-scripts');
    expect(data['dump.sql']).toContain('nice -n 19 sh "$HERE/stream.sh"');
    expect(data['stream.sh']).toContain('pg_dump -C -F c ');
    expect(data['upload.sh']).toContain('name=db_$(stamp');
    expect(data['upload.sh']).toContain('application/octet-stream');
  });

  test('is let in to the server, as the restore is, and the drill is not', () => {
    const cluster = [...manifests, ...new Postgresql(new App(), 'postgresql').toJson()] as typeof manifests;
    const isLetIn = trafficIn(cluster);
    const pod = (app: string) => ({
      name: app,
      namespace: 'default',
      namespaceLabels: {},
      labels: { app },
      ports: [],
    });
    const reach = ['backupjob', 'restorejob', 'restoredrill', 'stranger'].filter((app) =>
      isLetIn({ from: pod(app), to: pod('postgresql'), port: 5432 }),
    );
    expect(reach).toEqual(['backupjob', 'restorejob']);
  });

  // kubectl create job --from=cronjob/restorejob restore-1
  test('is restored only when somebody says so, from where the backups are', () => {
    const restore = find(manifests, 'CronJob', 'restorejob').spec;
    expect(restore.suspend).toBe(true);
    expect(restore.schedule).toBe('0 0 31 2 *');
    const { envOf } = renderedJob(manifests, 'restorejob');
    expect(envOf('fetch')).toEqual({ STORAGE_ACCOUNT: 'tomasbackupdbstore', CONTAINER_NAME: 'backup' });
    expect(envOf('restore')).not.toHaveProperty('REPLACE');
  });

  test('is tried out each week, and is too old after an hour', () => {
    const drill = find(manifests, 'CronJob', 'restoredrill').spec;
    expect(drill.schedule).toBe('0 0 * * 0');
    const { envOf, secretsOf } = renderedJob(manifests, 'restoredrill');
    expect(envOf('drill')).toEqual({ RPO_SECONDS: '3600' });
    expect(secretsOf('drill')).toEqual({});
    expect(find(manifests, 'NetworkPolicy', 'restoredrill').spec.policyTypes).toEqual(['Ingress', 'Egress']);
  });
});
