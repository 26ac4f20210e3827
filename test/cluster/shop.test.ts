import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commandsRunBy } from '../support/page-commands';
import { TestCluster, facts } from './support/cluster';
import { describePods } from './support/describe-pods';
import { STORAGE_KEY, outcomeOf, says } from './support/jobs';
import type { JobOutcome } from './support/jobs';
import { eventually } from './support/kubectl';
import type { Kubectl, LiveObject } from './support/kubectl';
import { Page } from './support/page';
import { ready } from './support/scenario';
import { FINGERPRINT, YEAR, writeShop } from './support/shop';
import type { ShopOptions } from './support/shop';
import { ShopClient } from './support/shop-client';
import { Story } from './support/story';

/*
 * The life of a shop, by the commands of the pages, in the order in which one needs them. Each test goes on where the one before ended.
 */
const cluster = new TestCluster(facts());
const describeShop = STORAGE_KEY === '' ? describe.skip : describePods;
const RESTRICTED = { 'pod-security.kubernetes.io/enforce': 'restricted' };
const NAMESPACE = 'stateful-test-shop';
const word = randomBytes(6).toString('hex');
const secrets: string[] = [STORAGE_KEY];
const folder = mkdtempSync(join(tmpdir(), 'shop-'));
const { act } = new Story();

let kubectl: Kubectl;
const web = new ShopClient(() => kubectl);
const page = (name: string) => new Page(name, folder, () => kubectl);
const readme = page('README.md');
const restore = page('docs/restore.md');
const passwords = page('docs/passwords.md');
const failedChanges = page('docs/failed-changes.md');
const adopting = page('docs/adopting-data.md');
const templates = page('docs/claim-templates.md');
const backups = page('docs/backup.md');
const clients = page('docs/clients.md');
const PAGES = {
  'docs/adopting-data.md': adopting,
  'docs/backup.md': backups,
  'docs/claim-templates.md': templates,
  'docs/clients.md': clients,
  'docs/failed-changes.md': failedChanges,
  'docs/passwords.md': passwords,
  'docs/restore.md': restore,
};

const synthesize = (options: Partial<ShopOptions> = {}) =>
  writeShop(join(folder, 'dist'), { prefix: `shop/${word}`, ...options });
const sql = (database: string, query: string) =>
  kubectl.ok(
    [
      'exec',
      '-i',
      'postgresql-0',
      '--container=postgresql',
      '--',
      'psql',
      '-Upostgres',
      '-XAtq',
      '-v',
      'ON_ERROR_STOP=1',
      '-d',
      database,
    ],
    { input: query },
  );

/** What a backup must bring back. */
async function fingerprint(): Promise<string> {
  return `${await sql('shop', FINGERPRINT)}\n${await sql('reports', FINGERPRINT)}`;
}

async function makeSecrets(): Promise<void> {
  await readme.run('kubectl create secret generic dbpass');
  const [made] = await kubectl.get<LiveObject & { data: { [key: string]: string } }>('secret', 'dbpass');
  secrets.push(...Object.values(made!.data).map((value) => Buffer.from(value, 'base64').toString()));
  await readme.run('kubectl create secret generic backupcredentials --from-file=./storageKey.txt');
}

/** Rows that the server has acknowledged and that are not there. */
async function lost(ids: string[]): Promise<string> {
  return sql(
    'shop',
    `SELECT id FROM unnest('{${ids.join(',')}}'::bigint[]) AS id WHERE id NOT IN (SELECT id FROM visits)`,
  );
}

/** Gives the server the passwords that the Secret has. */
async function asInTheSecret(): Promise<void> {
  for (const [user, key] of Object.entries({ shop: 'shop', postgres: 'dbpassword' })) {
    const start = `kubectl get secret dbpass --output=jsonpath='{.data.${key}}'`;
    expect(await passwords.run(start)).toContain(`'${user}' has a new password`);
  }
}

