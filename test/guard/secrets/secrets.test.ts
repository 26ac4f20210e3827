import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Cron } from 'cdk8s';
import { stringify } from 'yaml';
import { BlobBackupCronJob, BlobRestoreJob, DatabaseEngine, RestoreDrill } from '../../../lib';
import type { StatefulDatabaseProps } from '../../../lib';
import { exposedBy } from '../../../lib/guard/secrets/secret-gate';
import { readState } from '../../../lib/guard/state';
import { DUMP_PASSWORD, SHOP_PASSWORD } from '../../support/elsewhere';
import { manifestsOf } from '../../support/manifests';
import { BLOBS, newDatabase } from '../../support/samples';

const PLACE = { file: 'x.yaml', line: 1 };
const CHARTS = join(__dirname, 'charts');

/** What the gate says of a YAML text: object and fields. */
function said(text: string): string[] {
  const { exposed, problems } = readState([{ file: 'x.yaml', text }], { secrets: true });
  expect(problems).toEqual([]);
  return exposed.map(({ object, change }) => `${object}: ${change}`);
}

function fieldsOf(object: object): string | undefined {
  const text = stringify({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'a' },
    ...object,
  });
  const { exposed, problems } = readState([{ file: 'x.yaml', text }], { secrets: true });
  expect(problems).toEqual([]);
  return exposed[0]?.change;
}

const inFile = (line: string, name = 'app.conf'): string | undefined =>
  fieldsOf({ data: { [name]: `first: line\n${line}\nlast: line\n` } });

function inPod(container: object): string | undefined {
  return fieldsOf({ kind: 'Pod', spec: { containers: [{ name: 'app', image: 'app:1', ...container }] } });
}

const inEnv = (name: string, value: string): string | undefined => inPod({ env: [{ name, value }] });

// Put together, so that no scanner takes this file for a leak.
const letters = (length: number): string => 'aB3dE5fG7hJ9kL1mN2pQ4rS6tU8vW0xY'.repeat(10).slice(0, length);
const KEY = (kind: string): string =>
  `-----BEGIN ${kind}-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n-----END ${kind}-----\n`;
const SHAPES: readonly (readonly [string, string])[] = [
  ['private key', KEY('PRIVATE KEY')],
  ['private key', KEY('RSA PRIVATE KEY')],
  ['private key', KEY('OPENSSH PRIVATE KEY')],
  ['private key', KEY('PGP PRIVATE KEY BLOCK')],
  ['private key', KEY('EC PRIVATE KEY').replaceAll('\n', String.raw`\n`)],
  ['private key', Buffer.from(KEY('RSA PRIVATE KEY')).toString('base64')],
  ['private key', `AGE-SECRET-KEY-1${'Q'.repeat(58)}`],
  ['AWS access key', `AKIAABCDEFGH23456723`],
  ['AWS access key', `ASIAABCDEFGH23456723`],
  ['GitHub token', `ghp_${letters(36)}`],
  ['GitHub token', `github_pat_${letters(60)}`],
  ['GitLab token', `glpat-${letters(20)}`],
  ['Slack token', `xoxb-${'1'.repeat(12)}-${letters(24)}`],
  ['Slack webhook', `https://hooks.slack.com/services/T${'A1'.repeat(4)}/B${'A1'.repeat(4)}/${letters(24)}`],
  ['Stripe key', `sk_live_${letters(24)}`],
  ['Google key', `AIza${letters(35)}`],
  ['Google key', `GOCSPX-${letters(28)}`],
  [
    'Azure key',
    `DefaultEndpointsProtocol=https;AccountName=shop;AccountKey=${letters(86)}==;EndpointSuffix=core.windows.net`,
  ],
  ['Azure SAS', `https://shop.blob.core.windows.net/backups?sv=2024-11-04&se=2027-01-01&sig=${letters(43)}%3D`],
  ['npm token', `npm_${letters(36)}`],
  ['Docker token', `dckr_pat_${letters(27)}`],
  ['SendGrid key', `SG.${letters(22)}.${letters(43)}`],
  ['Vault token', `hvs.${letters(24)}`],
  ['Grafana token', `glsa_${letters(32)}_${'0a'.repeat(4)}`],
  ['JSON web token', `eyJ${letters(30)}.eyJ${letters(60)}.${letters(43)}`],
  ['login in an address', 'postgres://shop:hunter2@postgres:5432/shop'],
  ['login in an address', 'redis://:hunter2@redis:6379'],
  ['login in an address', 'amqps://a%40b:p@ss@rabbit/vhost'],
  ['login in an address', 'shop:hunter2@tcp(mysql:3306)/shop?parseTime=true'],
  ['password', "CREATE ROLE shop LOGIN PASSWORD 'hunter2'"],
  ['password', "ALTER USER 'shop'@'%' IDENTIFIED BY 'hunter2'"],
];

