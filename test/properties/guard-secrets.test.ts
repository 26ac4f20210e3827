import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { main } from '../../lib/guard/cli';
import { FORMATS } from '../../lib/guard/report/report';

const home = process.cwd();
let folder: string;
beforeAll(() => process.chdir((folder = mkdtempSync(join(tmpdir(), 'guard-secrets-')))));
afterAll(() => {
  process.chdir(home);
  rmSync(folder, { recursive: true });
});

const object = (kind: string, more: object): string =>
  stringify({
    apiVersion: kind === 'Thing' ? 'example.com/v1' : 'v1',
    kind,
    metadata: { name: 'a', namespace: 'shop' },
    ...more,
  });
const pod = (container: object): string =>
  object('Pod', { spec: { containers: [{ name: 'app', image: 'postgres:17.2', ...container }] } });
const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** Where a secret may stand. The last ones are YAML that may be none, with the secret in it. */
const PLACES: readonly ((secret: string) => string)[] = [
  (secret) => pod({ env: [{ name: 'POSTGRES_PASSWORD', value: secret }] }),
  (secret) => pod({ env: [{ name: 'URL', value: `postgres://shop:${secret}@db/shop` }] }),
  (secret) => pod({ env: [{ name: 'OPTIONS', value: `-Ddb.password=${secret}` }] }),
  (secret) => pod({ args: [`--password=${secret}`, '--token', secret] }),
  (secret) => pod({ command: ['sh', '-c', `PGPASSWORD='${secret}' psql`] }),
  (secret) =>
    object('ConfigMap', {
      data: {
        PASSWORD: secret,
        'app.yaml': `a: b\npassword: ${secret}\n`,
        'app.json': JSON.stringify({ token: secret }),
      },
    }),
  (secret) => object('ConfigMap', { binaryData: { file: base64(`api_key=${secret}\n`) } }),
  (secret) => object('Secret', { stringData: { one: secret }, data: { other: base64(secret) } }),
  (secret) =>
    object('Secret', {
      metadata: {
        name: 'a',
        annotations: {
          'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify({
            apiVersion: 'v1',
            kind: 'Secret',
            data: { a: base64(secret) },
          }),
        },
      },
    }),
  (secret) =>
    object('Thing', {
      spec: { values: { auth: { adminPassword: secret } }, list: [{ name: 'auth.password', value: secret }] },
    }),
  (secret) => `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\ndata:\n  password: ${secret}\n`,
  (secret) => `apiVersion: v1\nkind: Secret\nmetadata: { name: a }\nstringData: { password: ${secret} }\n`,
  (secret) => `apiVersion: v1\nkind: Secret\nmetadata: { name: a }\nstringData:\n  password: "${secret}"\n`,
];

function outputOf(yaml: string, args: readonly string[]): string {
  let output = '';
  const say = (text: string): void => void (output += text);
  main(args, { out: say, error: say, stdin: () => yaml, colors: false });
  return output;
}

it('never prints a secret, in no format, wherever it stands, also if nobody can read it', () => {
  const first = fc.constantFrom(...'*&!@%|>{["\'#-?:aZ7'.split(''));
  const rest = fc.string({
    unit: fc.constantFrom(...'abcXYZ0189+/=_-.!?*&@%#:;,{}[]()<>|~^$'.split('')),
    minLength: 12,
    maxLength: 30,
  });
  fc.assert(
    fc.property(fc.constantFrom(...PLACES), first, rest, (place, start, end) => {
      const secret = start + end;
      const yaml = place(secret);
      for (const format of FORMATS) {
        for (const command of [['check'], ['plan'], ['accept', '--baseline', '--because', 'x']]) {
          const output = outputOf(yaml, [...command, '-', '--secrets', '--format', format]);
          expect(output).not.toContain(secret);
          expect(output).not.toContain(end);
          expect(output).not.toContain(base64(secret));
          expect(output).not.toContain(encodeURIComponent(secret));
        }
      }
    }),
    {
      numRuns: 100,
      // What a parser cites: an alias, a tag, a directive, a reserved character.
      examples: ['*', '!', '%', '@', '{', '"'].map((sign) => [PLACES[10]!, sign, 'hunter2hunter2']),
    },
  );
});

it('finds one that is as random as secrets are, in each place', () => {
  const secret = fc.string({ unit: fc.constantFrom(...'abcdefXYZ0189'.split('')), minLength: 16, maxLength: 30 });
  fc.assert(
    fc.property(
      fc.constantFrom(...PLACES),
      secret.filter((text) => /\d/.test(text.slice(1, -3)) && !/^[\d.]+[a-z]{0,2}$/.test(text)),
      (place, text) => {
        expect(outputOf(place(text), ['check', '-', '--secrets'])).toContain('SECRET IN CLEAR');
      },
    ),
    { numRuns: 300 },
  );
});
