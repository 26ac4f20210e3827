import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiObject, Chart } from 'cdk8s';
import { LinearApp } from '../../lib';
import * as command from '../../lib/guard/app-output';
import { main } from '../../lib/guard/cli';
import { guardOutput } from '../../lib/guard/output-guard';
import * as asked from '../../lib/synth/output-check';
import type { DataLock } from '../../lib/synth/output-check';
import { ROOT } from '../support/dist';

const home = process.cwd();
let folder: string;

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'data-lock-')));
  process.chdir(folder);
});

afterEach(() => {
  process.chdir(home);
  rmSync(folder, { recursive: true });
});

/** A program of cdk8s, with the names and sizes of sets of each scope. */
function program(sets: { [scope: string]: { [name: string]: string } }, more = '', output = 'FILE_PER_CHART'): string {
  writeFileSync(
    'main.js',
    `require('${ROOT}/scripts/register.cjs');
const { LinearApp } = require('${ROOT}/lib');
const { ApiObject, Chart, YamlOutputType } = require('${ROOT}/node_modules/cdk8s');
for (const [scope, sets] of Object.entries(${JSON.stringify(sets)})) {
  const app = new LinearApp({ outdir: 'dist/' + scope, yamlOutputType: YamlOutputType.${output}, dataLock: { scope, deployer: 'kubectl' } });
  const chart = new Chart(app, scope);
  for (const [name, storage] of Object.entries(sets)) new ApiObject(chart, name, {
    apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name, namespace: 'shop' },
    spec: {
      serviceName: name, selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'db', image: 'postgres:17.2', env: ${JSON.stringify(more)} ? [{ name: 'PASSWORD', value: ${JSON.stringify(more)} }] : [], volumeMounts: [{ name: 'data', mountPath: '/var/lib/postgresql/data' }] }] } },
      volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage } } } }],
    },
  });
  app.synth();
}
`,
  );
  return `${process.execPath} main.js`;
}

function synth(): { status: number | null; stderr: string } {
  const { status, stderr } = spawnSync(process.execPath, ['main.js'], { encoding: 'utf8' });
  return { status, stderr };
}

function guard(...args: string[]): { status: number; out: string; error: string } {
  let [out, error] = ['', ''];
  const terminal = { out: (text: string) => void (out += text), error: (text: string) => void (error += text) };
  const status = main(args, { ...terminal, stdin: () => '', colors: false });
  return { status, out, error };
}

/** All that is in a folder, and when it was written. */
function contents(path = '.'): { [file: string]: string } {
  const files = readdirSync(path, { recursive: true, encoding: 'utf8' }).sort();
  return Object.fromEntries(
    files.map((file) => {
      const status = statSync(join(path, file));
      return [file, status.isFile() ? `${status.mtimeMs} ${readFileSync(join(path, file), 'utf8')}` : ''];
    }),
  );
}