describe('by its looks', () => {
  it.each(SHAPES)('a %s is found wherever a text may stand: %#', (name, secret) => {
    expect(inEnv('SETTING', secret)).toBe(`spec.containers[app].env[SETTING] (${name})`);
    expect(inPod({ args: ['run', secret] })).toBe(`spec.containers[app].args[1] (${name})`);
    expect(inPod({ command: ['sh', '-c', `run ${secret}`] })).toBe(`spec.containers[app].command[2] (${name})`);
    expect(fieldsOf({ data: { setting: secret } })).toBe(`data.setting (${name})`);
    expect(fieldsOf({ binaryData: { setting: Buffer.from(secret).toString('base64') } })).toBe(
      `binaryData.setting (${name})`,
    );
    expect(fieldsOf({ metadata: { name: 'a', annotations: { 'example.com/setting': secret } } })).toBe(
      `metadata.annotations[example.com/setting] (${name})`,
    );
    expect(inFile(secret)).toBe(`data[app.conf] (${name})`);
  });

  it.each([
    ['a key of an example', `AKIAIOSFODNN7EXAMPLE`],
    ['a certificate', KEY('CERTIFICATE')],
    ['a public key', KEY('PUBLIC KEY')],
    ['a private key that is left out', '-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----\n'],
    ['a private key of a template', '-----BEGIN PRIVATE KEY-----\n{{ .key }}\n-----END PRIVATE KEY-----\n'],
    ['an address without a password', 'postgres://shop@postgres:5432/shop'],
    ['an address with a variable', 'postgres://shop:$(PASSWORD)@postgres:5432/shop'],
    ['an address of a manual', 'postgres://user:<password>@host/db'],
    ['an address with a port and an @ behind it', 'https://example.com:8443/@scope/package'],
    ['an image', 'registry.example:5000/app@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    ['a statement with a variable of psql', "ALTER ROLE shop PASSWORD :'password'"],
  ])('%s is no secret', (_, text) => {
    expect(inEnv('SETTING', text)).toBeUndefined();
    expect(inFile(text)).toBeUndefined();
  });
});

describe('by its name', () => {
  it.each([
    'POSTGRES_PASSWORD',
    'MYSQL_PWD',
    'DB_PASS',
    'db.password',
    'dbPassword',
    'dbpassword',
    'KEYSTORE_PASSPHRASE',
    'API_TOKEN',
    'SLACK_BOT_TOKEN',
    'SECRET_KEY_BASE',
    'DJANGO_SECRET_KEY',
    'AWS_SECRET_ACCESS_KEY',
    'AZURE_STORAGE_KEY',
    'STRIPE_API_KEY',
    'OPENAI_APIKEY',
    'JWT_SECRET',
    'OAUTH2_PROXY_COOKIE_SECRET',
    'clientSecret',
    'RABBITMQ_ERLANG_COOKIE',
    'APP_KEY',
    'ENCRYPTION_KEY',
    'LDAP_BIND_PW',
    'ADMIN_PASSWORD_2',
    'GF_SECURITY_ADMIN_PASSWORD',
    'ROOT_PASSWORD_BASE64',
  ])('%s', (name) => {
    expect(inEnv(name, 'hunter2-9Xq')).toBe(`spec.containers[app].env[${name}]`);
    expect(fieldsOf({ data: { [name]: 'hunter2-9Xq' } })).toContain(name);
    expect(inPod({ args: [`--${name}=hunter2-9Xq`] })).toMatch(/^spec\.containers\[app\]\.args\[0\] \(\w+\)$/);
    expect(inPod({ args: [`--${name}`, 'hunter2-9Xq'] })).toMatch(/^spec\.containers\[app\]\.args\[1\] \(\w+\)$/);
    expect(inPod({ command: ['sh', '-c', `run --${name} hunter2-9Xq --other`] })).toMatch(/command\[2\] \(\w+\)$/);
    expect(inPod({ command: ['sh', '-c', `export ${name}=hunter2-9Xq; run`] })).toMatch(/command\[2\] \(\w+\)$/);
    expect(inFile(`${name}: hunter2-9Xq`)).toMatch(/^data\[app\.conf\] \(\w+\)$/);
    expect(inFile(`  ${name} = "hunter2-9Xq" # why`)).toMatch(/^data\[app\.conf\] \(\w+\)$/);
    expect(inFile(`{"a": {"${name}":"hunter2-9Xq"}}`)).toMatch(/^data\[app\.conf\] \(\w+\)$/);
    expect(
      fieldsOf({ apiVersion: 'example.com/v1', kind: 'Thing', spec: { values: { [name]: 'hunter2-9Xq' } } }),
    ).toContain('spec.values');
  });

  it.each([
    ['define("DB_PASSWORD", "hunter2");', 'config.php'],
    ['<password>hunter2</password>', 'users.xml'],
    ['<property><name>db.password</name><value>hunter2</value></property>', 'site.xml'],
    ['<property name="password" value="hunter2"/>', 'beans.xml'],
    ['requirepass hunter2', 'redis.conf'],
    ['user default on >hunter2 ~* +@all', 'users.acl'],
    ['password: |\n  hunter2', 'app.yaml'],
    ['Server=mssql;Database=shop;User Id=sa;Password=hunter2;', 'connection'],
    ['const password = "hunter2";', 'main.js'],
    ['PGPASSWORD=hunter2 psql', 'run.sh'],
    ['"auth": "YWRhOmh1bnRlcjI="', 'config.json'],
    ['Authorization: Bearer hunter2hunter2', 'headers'],
  ])('%s in a file', (line, name) => {
    expect(inFile(line, name)).toMatch(/^data(?:\[\S+\]|\.\w+) \(\w+\)$/);
  });

  it.each([
    ['POSTGRES_PASSWORD_FILE', '/run/secrets/password'],
    ['PASSWORD', '/run/secrets/password'],
    ['PASSWORD', 'file:///run/secrets/password'],
    ['PASSWORD', ''],
    ['PASSWORD', 'CHANGE_ME'],
    ['PASSWORD', '<password>'],
    ['PASSWORD', '********'],
    ['PASSWORD', '$(OTHER)'],
    ['PASSWORD', 'true'],
    ['PASSWORD_LENGTH', '12'],
    ['API_KEY', 'tls.key'],
    ['API_KEY', 'api-key'],
    ['SECRET_KEY', 'admin-password'],
    ['TOKEN', '3600'],
    ['TOKEN_URL', 'https://sso.example.com/token'],
    ['EXISTING_SECRET', 'shop-db'],
    ['TLS_SECRET', 'shop-tls'],
    ['SECRET_NAME', 'shop'],
    ['PWD', '/srv/app'],
    ['PARTITION_KEY', 'a8F3kq0ZxW'],
    ['PASSWORD_HASH_COST', '12'],
    ['TOKENIZER', 'a8F3kq0ZxW'],
    ['PRIVATE_KEY', './tls.key'],
    ['API_TOKEN', 'vault:secret/data/shop#token'],
  ])('%s with %s holds none', (name, value) => {
    expect(inEnv(name, value)).toBeUndefined();
    expect(inFile(`${name}=${value}`)).toBeUndefined();
    expect(fieldsOf({ data: { [name]: value } })).toBeUndefined();
  });

  it('a number is a password, and no token', () => {
    expect(inEnv('PASSWORD', '123456')).toBeDefined();
    expect(inEnv('PASSWORD', 'correct horse battery staple')).toBeDefined();
    expect(inEnv('MAX_TOKEN', '123456')).toBeUndefined();
  });
});

describe('of Secrets', () => {
  const secret = (more: object): string | undefined => fieldsOf({ kind: 'Secret', ...more });

  it('all that is written out counts, encoded or not', () => {
    expect(
      secret({ stringData: { user: 'ada', 'a.b': 'x1' }, data: { more: 'aHVudGVyMg==', bytes: '/////w==' } }),
    ).toBe('stringData.user, stringData[a.b], data.more, data.bytes');
    expect(secret({ type: 'kubernetes.io/dockerconfigjson', data: { '.dockerconfigjson': 'eyJhdXRocyI6e319' } })).toBe(
      'data[.dockerconfigjson]',
    );
  });

  it('nothing, a placeholder and what anybody may know do not', () => {
    const certificate = Buffer.from(KEY('CERTIFICATE')).toString('base64');
    expect(
      secret({
        stringData: { a: '', b: 'CHANGE_ME', c: '${FLUX}' },
        data: { d: '', e: Buffer.from('changeme').toString('base64'), 'ca.crt': certificate },
      }),
    ).toBeUndefined();
    expect(secret({ type: 'kubernetes.io/service-account-token' })).toBeUndefined();
    expect(secret({ data: { both: Buffer.from(KEY('CERTIFICATE') + KEY('PRIVATE KEY')).toString('base64') } })).toBe(
      'data.both',
    );
  });

  it('one that SOPS has encrypted passes, and what it left in clear does not', () => {
    const encrypted = 'ENC[AES256_GCM,data:c2VjcmV0,iv:YQ==,tag:Yg==,type:str]';
    const sops = { age: [{ recipient: 'age1x', enc: KEY('AGE ENCRYPTED FILE') }], mac: encrypted, version: '3.9.0' };
    expect(secret({ stringData: { password: encrypted }, sops })).toBeUndefined();
    expect(secret({ stringData: { password: encrypted, other: 'hunter2' }, sops })).toBe('stringData.other');
    // Nobody can decrypt it, and anybody can write a map of that name.
    expect(secret({ stringData: { password: encrypted } })).toBe('stringData.password');
    expect(secret({ stringData: { password: encrypted }, sops: {} })).toBe('stringData.password');
    expect(fieldsOf({ data: { PASSWORD: encrypted } })).toBe('data.PASSWORD');
    expect(fieldsOf({ data: { PASSWORD: encrypted }, sops })).toBeUndefined();
  });

  it('what kubectl left in an annotation counts', () => {
    const applied = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a' }, data: { password: 'aHVudGVyMg==' } };
    const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify(applied) };
    expect(secret({ metadata: { name: 'a', annotations } })).toBe(
      'metadata.annotations[kubectl.kubernetes.io/last-applied-configuration].data.password',
    );
    expect(
      secret({
        metadata: {
          name: 'a',
          annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{"password": "hunter2"' },
        },
      }),
    ).toBe('metadata.annotations[kubectl.kubernetes.io/last-applied-configuration] (password)');
  });
});

describe('says nothing of', () => {
  const dist = readdirSync('dist', { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.yaml'));

  it.each(dist)('dist/%s', (file) => expect(said(readFileSync(join('dist', file), 'utf-8'))).toEqual([]));

  it.each(readdirSync(CHARTS))('%s', (file) => expect(said(readFileSync(join(CHARTS, file), 'utf-8'))).toEqual([]));
});

describe('the finding', () => {
  it('names each field once, and how often; lines stand beside it, as they move', () => {
    const text = 'db:\n  password: hunter2\ncache:\n  password: hunter3\n  token: a8F3kq0ZxW\n';
    const yaml = stringify({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'a', namespace: 'shop' },
      data: { 'app.yaml': text, PASSWORD: 'x1' },
    });
    const [finding] = readState([{ file: 'x.yaml', text: yaml }], { secrets: true }).exposed;
    expect(finding).toEqual({
      rule: 'secret-in-clear',
      verdict: 'exposes',
      object: 'ConfigMap/shop/a',
      change: 'data[app.yaml] (2 × password, token), data.PASSWORD',
      says: 'Whoever reads this YAML has the secret: in a repository with all its history, in CI, and in the cluster.',
      wayOut: [
        '# change the secret where it is used: it is known, also if you remove it here',
        '# then refer to it: secretKeyRef, ExternalSecret, SealedSecret or SOPS; of a file, mount it from a Secret',
        '# data[app.yaml]: line 2, 4, 5 of the text',
      ],
      place: { file: 'x.yaml', line: 7 },
    });
  });

  it('is made of every object: of lists, of one without a name, and of one that stands twice', () => {
    const map = (name: string) => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name },
      data: { PASSWORD: 'hunter2' },
    });
    const job = {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { generateName: 'run-' },
      spec: { template: { spec: { containers: [{ name: 'a', env: [{ name: 'PASSWORD', value: 'hunter2' }] }] } } },
    };
    const list = { apiVersion: 'v1', kind: 'List', items: [map('a'), map('b'), job] };
    expect(said([list, map('a')].map((one) => stringify(one)).join('---\n'))).toEqual([
      'ConfigMap//a: data.PASSWORD',
      'ConfigMap//b: data.PASSWORD',
      'Job//run-: spec.template.spec.containers[a].env[PASSWORD]',
      'ConfigMap//a: data.PASSWORD',
    ]);
  });
});

