import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Size, Yaml } from 'cdk8s';
import { Cpu } from 'cdk8s-plus-27';
import { DatabaseEngine, StatefulDatabase } from '../../lib';
import { PASSWORD, SHOP_PASSWORD } from '../support/elsewhere';
import { manifestsOf, newChart } from '../support/manifests';
import { commandsRunBy } from '../support/page-commands';
import { TestCluster, facts } from './support/cluster';
import { describePods } from './support/describe-pods';
import { STORAGE_KEY, outcomeOf, says } from './support/jobs';
import type { JobOutcome } from './support/jobs';
import { eventually } from './support/kubectl';
import type { Kubectl } from './support/kubectl';
import { Page } from './support/page';
import { ready } from './support/scenario';
import { addBackups, addClient } from './support/shop';
import { ShopClient } from './support/shop-client';
import { Story } from './support/story';

/*
 * The life of a Valkey with a client that writes all the time. Each test goes on where the one before ended.
 */
const cluster = new TestCluster(facts());
const describeStory = STORAGE_KEY === '' ? describe.skip : describePods;
const NAMESPACE = 'valkey';
const word = randomBytes(6).toString('hex');
const folder = mkdtempSync(join(tmpdir(), 'valkey-'));
const { act } = new Story();
let kubectl: Kubectl;
const web = new ShopClient(() => kubectl);
const passwords = new Page('docs/passwords.md', folder, () => kubectl);
const valkey = new Page('docs/valkey.md', folder, () => kubectl);

const WRITER = `trap "exit 0" TERM; export REDISCLI_AUTH="$DB_PASSWORD"
while :; do
  answer=$(valkey-cli -e -t 3 -h "$DB_HOST" -p "$DB_PORT" --user "$DB_USER" -n "$DB_NAME" INCR visits) && echo "acknowledged $answer"
  sleep 0.1
done`;

function manifests(withClient: boolean): string {
  const chart = newChart();
  const database = new StatefulDatabase(chart, 'valkey', {
    engine: DatabaseEngine.valkey({ version: '8.1.8' }),
    password: PASSWORD,
    applicationUser: { name: 'shop', password: SHOP_PASSWORD },
    storage: { size: Size.gibibytes(1) },
    resources: { cpu: Cpu.millis(50), memory: Size.mebibytes(128) },
  });
  if (withClient) addClient(chart, 'web', database, WRITER, true);
  addBackups(chart, database, `valkey/${word}`);
  return Yaml.stringify(...manifestsOf(chart));
}

const apply = (withClient: boolean) =>
  kubectl.ok(['apply', '--validate=strict', '--filename=-'], { input: manifests(withClient) });

async function make(withClient: boolean): Promise<void> {
  kubectl = await cluster.namespace(NAMESPACE, { 'pod-security.kubernetes.io/enforce': 'restricted' });
  const secret = (name: string, ...literals: string[]) =>
    kubectl.ok(['create', 'secret', 'generic', name, ...literals.map((literal) => `--from-literal=${literal}`)]);
  await secret('dbpass', 'dbpassword=of a test');
  await secret('shop', 'pw=of the shop');
  await secret('backupcredentials', `storageKey.txt=${STORAGE_KEY}`);
  await apply(withClient);
  await ready(kubectl, ['valkey-0']);
}

/** Commands of the administrator, a line each. */
const lines = (commands: string) =>
  kubectl.ok(
    [
      ...['exec', '--stdin', 'valkey-0', '--container=valkey', '--', 'sh', '-c'],
      'REDISCLI_AUTH=$(cat /passwords/VALKEY_PASSWORD) exec valkey-cli -e --user default',
    ],
    { input: commands },
  );

/** All keys but the one that the client writes, with their values. */
const contents = () =>
  lines(`EVAL "local all = '' for db = 0, 15 do redis.call('SELECT', db) local keys = redis.call('KEYS', '*') table.sort(keys) for _, key in ipairs(keys) do if key ~= 'visits' then all = redis.sha1hex(all .. db .. key .. redis.call('DUMP', key)) end end end return all" 0
FUNCTION LIST WITHCODE`);

async function run(cronJob: string, job: string): Promise<JobOutcome> {
  await kubectl.ok(['create', 'job', `--from=cronjob/${cronJob}`, job]);
  return outcomeOf(kubectl, job);
}

afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await cluster.clean();
});

