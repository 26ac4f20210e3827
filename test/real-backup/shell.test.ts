import { spawnSync } from 'node:child_process';
import { Cron } from 'cdk8s';
import { Secret } from 'cdk8s-plus-27';
import {
  BlobBackupCronJob,
  BlobCredentials,
  BlobRestoreJob,
  DatabaseEngine,
  RestoreDrill,
  StatefulDatabase,
} from '../../lib';
import { describeReal, program } from '../support/backup/programs';
import { PASSWORD } from '../support/elsewhere';
import { manifestsOf, newChart, podOf } from '../support/manifests';

const ENGINES = {
  postgres: DatabaseEngine.postgres({ version: '17.11' }),
  mariadb: DatabaseEngine.mariadb({ version: '11.8.8' }),
  mongo: DatabaseEngine.mongo({ version: '8.0.29', replicaSet: 'rs0', keyFile: PASSWORD }),
};

/** Every script of the jobs, as the shell of its container gets it. */
function scriptsOf(engine: DatabaseEngine): { name: string; shell: string; text: string }[] {
  const chart = newChart();
  const database = StatefulDatabase.fromAttributes(chart, 'db', {
    engine,
    address: 'db',
    user: 'shop',
    password: PASSWORD,
  });
  const key = { secret: Secret.fromSecretName(chart, 'Storage', 'storage'), key: 'key' };
  const container = { account: 'account', name: 'backup', credentials: BlobCredentials.accountKey(key) };
  const backup = new BlobBackupCronJob(chart, 'backup', { database, container, schedule: Cron.daily() });
  new BlobRestoreJob(chart, 'restore', { database, container });
  new RestoreDrill(chart, 'drill', { backup, schedule: Cron.weekly() });
  return manifestsOf(chart)
    .flatMap((manifest) => podOf(manifest) ?? [])
    .flatMap(({ spec }) => [...spec.initContainers, ...spec.containers])
    .map(({ name, image, command }) => ({
      name,
      // BusyBox's ash, which shellcheck takes for dash with pipefail.
      shell: image.startsWith('rclone/') ? 'dash' : 'sh',
      // As the kubelet reads it.
      text: command[2]!.replaceAll('$$', '$'),
    }));
}

function check(text: string, shell: string): void {
  const args = ['--shell', shell, '--exclude', 'SC3040', '-'];
  const { stdout, status } = spawnSync(program('shellcheck'), args, { input: text, encoding: 'utf8' });
  expect({ stdout, status }).toEqual({ stdout: '', status: 0 });
}

describeReal('the shell of the backups', ['shellcheck'], () => {
  describe.each(Object.entries(ENGINES))('of %s', (_, engine) => {
    test.each(scriptsOf(engine))('$name is clean', ({ shell, text }) => {
      check(text, shell);
    });

    test.each(Object.entries(engine.spec.volumeBackupScripts ?? {}))(
      '%s of its volumes is clean',
      (_name, text: string) => {
        check(text, 'sh');
      },
    );
  });
});