describe('is linear in the length of a line', () => {
  // Quadratic, any of these would take hours.
  it.each([
    'password',
    'password=',
    '"password":"',
    '://a:',
    'eyJ',
    'eyJa.',
    'key-',
    'AccountKey=',
    "PASSWORD '",
    'user a >',
    'a:b@',
    '<password>',
    'LS0tLS1CRUdJTi',
    ' ',
  ])(
    'of %j, two megabytes',
    (part) => {
      const text = part.repeat(Math.ceil(2_000_000 / part.length));
      expect(() =>
        exposedBy({ apiVersion: 'v1', kind: 'ConfigMap', data: { a: text } }, 'a', () => PLACE),
      ).not.toThrow();
    },
    30_000,
  );
});

// What the library writes must not need a waiver.
test.each<[string, Partial<StatefulDatabaseProps>]>([
  ['PostgreSQL', { engine: DatabaseEngine.postgres({ version: '17.11' }) }],
  ['MariaDB', { engine: DatabaseEngine.mariadb({ version: '11.8.8' }), backupUser: { password: DUMP_PASSWORD } }],
  ['Valkey', { engine: DatabaseEngine.valkey({ version: '8.1.8' }) }],
])('finds nothing in a %s of this library, with users, metrics, backup, restore and drill', (_, props) => {
  const { chart, database } = newDatabase({
    applicationUser: { name: 'shop', password: SHOP_PASSWORD },
    metrics: { password: DUMP_PASSWORD },
    ...props,
  });
  const backup = new BlobBackupCronJob(chart, 'backup', { database, store: BLOBS, schedule: Cron.daily() });
  new BlobRestoreJob(chart, 'restore', { database, store: BLOBS });
  new RestoreDrill(chart, 'drill', { backup, schedule: Cron.weekly() });
  const texts = manifestsOf(chart).map((object) => stringify(object));
  expect(said(texts.join('---\n'))).toEqual([]);
});
