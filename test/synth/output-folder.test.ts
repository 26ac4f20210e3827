import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as cdk8s from 'cdk8s';
import { ApiObject, Chart, YamlOutputType } from 'cdk8s';
import { LinearApp } from '../../lib';
import { readAll } from '../support/synth-case';

let folder: string;
let dist: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'output-folder-'));
  dist = join(folder, 'dist');
});

afterEach(() => rmSync(folder, { recursive: true }));

/** An app with a chart of each of these names, and one object in each. */
function newApp(
  charts: { [name: string]: string },
  outdir = dist,
  yamlOutputType?: YamlOutputType,
  type = LinearApp,
): LinearApp {
  const app = new type({ outdir, ...(yamlOutputType !== undefined && { yamlOutputType }) });
  for (const [name, value] of Object.entries(charts)) {
    new ApiObject(new Chart(app, name), 'Thing', {
      apiVersion: 'v1',
      kind: 'Thing',
      metadata: { name },
      value,
    });
  }
  return app;
}

const synth = (charts: { [name: string]: string }) => newApp(charts).synth();

/** As a new process: it knows what was written before from the record alone. */
function inNewProcess(charts: { [name: string]: string }, outdir = dist, yamlOutputType?: YamlOutputType): void {
  jest.isolateModules(() => {
    jest.doMock('cdk8s', () => cdk8s);
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- the module is loaded anew, which import cannot do
    const { LinearApp: Fresh } = require('../../lib/synth/linear-app') as { LinearApp: typeof LinearApp };
    newApp(charts, outdir, yamlOutputType, Fresh).synth();
  });
}

const names = () => Object.keys(readAll(dist)).map((name) => name.slice(1));

describe('a second synthesis', () => {
  test('replaces only what changed, each file as a whole', () => {
    synth({ shop: 'old', bank: 'old' });
    const version = (name: string) => {
      const { ino, mtimeNs } = statSync(join(dist, name), { bigint: true });
      return { ino, mtimeNs };
    };
    const [shop, bank, record] = ['shop.k8s.yaml', 'bank.k8s.yaml', '.cdk8s-synth'].map(version);
    synth({ shop: 'new', bank: 'old' });
    expect(version('shop.k8s.yaml').ino).not.toBe(shop?.ino);
    expect(version('bank.k8s.yaml')).toEqual(bank);
    expect(version('.cdk8s-synth')).toEqual(record);
    expect(readFileSync(join(dist, 'shop.k8s.yaml'), 'utf8')).toContain('value: new\n');
  });

  test('removes what is no longer written, and nothing else', () => {
    inNewProcess({ shop: '', bank: '' });
    writeFileSync(join(dist, 'by-hand.k8s.yaml'), 'kind: Mine\n');
    mkdirSync(join(dist, 'ark'));
    inNewProcess({ ark: '' }, join(dist, 'ark'));
    inNewProcess({ shop: '' });
    expect(names().sort()).toEqual(['ark', 'ark/ark.k8s.yaml', 'by-hand.k8s.yaml', 'shop.k8s.yaml']);
    inNewProcess({});
    expect(names().sort()).toEqual(['ark', 'ark/ark.k8s.yaml', 'by-hand.k8s.yaml']);
    expect(existsSync(join(dist, '.cdk8s-synth'))).toBe(false);
  });

  test('removes the folder of a chart with it, unless something else lies in it', () => {
    const type = YamlOutputType.FOLDER_PER_CHART_FILE_PER_RESOURCE;
    inNewProcess({ shop: '', bank: '', empty: '' }, dist, type);
    writeFileSync(join(dist, 'bank/by-hand.txt'), 'mine');
    inNewProcess({ empty: '' }, dist, type);
    expect(names().sort()).toEqual(['bank', 'bank/by-hand.txt', 'empty', 'empty/Thing.empty.k8s.yaml']);
  });

  test('takes no harm from files that are gone, or are folders by now', () => {
    inNewProcess({ shop: '', bank: '', kept: '' });
    rmSync(join(dist, 'shop.k8s.yaml'));
    rmSync(join(dist, 'bank.k8s.yaml'));
    mkdirSync(join(dist, 'bank.k8s.yaml'));
    writeFileSync(join(dist, 'bank.k8s.yaml/mine'), '');
    inNewProcess({ kept: '' });
    expect(names().sort()).toEqual(['bank.k8s.yaml', 'bank.k8s.yaml/mine', 'kept.k8s.yaml']);
  });
});

test('the record is read by people and by git, not by kubectl', () => {
  synth({ shop: '', bank: '' });
  expect(readFileSync(join(dist, '.cdk8s-synth'), 'utf8')).toBe(
    '# What was synthesized here. The next synthesis removes of it what it does not write again.\n' +
      'bank.k8s.yaml\nshop.k8s.yaml\n',
  );
});

test('a record that leads elsewhere removes nothing there', () => {
  mkdirSync(dist);
  writeFileSync(join(folder, 'mine.txt'), 'mine');
  writeFileSync(
    join(dist, '.cdk8s-synth'),
    `#\n../mine.txt\n${join(folder, 'mine.txt')}\nsub/../../mine.txt\n..\n.\n\n`,
  );
  inNewProcess({ shop: '' });
  expect(readdirSync(folder).sort()).toEqual(['dist', 'mine.txt']);
  expect(names()).toEqual(['shop.k8s.yaml']);
});