describe('a program whose apps have a data lock', () => {
  test('goes from a first state over a change that is refused to one that is accepted', () => {
    const app = program({ shop: { db: '1Gi' } });
    const first = synth();
    expect(first.status).not.toBe(0);
    expect(first.stderr).toContain(
      `Error: The data guard refuses the output of scope 'shop', and 'dist/shop' is as it was.

CANNOT READ  stateful.lock has no scope 'shop' to compare with. For a first state: cdk8s-stateful accept … --scope shop --baseline --because '…'

shop: 1 not read, so nothing is said to be safe. 1 objects with a part in data.
For a first state: npx cdk8s-stateful accept --app '<how you run the program>' --scope shop --baseline --because '…'
`,
    );
    expect(existsSync('dist')).toBe(false);

    const accept = ['accept', '--app', app, '--scope', 'shop'];
    expect(guard(...accept, '--baseline', '--because', 'first')).toMatchObject({ status: 0, error: '' });
    expect(existsSync('dist')).toBe(false);
    // The command knows what the app says of itself.
    expect(readFileSync('stateful.lock', 'utf8')).toContain('  shop:\n    deployer: kubectl\n');
    expect(synth()).toMatchObject({ status: 0 });
    expect(readdirSync('dist/shop').sort()).toEqual(['.cdk8s-synth', 'shop.k8s.yaml']);

    program({ shop: { db: '2Gi' } });
    const before = contents();
    const refused = synth();
    expect(refused.stderr).toContain(
      `Error: The data guard refuses the output of scope 'shop', and 'dist/shop' is as it was.

THE SERVER REFUSES  StatefulSet/shop/db  template-grown
  data 1Gi → 2Gi
`,
    );
    expect(refused.stderr).toContain('\n  dist/shop/shop.k8s.yaml:');
    const finding = "--finding 'template-grown:StatefulSet/shop/db'";
    expect(refused.stderr).toContain(
      `\nIs it meant? npx cdk8s-stateful accept --app '<how you run the program>' --scope shop ${finding} --because '…'\n`,
    );
    expect(contents()).toEqual(before);

    expect(guard('check', '--app', app, '--scope', 'shop')).toMatchObject({ status: 1 });
    expect(guard('plan', '--app', app, '--scope', 'shop').out).toContain('\n  shop.k8s.yaml:');
    expect(guard(...accept)).toMatchObject({ status: 1 });
    expect(contents()).toEqual(before);
    expect(guard(...accept, '--finding', 'template-grown:StatefulSet/shop/db', '--because', 'by hand').status).toBe(0);
    expect(synth()).toMatchObject({ status: 0 });
    expect(readFileSync('dist/shop/shop.k8s.yaml', 'utf8')).toContain('storage: 2Gi');
    expect(
      readdirSync(tmpdir()).filter(
        (name) => name.startsWith('cdk8s-stateful-app-') && existsSync(join(tmpdir(), name, 'shop')),
      ),
    ).toEqual([]);
  }, 60_000);

  test('has a scope for each, and of a file for each resource none is missing', () => {
    const both = { shop: { db: '1Gi', cache: '1Gi' }, bank: { ledger: '1Gi' } };
    const app = program(both, '', 'FILE_PER_RESOURCE');
    for (const scope of ['shop', 'bank']) {
      expect(guard('accept', '--app', app, '--scope', scope, '--baseline', '--because', 'x')).toMatchObject({
        status: 0,
      });
    }
    expect(synth()).toMatchObject({ status: 0 });
    expect(readdirSync('dist/shop').sort()).toEqual([
      '.cdk8s-synth',
      'StatefulSet.cache.k8s.yaml',
      'StatefulSet.db.k8s.yaml',
    ]);

    program({ ...both, bank: { ledger: '2Gi' } }, '', 'FILE_PER_RESOURCE');
    const before = contents();
    expect(synth().stderr).toContain("refuses the output of scope 'bank', and 'dist/bank' is as it was");
    expect(contents()).toEqual(before);
    expect(guard('check', '--app', app, '--scope', 'shop')).toMatchObject({ status: 0 });
    program({ shop: { db: '1Gi' } }, '', 'FOLDER_PER_CHART_FILE_PER_RESOURCE');
    // kubectl removes nothing, so that it is a note.
    expect(guard('check', '--app', app, '--scope', 'shop')).toMatchObject({ status: 0 });
    expect(guard('check', '--app', app, '--scope', 'shop', '--deployer', 'prune').out).toContain('set-removed');
  }, 60_000);

  test("counts the lock's own policy", () => {
    const app = program({ shop: { db: '1Gi' } });
    expect(guard('accept', '--app', app, '--scope', 'shop', '--baseline', '--secrets', '--because', 'x')).toMatchObject(
      { status: 0 },
    );
    expect(synth()).toMatchObject({ status: 0 });
    program({ shop: { db: '1Gi' } }, 'hunter2-in-clear');
    const { stderr } = synth();
    expect(stderr).toContain(
      'SECRET IN CLEAR  StatefulSet/shop/db  secret-in-clear\n  spec.template.spec.containers[db].env[PASSWORD]\n',
    );
    expect(stderr).not.toContain('hunter2');
  }, 60_000);

  test('that fails, or writes nothing for the scope, is no state', () => {
    const app = program({ shop: { db: '1Gi' }, bank: {} });
    expect(guard('check', '--app', app, '--scope', 'other')).toEqual({
      status: 2,
      out: '',
      error: `cdk8s-stateful: --app '${app}' wrote nothing for scope 'other': it wrote 'bank', 'shop'\n`,
    });
    expect(guard('check', '--app', 'true')).toEqual({
      status: 2,
      out: '',
      error: "cdk8s-stateful: --app 'true' wrote nothing for scope 'default': it has no LinearApp with a dataLock\n",
    });
    expect(guard('check', '--app', 'echo no luck >&2; exit 3')).toEqual({
      status: 2,
      out: '',
      error: "no luck\ncdk8s-stateful: --app 'echo no luck >&2; exit 3' failed with status 3\n",
    });
    expect(guard('check', 'dist', '--app', 'npx cdk8s synth')).toEqual({
      status: 2,
      out: '',
      error: `cdk8s-stateful: --app stands in place of files and folders
  --app 'npx cdk8s synth' would empty the output folder first; name the program itself, as 'app' in cdk8s.yaml does
`,
    });
  }, 60_000);
});

