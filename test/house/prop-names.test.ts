import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as lib from '../../lib';
import { PROP_NAMES } from '../../lib/private/prop-names';
import { ROOT } from '../support/dist';
import { newChart } from '../support/manifests';
import { newDatabase, newSet } from '../support/samples';

/** A public constructor or method, and where among its parameters a struct of this library is. */
interface Taker {
  readonly of: string;
  readonly member?: string;
  readonly isStatic?: boolean;
  readonly parameters: string[];
  readonly at: number;
  readonly struct: string;
}

const folder = mkdtempSync(join(tmpdir(), 'cdk8s-stateful-prop-names-'));
afterAll(() => rmSync(folder, { recursive: true }));

const [table, list] = ['prop-names.ts', 'takers.json'].map((file) => join(folder, file)) as [string, string];
const { status, stderr } = spawnSync(process.execPath, [join(ROOT, 'scripts/prop-names.mjs'), table, list], {
  encoding: 'utf-8',
});
if (status !== 0) throw new Error(stderr);
const takers = JSON.parse(readFileSync(list, 'utf8')) as Taker[];

test('lib/private/prop-names.ts is what `npm run prop-names` writes', () => {
  expect(readFileSync(join(ROOT, 'lib/private/prop-names.ts'), 'utf8')).toBe(readFileSync(table, 'utf8'));
});

/** Props of a struct with a wrong name at each of its levels, and where that is. */
function wrongProps(struct: string, at = ''): { at: string; in: string; props: object }[] {
  const held = (PROP_NAMES as { [struct: string]: string })[struct]!.split(' ').flatMap((entry) => {
    const [, name, of, isList] = /^(\w+):(\w+)(\[\])?$/.exec(entry) ?? [];
    if (name === undefined || of === undefined) return [];
    return wrongProps(of, `${at}${name}${isList ? '[1]' : ''}.`).map((one) => ({
      ...one,
      props: { [name]: isList ? [{}, one.props] : one.props },
    }));
  });
  return [{ at: `${at}nonsense`, in: struct, props: { nonsense: 'a secret' } }, ...held];
}

/** Who has the methods that are not static. */
const instances: { [name: string]: () => object } = {
  PersistentStatefulSet: () => newSet().set,
  StatefulDatabase: () => newDatabase().database,
};

/** Calls what takes a struct, with nothing else that it could look at. */
function call({ of, member, isStatic, parameters, at }: Taker, props: object): void {
  const type = (lib as unknown as { [name: string]: new (...args: unknown[]) => unknown })[of]!;
  const chart = newChart();
  const args = parameters.map((name, index) => (index === at ? props : name === 'scope' ? chart : name));
  const children = () => chart.node.children.length;
  try {
    if (member === undefined) new type(...args);
    else {
      const object = (isStatic ? type : instances[of]!()) as { [member: string]: (...args: unknown[]) => unknown };
      object[member]!(...args);
    }
  } finally {
    expect(children()).toBe(0);
  }
}

const cases = takers.flatMap((taker) => wrongProps(taker.struct).map((wrong) => ({ taker, wrong })));

// TypeScript checks names in literals only: with a typo in a variable a rule, or a whole volume, is not there.
test.each(
  cases.map(({ taker, wrong }) => [
    `${taker.member === undefined ? 'new ' : ''}${[taker.of, taker.member].filter(Boolean).join('.')}`,
    wrong.at,
    { taker, wrong },
  ]),
)('%s refuses %s', (_, __, { taker, wrong }) => {
  expect(() => call(taker, wrong.props)).toThrow(`\n- '${wrong.at}' must be a prop of ${wrong.in}, got a string: `);
  expect(() => call(taker, wrong.props)).not.toThrow('a secret');
});

test('no struct of the public API is left out', () => {
  // The others are what these extend.
  const tried = new Set(cases.map(({ wrong }) => wrong.in));
  expect(Object.keys(PROP_NAMES).filter((struct) => !tried.has(struct))).toEqual([
    'ArkBackupOptions',
    'ArkObjectFilter',
    'ArkResourceFilter',
    'BlobJobProps',
    'CommonStorageClassProps',
    // LinearApp checks it by itself: its props are cdk8s' own.
    'DataLock',
    'DatabaseJobProps',
    'JobProps',
    'MetricsEndpoint',
    // What a set gives.
    'NetworkPort',
    'ScheduledJobProps',
    'StatefulWorkloadProps',
    'WorkloadProps',
  ]);
});
