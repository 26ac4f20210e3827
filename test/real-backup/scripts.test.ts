import { Pod, lastLine } from '../support/backup/pod';
import { postgresPod } from '../support/backup/postgres-backup';
import { PostgresServer } from '../support/backup/postgres-server';
import { describeReal } from '../support/backup/programs';
import { DUMP } from '../support/backup/steps';

describeReal('the scripts of a backup', ['postgres', 'busybox', 'rclone'], () => {
  let server: PostgresServer;
  let pod: Pod;

  beforeAll(async () => {
    server = await PostgresServer.start('x');
  });

  beforeEach(() => {
    pod = postgresPod(server, 'postgres', 1);
  });

  afterAll(() => {
    Pod.removeAll();
    server.stop();
  });

  /** The ConfigMap, with each of its files changed. */
  const changed = (by: (text: string) => string): { [name: string]: string } =>
    Object.fromEntries(Object.entries(pod.files).map(([name, text]) => [name, by(text)]));

  test('are of one version for all that a pod runs, also when it is run again', async () => {
    expect(await pod.run(DUMP)).toMatchObject({ status: 0 });
    pod.files = changed(() => 'exit 9');
    expect(await pod.run(DUMP)).toMatchObject({ status: 0 });
    expect(await postgresPodOf(pod.files).run(DUMP)).toMatchObject({ status: 9 });
  });

  test('are copied anew where a copy was cut off', async () => {
    pod.write('scripts.new/dump.sh', 'exit 9');
    expect(await pod.run(DUMP)).toMatchObject({ status: 0 });
    expect(pod.has('scripts.new')).toBe(false);
  });

  // As after a rollback of either, or an upgrade of which one half was applied.
  test('of another contract than the pod change nothing', async () => {
    pod.files = changed((text) => text.replace(/^contract=1$/m, 'contract=2'));
    const outcome = await pod.run(DUMP);
    expect(outcome.status).toBe(1);
    expect(lastLine(outcome)).toBe(
      'dump: these scripts keep contract 2, the pod keeps contract 1: apply the CronJob and its ConfigMap of one version. Nothing was changed',
    );
    expect(pod.has('backup')).toBe(false);
  });

  function postgresPodOf(files: { readonly [name: string]: string }): Pod {
    const other = postgresPod(server, 'postgres', 1);
    other.files = files;
    return other;
  }
});