describe('an app with a data lock', () => {
  function newApp(dataLock: DataLock): LinearApp {
    const app = new LinearApp({ outdir: 'out', dataLock });
    const chart = new Chart(app, 'shop');
    new ApiObject(chart, 'claim', {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'data', namespace: 'shop' },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    });
    return app;
  }

  test('returns no text either, and hands it to the command', () => {
    const all: Required<DataLock> = { file: 'locks/shop.lock', scope: 'shop', deployer: 'helm', namespace: 'shop' };
    expect(() => newApp(all).synthYaml()).toThrow(
      "The data guard refuses the output of scope 'shop', and nothing is returned.\n\nCANNOT READ  locks/shop.lock has no scope 'shop'",
    );
    expect(() => newApp(all).synthYaml()).toThrow("--scope shop --lock 'locks/shop.lock' --baseline --because '…'\n");
    process.env.CDK8S_STATEFUL_OUT = join(folder, 'asked');
    try {
      const text = newApp(all).synthYaml();
      expect(readFileSync('asked/shop/synth-yaml.yaml', 'utf8')).toBe(text);
      expect(JSON.parse(readFileSync(join('asked/shop', asked.NOTE), 'utf8'))).toEqual(all);
      // Others write as ever.
      const other = new LinearApp({ outdir: 'other' });
      new Chart(other, 'other');
      other.synth();
      expect(readdirSync('.').sort()).toEqual(['asked', 'other']);
    } finally {
      delete process.env.CDK8S_STATEFUL_OUT;
    }
  });

  test('never passes without its check', () => {
    asked.registerOutputCheck(undefined);
    try {
      const message =
        "'dataLock' cannot be checked, so nothing is written: import LinearApp from 'cdk8s-stateful', not from a file in it";
      expect(() => newApp({}).synth()).toThrow(message);
      expect(() => newApp({}).synthYaml()).toThrow(message);
      expect(readdirSync('.')).toEqual([]);
    } finally {
      asked.registerOutputCheck((question) => guardOutput(question));
    }
  });

  test('refuses a lock that says what nobody can check', () => {
    expect(() => newApp({ scope: '../x', scop: 'x' } as DataLock)).toThrow(
      "LinearApp:\n- 'dataLock.scop' must be a prop of DataLock: file, scope, deployer, namespace\n- 'dataLock.scope' must be letters, digits, '.', '_' and '-', got '../x'",
    );
    expect(() => newApp({ deployer: 'spinnaker' }).synth()).toThrow(
      "'dataLock' cannot be checked, so nothing is written: --deployer 'spinnaker' is none of kubectl, prune, helm, argocd, flux",
    );
    writeFileSync('stateful.lock', 'version: [');
    expect(() => newApp({}).synth()).toThrow('CANNOT READ  stateful.lock is no YAML');
    expect(readdirSync('.')).toEqual(['stateful.lock']);
  });
});

test('the command and the app have the same names for what passes between them', () => {
  expect([command.ASKED_FOLDER, command.NOTE]).toEqual([asked.ASKED_FOLDER, asked.NOTE]);
});