/** How a job ended, and what it said; no log holds a secret. */
async function outcome(job: string): Promise<JobOutcome> {
  const found = await outcomeOf(kubectl, job);
  for (const secret of secrets) expect(found.log.includes(secret)).toBe(false);
  return found;
}

async function volumes(): Promise<string[]> {
  const table = await restore.run('kubectl get persistentvolume --output');
  return table.split('\n').filter((line) => line.includes(NAMESPACE) && line.includes('data-postgresql-0'));
}

afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await cluster.clean();
});

describeShop('the life of a shop', () => {
  let year: string;
  let backup: string;
  beforeAll(async () => {
    kubectl = await cluster.namespace('shop', RESTRICTED);
    writeFileSync(join(folder, 'storageKey.txt'), STORAGE_KEY);
    writeFileSync(join(folder, 'reporting-password'), `of reporting ${word}`);
    secrets.push(`of reporting ${word}`);
  });

  act('begins as the README says, with a client that reads and writes', async () => {
    synthesize();
    await makeSecrets();
    await readme.run('kubectl apply -f dist/');
    await kubectl.ok(['rollout', 'status', 'statefulset/postgresql', '--timeout=180s'], { seconds: 190 });
    await web.writes();
    expect(await readme.run('kubectl logs --follow', { interruptAfter: 3 })).toMatch(/^acknowledged \d+$/m);
    const shown = await readme.run('kubectl exec -ti postgresql-0', { input: 'SELECT 6 * 7 AS answer;\n\\q\n' });
    expect(shown).toContain('42');
    // What the init scripts did is still in the statistics, which an exporter may read.
    const queries = await sql('shop', 'SELECT query FROM pg_stat_statements');
    expect(queries).toContain('CREATE TABLE orders');
    for (const secret of secrets) expect(queries.includes(secret)).toBe(false);
    for (const [database, query] of Object.entries(YEAR)) await sql(database, query);
    await eventually(async () =>
      expect(await kubectl.ok(['logs', 'postgresql-0', '--container=exporter', '--tail=3'])).toMatch(/^pg_up [1-9]/m),
    );
  });

  // The client that no ClientAccess lets in.
  const logOfStranger = () => kubectl.ok(['logs', 'deployment/stranger', '--tail=-1']);
  (process.env.TEST_CLUSTER_POLICIES === 'enforced' ? act : test.skip)('lets in nobody else', async () => {
    await eventually(async () => expect(await logOfStranger()).toMatch(/failed: (Connection refused|timeout expired)/));
    expect(await logOfStranger()).not.toContain('acknowledged');
  });

  act('loses no row that was acknowledged when its pod is killed', async () => {
    for (const how of [['--grace-period=0', '--force'], []]) {
      await web.writes();
      await kubectl.ok(['delete', 'pod', 'postgresql-0', ...how]);
      // Its server may go on for a moment.
      await ready(kubectl, ['postgresql-0']);
      await web.writes();
    }
    const ids = await web.acknowledged();
    expect(ids.length).toBeGreaterThan(10);
    expect(await lost(ids)).toBe('');
  });

  // docs/failed-changes.md
  const MISTAKES: [string, Partial<ShopOptions>, RegExp][] = [
    ['image tag', { version: '17.99' }, /ErrImagePull|ImagePullBackOff/],
    ['parameter', { parameters: { work_mem: 'much' } }, /CrashLoopBackOff|Error/],
  ];
  for (const [what, wrong, seen] of MISTAKES)
    act(`finds the way back from a wrong ${what}`, async () => {
      synthesize(wrong);
      await readme.run('kubectl apply -f dist/');
      await eventually(async () => expect(await failedChanges.run('kubectl get pods')).toMatch(seen), 90);
      expect(await failedChanges.run('kubectl describe pod')).toMatch(/Events:/);
      if (what === 'parameter') {
        await eventually(async () =>
          expect(await failedChanges.run('kubectl logs postgresql-0')).toMatch(
            /invalid value for parameter "work_mem"/,
          ),
        );
      }
      synthesize();
      await failedChanges.run(what === 'parameter' ? 'kubectl rollout undo' : 'kubectl apply');
      // As the page says: nothing happens by itself.
      await new Promise((resolve) => setTimeout(resolve, 3000));
      expect(await kubectl.ok(['get', 'pods', 'postgresql-0'])).toMatch(/postgresql-0 +[01]\/2 /);
      await failedChanges.runAll(['kubectl delete pod', 'kubectl rollout status'], { seconds: 200 });
      await failedChanges.run('kubectl apply');
      await web.writes();
      expect(await lost(await web.acknowledged())).toBe('');
    });

  // docs/claim-templates.md
  act('gives its database a larger volume, and the pod goes on', async () => {
    const named = { '--namespace=shop': `--namespace=${NAMESPACE}` };
    const pod = ['get', 'pod', 'postgresql-0', '--output=jsonpath={.metadata.uid}'];
    const before = await kubectl.ok(pod);
    expect(await templates.run('kubectl --namespace=shop get storageclass', { names: named })).toMatch(/true/);
    for (const start of ['patch', 'wait']) {
      await templates.run(`kubectl --namespace=shop ${start}`, { names: { ...named, '64Gi': '2Gi' } });
    }
    await templates.run('kubectl --namespace=shop delete', { names: named });
    synthesize({ size: 2 });
    await templates.run('kubectl apply');
    await kubectl.ok(['rollout', 'status', 'statefulset/postgresql', '--timeout=180s'], { seconds: 190 });
    expect(await kubectl.ok(pod)).toBe(before);
  });

  // docs/adopting-data.md: the set as if it were of another tool.
  act('is taken over with its data', async () => {
    const named = { OLD: 'postgresql' };
    expect(
      await adopting.run("kubectl get statefulset OLD --output=jsonpath='{.metadata.name}", { names: named }),
    ).toMatch(/^postgresql postgresql {"app":"postgresql"} data /);
    await adopting.run("kubectl get statefulset OLD --output=jsonpath='{.spec.template", { names: named });
    expect(await adopting.run('kubectl exec OLD-0', { names: named })).toMatch(
      /^999:999\n17\n\/var\/lib\/postgresql\/data\/pgdata/m,
    );
    await adopting.run('kubectl patch statefulset OLD', { names: named });
    expect(await adopting.run('kubectl get persistentvolumeclaim')).toMatch(/^data-postgresql-0 +<none>/m);
    for (const start of ['kubectl delete statefulset OLD', 'kubectl wait pod/OLD-0'])
      await adopting.run(start, { names: named });
    await adopting.run('kubectl apply');
    await web.writes();
    expect(await lost(await web.acknowledged())).toBe('');
  });

  // docs/passwords.md
  act('changes its passwords', async () => {
    const change = async (user: string, secret: string) => {
      await passwords.run('(umask 077');
      secrets.push(readFileSync(join(folder, 'new-password'), 'utf8').trim());
      await passwords.run(
        `kubectl exec --stdin postgresql-0 --container=postgresql -- sh /scripts/set-password.sh ${user} <`,
      );
      await passwords.run(`printf '{"stringData":{"${secret}"`);
    };
    await change('shop', 'shop');
    await passwords.runAll(['kubectl rollout restart', 'kubectl rollout status', 'rm new-password']);
    await web.writes();
    await change('postgres', 'dbpassword');
    await kubectl.ok(['patch', 'secret', 'dbpass', '--patch={"stringData":{"shop":"another one"}}']);
    await kubectl.ok(['rollout', 'restart', 'deployment/web']);
    await eventually(async () => expect(await web.log()).toMatch(/password authentication failed for user "shop"/), 60);
    await asInTheSecret();
    await web.writes();
    const said = (await kubectl.ok(['logs', 'postgresql-0', '--container=postgresql'])) + (await web.log());
    for (const secret of [...secrets, 'SCRAM-SHA-256$', 'another one']) expect(said.includes(secret)).toBe(false);
    const seen =
      "SELECT count(*) FROM pg_stat_statements WHERE query LIKE '%SCRAM-SHA-256%' OR query LIKE '%another one%'";
    expect(await sql('shop', seen)).toBe('0\n');
  });

  act('is backed up, and the drill passes', async () => {
    await restore.run(
      'kubectl exec --stdin postgresql-0 --container=postgresql -- sh /scripts/set-password.sh reporting',
    );
    await web.stop();
    year = await fingerprint();
    await readme.runAll(['kubectl create job --from=cronjob/backupjob backup-1', 'kubectl wait job/backup-1'], {
      seconds: 190,
    });
    const { end, log } = await outcome('backup-1');
    expect({ end, log }).toEqual(says('Complete', /in 3 databases, dumped in \d+ s[^]*upload: db_\d{14} is whole/));
    backup = /upload: (db_\d{14}) is whole/.exec(log)![1]!;
    await readme.run('kubectl create job --from=cronjob/restoredrill drill-1');
    expect(await outcome('drill-1')).toEqual(says('Complete', /report: db_\d{14} passed the drill/));
    await web.start();
  });

  describe('goes back to a backup', () => {
    const named = { db_20261121063800: '' };

    act('while its writers stay out, whatever is applied', async () => {
      named.db_20261121063800 = backup;
      expect(await restore.run('kubectl config current-context')).toContain('cdk8s-stateful-test');
      await restore.run('kubectl config set-context', { names: { default: NAMESPACE } });
      expect(await restore.run('kubectl get cronjob')).toMatch(/backupjob[^]*restorejob[^]*postgresql[^]*web/);
      expect(await volumes()).toEqual([expect.stringContaining('Bound')]);
      await restore.runAll([
        'kubectl scale deployment web',
        'kubectl patch cronjob backupjob --patch=\'{"spec":{"suspend":true',
        "kubectl exec postgresql-0 --container=postgresql -- psql --username=postgres --command='ALTER ROLE shop NOLOGIN'",
      ]);
      await readme.run('kubectl apply -f dist/');
      await eventually(async () => expect(await web.log()).toMatch(/role "shop" is not permitted to log in/), 60);
      expect(await kubectl.ok(['get', 'cronjob', 'backupjob', '--output=jsonpath={.spec.suspend}'])).toBe('true');
    });

    act('beside what there is', async () => {
      await restore.runAll([
        'kubectl create job --from=cronjob/restorejob restore-list',
        'kubectl wait job/restore-list',
      ]);
      expect(await restore.run('kubectl logs job/restore-list')).toContain(backup);
      await restore.run('kubectl create job --from=cronjob/restorejob restore-2', { names: named });
      expect(await outcome('restore-2')).toEqual(says('Complete', /is in "shop_restored"/));
      await restore.run('kubectl create job --from=cronjob/restorejob restore-3', {
        names: { '2026-11-21T06:38:00Z': `${new Date().toISOString().slice(0, 19)}Z` },
      });
      expect(await outcome('restore-3')).toEqual(says('Complete', /is in "shop_before"/));
      await restore.run('kubectl create job --from=cronjob/restorejob restore-5');
      expect(await outcome('restore-5')).toEqual(says('Complete', /is in "reports_before"/));
      const weeks = 'SELECT sum(sold) FROM weeks';
      expect(await sql('reports_before', weeks)).toBe(await sql('reports', weeks));
    });

    act('in its place, and forward again', async () => {
      await sql('shop', "UPDATE orders SET name = 'wrong'");
      const wrong = await fingerprint();
      await restore.run('kubectl create job --from=cronjob/restorejob restore-4', { names: named });
      await restore.run('kubectl get pods --selector=job-name=restore-4', { interruptAfter: 2 });
      const { end, log } = await outcome('restore-4');
      expect({ end, log }).toEqual(says('Complete', /database shop as it was before is kept as shop_replaced_\d{14}/));
      expect(await restore.run('kubectl logs job/restore-4')).toContain(`${backup} is in `);
      expect(withoutLogin(await fingerprint())).toBe(withoutLogin(year));
      expect(
        await restore.run('kubectl exec postgresql-0 --container=postgresql -- psql --username=postgres --list'),
      ).toContain('shop_restored');
      const count = await restore.run('kubectl exec --stdin --tty postgresql-0', {
        input: 'SELECT count(*) AS n FROM orders;\n\\q\n',
      });
      expect(count).toContain('5000');
      const kept = /kept as (shop_replaced_\d{14})/.exec(log)![1]!;
      await restore.run('kubectl exec --stdin postgresql-0 --container=postgresql -- psql', {
        names: { shop_replaced_20261121064500: kept },
      });
      expect(await sql('shop', 'SELECT DISTINCT name FROM orders')).toBe('wrong\n');
      expect((await fingerprint()).split('\n')[0]).toBe(wrong.split('\n')[0]);
      // The shop goes on with the backup, after all.
      await sql('postgres', `ALTER DATABASE shop RENAME TO ${kept}`);
      await sql('postgres', 'ALTER DATABASE shop_wrong RENAME TO shop');
      await restore.run('kubectl patch cronjob restorejob');
      await goOn();
      await restore.run('kubectl exec postgresql-0 --container=postgresql -- dropdb', {
        names: { shop_replaced_20261121064500: kept },
      });
      for (const name of ['shop_restored', 'shop_before', 'reports_before'])
        await sql('postgres', `DROP DATABASE ${name}`);
      const jobs = () => kubectl.get('jobs', '--selector=app=restorejob');
      expect((await jobs()).length).toBeGreaterThan(3);
      await restore.run('kubectl delete job');
      expect(await jobs()).toEqual([]);
    });
  });

  /** Step 9 of docs/restore.md. */
  async function goOn(): Promise<void> {
    await restore.runAll(
      [
        "kubectl exec postgresql-0 --container=postgresql -- psql --username=postgres --command='ALTER ROLE shop LOGIN'",
        'kubectl apply --filename=dist/',
        'kubectl patch cronjob backupjob --patch=\'{"spec":{"suspend":false',
        'kubectl create job --from=cronjob/backupjob backup-after-restore',
        'until kubectl get job backup-after-restore',
        'kubectl rollout status deployment/web',
      ],
      { seconds: 190 },
    );
    expect(await outcome('backup-after-restore')).toEqual(says('Complete', /is whole/));
    await web.writes();
  }

  act('finds its volume again when the namespace was deleted', async () => {
    await web.stop();
    const [row = ''] = await volumes();
    const volume = row.split(/ +/)[0]!;
    await adopting.run('kubectl patch persistentvolume VOLUME', { names: { VOLUME: volume } });
    const all = await fingerprint();
    await cluster.removeNamespace('shop');
    expect(await volumes()).toEqual([expect.stringMatching(new RegExp(`^${volume} +Released`))]);
    // The mistake that the page begins with: an apply makes an empty database beside it.
    kubectl = await cluster.namespace('shop', RESTRICTED);
    await makeSecrets();
    await restore.runAll(['kubectl apply --filename=dist/', 'kubectl rollout status statefulset'], { seconds: 190 });
    expect(await sql('shop', 'SELECT count(*) FROM orders')).toBe('0\n');
    const both = await volumes();
    expect(both).toHaveLength(2);
    const KEEP =
      'kubectl patch persistentvolume VOLUME --type=merge --patch=\'{"spec":{"persistentVolumeReclaimPolicy"';
    for (const line of both) await restore.run(KEEP, { names: { VOLUME: line.split(/ +/)[0]! } });
    await restore.runAll([
      "kubectl exec postgresql-0 --container=postgresql -- psql --username=postgres --dbname=shop --command='\\dt+'",
      'kubectl delete statefulset postgresql',
      'kubectl delete persistentvolumeclaim data-postgresql-0',
    ]);
    await restore.run('kubectl patch persistentvolume VOLUME --type=merge --patch=\'{"spec":{"claimRef"', {
      names: { VOLUME: volume },
    });
    await restore.run('kubectl apply --filename=dist/');
    await restore.run('kubectl rollout status statefulset', { seconds: 190 });
    expect(await restore.run('kubectl get persistentvolumeclaim data-postgresql-0')).toContain(volume);
    // Its passwords are the old ones.
    await asInTheSecret();
    await web.writes();
    await web.stop();
    expect(withoutVisits(await fingerprint())).toBe(withoutVisits(all));
    for (const line of both) {
      const policy = '--patch={"spec":{"persistentVolumeReclaimPolicy":"Delete"}}';
      await cluster.kubectl.ok(['patch', 'persistentvolume', line.split(/ +/)[0]!, policy]);
    }
  });

  act('comes back from its backup when namespace and volume are gone', async () => {
    await cluster.removeNamespace('shop');
    kubectl = await cluster.namespace('shop', RESTRICTED);
    await makeSecrets();
    await restore.run("kubectl apply --filename=dist/ --selector='app notin (web");
    await restore.run('kubectl rollout status statefulset', { seconds: 190 });
    expect(await kubectl.ok(['get', 'deployment,cronjob', '--output=name'])).not.toMatch(/web|backupjob|restoredrill/);
    // The first backup, by its name: later ones hold what came after.
    await kubectl.ok(['set', 'env', 'cronjob/restorejob', `BACKUP=${backup}`]);
    await restore.runAll(
      ['kubectl create job --from=cronjob/restorejob restore-1', 'until kubectl get job restore-1'],
      {
        seconds: 190,
      },
    );
    const { end, log } = await outcome('restore-1');
    expect({ end, log }).toEqual(says('Complete', /made role reporting without a password/));
    expect(await fingerprint()).toBe(year);
    await restore.run(
      'kubectl exec --stdin postgresql-0 --container=postgresql -- sh /scripts/set-password.sh reporting',
    );
    const login = `PGPASSWORD='of reporting ${word}' psql -h postgresql -U reporting -d shop -Atc 'SELECT orders FROM sums'`;
    expect(await kubectl.ok(['exec', 'postgresql-0', '--container=postgresql', '--', 'bash', '-c', login])).toBe(
      '5000\n',
    );
    await goOn();
  });

  // A fingerprint that never differs would prove nothing.
  act('would be seen to differ in one row', async () => {
    await web.stop();
    const before = await fingerprint();
    await sql('shop', 'UPDATE orders SET price = price + 0.01 WHERE id = 4711');
    expect(await fingerprint()).not.toBe(before);
    await sql('shop', 'UPDATE orders SET price = price - 0.01 WHERE id = 4711');
    expect(await fingerprint()).toBe(before);
    await sql('shop', 'GRANT INSERT ON orders TO reporting');
    expect(await fingerprint()).not.toBe(before);
  });

  // docs/restore.md, docs/backup.md and docs/clients.md
  act('has a staging of its backups, with passwords, backups and clients of its own', async () => {
    kubectl = await cluster.namespace('staging', RESTRICTED);
    await makeSecrets();
    await restore.run("kubectl apply --filename=dist/ --selector='app notin (web");
    await restore.run('kubectl rollout status statefulset', { seconds: 190 });
    await kubectl.ok(['set', 'env', 'cronjob/restorejob', `BACKUP=${backup}`]);
    await restore.runAll(
      ['kubectl create job --from=cronjob/restorejob restore-1', 'until kubectl get job restore-1'],
      {
        seconds: 190,
      },
    );
    expect(await fingerprint()).toBe(year);
    await restore.run("kubectl apply --filename=dist/ --selector='app notin (backupjob");
    await web.writes();
    expect(await kubectl.ok(['get', 'cronjob', '--output=name'])).toBe('cronjob.batch/restorejob\n');
    // Backups of its own lie elsewhere; its files are those of the page.
    await kubectl.ok(['delete', 'secret', 'backupcredentials']);
    const password = await kubectl.ok(['get', 'secret', 'dbpass', '--output=jsonpath={.data.dbpassword}']);
    writeFileSync(join(folder, 'dbPassword.txt'), Buffer.from(password, 'base64'));
    await backups.runAll([
      'kubectl create secret generic backupcredentials',
      'openssl',
      'kubectl create secret generic backupencryption',
    ]);
    synthesize({ prefix: `staging/${word}`, size: 2 });
    await backups.run('kubectl apply');
    await web.writes();
    await backups.runAll(['kubectl create job --from=cronjob/backupjob', 'kubectl wait job/backup-1'], {
      seconds: 190,
    });
    expect(await backups.run('kubectl logs job/backup-1')).toMatch(/upload: db_\d{14} is whole/);
    await backups.run('kubectl create job --from=cronjob/restoredrill drill-1');
    expect(await outcome('drill-1')).toEqual(says('Complete', /passed the drill/));
    expect(await backups.run('kubectl get cronjob')).toMatch(/^backupjob +false +\d{4}-/m);
    await restore.run('kubectl create job --from=cronjob/restoredrill drill-now');
    expect(await outcome('drill-now')).toEqual(says('Complete', /passed the drill/));
    // A client elsewhere gets a copy of its own key.
    const elsewhere = await cluster.namespace('web', RESTRICTED);
    const named = {
      '--namespace=shop': '--namespace=stateful-test-staging',
      '--namespace=web': '--namespace=stateful-test-web',
    };
    await clients.run('kubectl get secret dbpass', { names: named });
    const [copy] = await elsewhere.get<LiveObject & { data: object }>('secret', 'dbpass');
    expect(Object.keys(copy!.data)).toEqual(['shop']);
  });

  // docs/claim-templates.md: `replicas` down.
  act('scales a set 3, 1, 3, and each member finds its volume', async () => {
    for (const searchers of [3, 1, 3]) {
      synthesize({ prefix: `staging/${word}`, size: 2, searchers });
      await readme.run('kubectl apply -f dist/');
      await kubectl.ok(['rollout', 'status', 'statefulset/search', '--timeout=120s'], { seconds: 130 });
      await eventually(async () =>
        expect(await kubectl.get('pods', '--selector=app=search-nodes')).toHaveLength(searchers),
      );
    }
    const starts = [0, 1, 2].map((n) => kubectl.ok(['exec', `search-${n}`, '--', 'cat', '/data/starts']));
    // One alone has no rules that spread it, so the first pod starts anew at each change.
    const times = (name: string, count: number) => `${name}\n`.repeat(count);
    expect(await Promise.all(starts)).toEqual([times('search-0', 3), times('search-1', 2), times('search-2', 2)]);
  });

  test('every command of the pages is run', () => {
    for (const [name, ran] of Object.entries(PAGES)) {
      const mine = commandsRunBy(name, 'shop');
      const left = ran.left.filter((command) => mine.includes(command));
      expect({ name, left }).toEqual({ name, left: [] });
    }
  });
});

/** While the application user is kept out, that is seen; so is the time of visits. */
const withoutLogin = (all: string) => all.replaceAll(/^shop\|f\|[tf]\|f$/gm, '');
const withoutVisits = (all: string) => all.replaceAll(/^visits(_id_seq)?\|.*$/gm, '');