describeStory('the life of a Valkey', () => {
  let year: string;

  act('begins with a client that writes', async () => {
    await make(true);
    await web.writes();
    const orders = Array.from({ length: 2000 }, (_, n) => `SET order:${n} jméno-${n}`).join('\n');
    await lines(`${orders}\nSET session x EX 86400\nSELECT 3\nHSET hash a 1 b 2`);
    await lines(`FUNCTION LOAD "#!lua name=prices\\nserver.register_function('price', function() return 42 end)"`);
    const { stdout } = await kubectl.run([
      'exec',
      'valkey-0',
      '--',
      'sh',
      '-c',
      'id -u; touch /x; env; cat /proc/1/cmdline',
    ]);
    expect(stdout).toMatch(/^999\n/);
    expect(stdout).not.toMatch(/of a test|of the shop/);
    // 60 % of the memory that the container may have.
    expect(await lines('CONFIG GET maxmemory')).toBe('maxmemory\n80530636\n');
  });

  act('loses no write that was acknowledged when its pod is killed', async () => {
    await kubectl.ok(['delete', 'pod', 'valkey-0', '--grace-period=0', '--force']);
    await eventually(() => ready(kubectl, ['valkey-0']), 120);
    await web.writes();
    const last = Number((await web.acknowledged()).at(-1));
    expect(last).toBeGreaterThan(10);
    // The number has only ever grown: each acknowledged one was there when the next was written.
    const numbers = (await web.acknowledged()).map(Number);
    expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
    expect(Number(await lines('GET visits'))).toBeGreaterThanOrEqual(last);
    expect(await lines('GET order:1999')).toBe('jméno-1999\n');
  });

  act('changes the password of its application user', async () => {
    await passwords.run('(umask 077');
    await passwords.run('kubectl exec --stdin valkey-0');
    await passwords.run(`printf '{"stringData":{"pw"`);
    await kubectl.ok(['rollout', 'restart', 'deployment/web']);
    await kubectl.ok(['rollout', 'status', 'deployment/web', '--timeout=60s']);
    await web.writes();
    await kubectl.ok(['delete', 'pod', 'valkey-0']);
    await ready(kubectl, ['valkey-0']);
    await web.writes();
  });

  act('is backed up, and the drill passes', async () => {
    await web.stop();
    year = await contents();
    expect(await run('backupjob', 'backup-1')).toEqual(
      says('Complete', /dump: 2003 rows of 2 tables[^]*upload: db_\d{14} is whole/),
    );
    expect(await run('restoredrill', 'drill-1')).toEqual(
      says('Complete', /rows: passed: 2003 rows of 2 tables are as many as were dumped[^]*passed the drill/),
    );
  });

  act('comes back from its backup when namespace and volume are gone', async () => {
    await cluster.removeNamespace(NAMESPACE);
    await make(false);
    expect(await run('restorejob', 'restore-1')).toEqual(says('Complete', /is in "all": 2003 rows of 2 tables/));
    expect(await contents()).toBe(year);
    await kubectl.ok(['delete', 'pod', 'valkey-0', '--grace-period=0', '--force']);
    await eventually(() => ready(kubectl, ['valkey-0']), 120);
    expect(await contents()).toBe(year);
  });

  act('goes back to its backup, and what was there is kept', async () => {
    await lines('SET order:0 wrong\nSET mine 1\nDEL order:1');
    expect(await run('restorejob', 'refused')).toEqual(
      says('Failed', /not empty on valkey, and as before: "all" \(2004 tables and other objects\)/),
    );
    await valkey.run('kubectl create job --from=cronjob/restorejob restore-2');
    expect(await outcomeOf(kubectl, 'restore-2')).toEqual(
      says('Complete', /what was in database 0 before is kept in database 31; FLUSHDB it there when all is well/),
    );
    await valkey.run(
      "kubectl exec valkey-0 --container=valkey -- sh -c 'REDISCLI_AUTH=$(cat /passwords/VALKEY_PASSWORD) exec valkey-cli --user default -n 31 DBSIZE",
    );
    expect(await lines('SELECT 31\nGET mine')).toBe('OK\n1\n');
    await valkey.run(
      "kubectl exec valkey-0 --container=valkey -- sh -c 'REDISCLI_AUTH=$(cat /passwords/VALKEY_PASSWORD) exec valkey-cli --user default -n 31 FLUSHDB",
    );
    expect(await contents()).toBe(year);
  });

  test('every command of the pages is run', () => {
    for (const [name, ran] of Object.entries({ 'docs/passwords.md': passwords, 'docs/valkey.md': valkey })) {
      const mine = commandsRunBy(name, 'valkey');
      expect({ name, left: ran.left.filter((command) => mine.includes(command)) }).toEqual({ name, left: [] });
    }
  });
});