describe('two apps of a program that write into one folder', () => {
  test('leave each other what they wrote', () => {
    inNewProcess({ one: '', two: '', gone: '' });
    const [first, second] = [newApp({ one: '' }), newApp({ two: '' })];
    first.synth();
    second.synth();
    first.synth();
    expect(names().sort()).toEqual(['one.k8s.yaml', 'two.k8s.yaml']);
  });

  test('and the next run of it knows the files of both', () => {
    synth({ one: '' });
    synth({ two: '' });
    inNewProcess({ three: '' });
    expect(names()).toEqual(['three.k8s.yaml']);
  });
});

describe('a synthesis that fails leaves everything as it was', () => {
  function failure(app: LinearApp): string {
    const before = existsSync(dist) ? [readAll(dist), readFileSync(join(dist, '.cdk8s-synth'), 'utf8')] : [];
    try {
      app.synth();
    } catch (error) {
      expect(existsSync(dist) ? [readAll(dist), readFileSync(join(dist, '.cdk8s-synth'), 'utf8')] : []).toEqual(before);
      return (error as Error).message;
    }
    throw new Error('it was written');
  }

  test('if an object cannot be rendered', () => {
    synth({ shop: 'old' });
    const app = newApp({ shop: 'new', bank: 'new' });
    new ApiObject(new Chart(app, 'broken'), 'One', { apiVersion: 'v1', kind: 'Thing', when: new Date(0) });
    expect(failure(app)).toContain("can't render non-simple object of type 'Date'");
  });

  test('if the folder cannot be made', () => {
    writeFileSync(join(folder, 'file'), '');
    const outdir = join(folder, 'file/dist');
    expect(failure(newApp({ shop: '' }, outdir))).toMatch(
      `Cannot write to the output folder '${outdir}', which is as it was: ENOTDIR: not a directory, mkdir`,
    );
  });

  test('if a file has the name of a folder', () => {
    synth({ bank: 'old', aaa: 'old' });
    mkdirSync(join(dist, 'shop.k8s.yaml'));
    expect(failure(newApp({ aaa: 'new', bank: 'new', shop: 'new' }))).toMatch(/, which is as it was: EISDIR/);
  });

  test('if a folder appears at the place of a file before that is put there', () => {
    synth({ bank: 'old', gone: 'old' });
    const app = newApp({ bank: 'new', other: 'new', shop: 'new' });
    // The last chart is rendered when the places of all others have been looked at.
    const last = new Chart(app, 'zzz');
    last.toJson = () => {
      mkdirSync(join(dist, 'shop.k8s.yaml/in-the-way'), { recursive: true });
      return [];
    };
    let message = '';
    try {
      app.synth();
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message).toMatch(/, which is as it was: E/);
    rmSync(join(dist, 'shop.k8s.yaml'), { recursive: true });
    expect(names().sort()).toEqual(['bank.k8s.yaml', 'gone.k8s.yaml']);
    expect(readFileSync(join(dist, 'bank.k8s.yaml'), 'utf8')).toContain('value: old\n');
    expect(existsSync(join(dist, '.cdk8s-synth.new'))).toBe(false);
  });

  // The kernel refuses to write more than this into a file, as it does when a disk is full.
  test('if the disk is full in the middle of a file', () => {
    synth({ bank: 'old', shop: 'old' });
    const before = readAll(dist);
    const program = `
      require('ts-node').register({ transpileOnly: true });
      const { ApiObject, Chart } = require('cdk8s');
      const { LinearApp } = require('./lib/synth/linear-app');
      const app = new LinearApp({ outdir: ${JSON.stringify(dist)} });
      for (const [name, length] of [['bank', 1], ['shop', 200000], ['more', 1]]) {
        new ApiObject(new Chart(app, name), 'One', { apiVersion: 'v1', kind: 'Thing', value: 'x'.repeat(length) });
      }
      app.synth();`;
    const limited = `trap '' XFSZ; ulimit -f 100; exec "$@"`;
    const { status, stderr } = spawnSync('bash', ['-c', limited, '-', process.execPath, '-e', program], {
      cwd: join(__dirname, '../..'),
      encoding: 'utf8',
    });
    expect(stderr).toContain(
      `Cannot write to the output folder '${dist}', which is as it was: EFBIG: file too large, write`,
    );
    expect(status).toBe(1);
    expect(readAll(dist)).toEqual(before);
    expect(existsSync(join(dist, '.cdk8s-synth.new'))).toBe(false);
  });
});

test('what a killed synthesis left is taken away by the next', () => {
  synth({ shop: 'old' });
  mkdirSync(join(dist, '.cdk8s-synth.new'));
  writeFileSync(join(dist, '.cdk8s-synth.new/0'), 'half of a fi');
  synth({ shop: 'new' });
  expect(names()).toEqual(['shop.k8s.yaml']);
});

test('a link in the place of a file is replaced, and what it led to is not', () => {
  synth({ shop: 'old' });
  renameSync(join(dist, 'shop.k8s.yaml'), join(folder, 'mine'));
  symlinkSync('../mine', join(dist, 'shop.k8s.yaml'));
  synth({ shop: 'new' });
  expect(readFileSync(join(folder, 'mine'), 'utf8')).toContain('value: old\n');
  expect(readFileSync(join(dist, 'shop.k8s.yaml'), 'utf8')).toContain('value: new\n');
});
