import { Size } from 'cdk8s';
import {
  DatabaseEngine,
  HeadlessService,
  PersistentStatefulSet,
  PersistentVolumeClaim,
  StatefulDatabase,
  StorageClass,
} from '../../lib';
import type { PersistentVolumeClaimProps, StatefulDatabaseProps } from '../../lib';
import { checkKnownProps, propsOf } from '../../lib/private/known-props';
import { PASSWORD } from '../support/elsewhere';
import { newChart } from '../support/manifests';
import { expectRefused, expectRefusedAlone } from '../support/refused';
import { CONTAINER, DATABASE, newService, newSet } from '../support/samples';

/** Props that came through a variable or from JavaScript: TypeScript does not look at their names. */
const loose = (props: object) => props as never;

test('every wrong name is refused at once, at any depth, and nothing is left behind', () => {
  const { storage, ...rest } = DATABASE;
  const props: StatefulDatabaseProps = loose({
    ...rest,
    storag: storage,
    applicationUser: { name: 'shop', password: PASSWORD, databasename: 'shop' },
    volumeClaimTemplates: [{ name: 'logs', size: Size.gibibytes(1), mounts: [{ path: '/logs', readonly: true }] }],
  });
  expectRefusedAlone(
    (chart) => new StatefulDatabase(chart, 'db', props),
    "StatefulDatabase 'test/db'",
    "'storag' must be a prop of StatefulDatabaseProps, got an object: it would be ignored; did you mean 'storage'?",
    "'applicationUser.databasename' must be a prop of DatabaseUser, got a string: it would be ignored; did you mean 'databaseName'?",
    "'volumeClaimTemplates[0].mounts[0].readonly' must be a prop of VolumeClaimMount, got a boolean: it would be ignored; did you mean 'readOnly'?",
  );
});

test('where no name is like it, all are named; the value, which may be a secret, is not', () => {
  expectRefusedAlone(
    (chart) => new PersistentVolumeClaim(chart, 'data', loose({ size: Size.gibibytes(1), passphrase: 'hunter2' })),
    "PersistentVolumeClaim 'test/data'",
    "'passphrase' must be a prop of PersistentVolumeClaimProps, got a string: it would be ignored; leave it out, or write one of " +
      "'accessMode', 'annotations', 'dataSource', 'labels', 'name', 'namespace', 'size', 'storageClass'",
  );
});

test.each<[string, unknown, string]>([
  ['a function', () => 0, 'a function'],
  ['a list', [1], 'a list'],
  ['a number', 1, 'a number'],
  ['null', null, 'null'],
  ['an object', {}, 'an object'],
])('%s is told by its kind', (_, value, kind) => {
  expect(() => checkKnownProps('Thing.of', 'ContainerLimits', { memori: value })).toThrow(
    new Error(
      `Thing.of:\n- 'memori' must be a prop of ContainerLimits, got ${kind}: it would be ignored; did you mean 'memory'?`,
    ),
  );
});

test('a factory names itself', () => {
  expect(() => DatabaseEngine.postgres(loose({ version: '17.11', initDbArgs: 'x' }))).toThrow(
    new Error(
      "DatabaseEngine.postgres:\n- 'initDbArgs' must be a prop of PostgresOptions, got a string: it would be ignored; did you mean 'initdbArgs'?",
    ),
  );
});

test('a reference names itself, and is not left in the tree', () => {
  const chart = newChart();
  expectRefused(
    chart,
    () => StorageClass.fromStorageClassName(chart, 'class', 'fast', loose({ provisoner: 'x' })),
    "StorageClass.fromStorageClassName 'test/class'",
    "'provisoner' must be a prop of StorageClassAttributes, got a string: it would be ignored; did you mean 'provisioner'?",
  );
});

test('a set whose growth is asked for wrongly stays in the tree', () => {
  const { chart, set } = newSet();
  expectRefused(
    chart,
    () => set.volumeGrowthProcedure(loose({ manifest: 'db.yaml', currentSize: {} })),
    "PersistentStatefulSet 'test/set'",
    "'currentSize' must be a prop of VolumeGrowthOptions, got an object: it would be ignored; did you mean 'currentSizes'?",
  );
});

describe('nothing is refused', () => {
  test('for a name without a value, as a spread of nothing leaves it', () => {
    const props: PersistentVolumeClaimProps = loose({ size: Size.gibibytes(1), storag: undefined });
    expect(() => new PersistentVolumeClaim(newChart(), 'data', props)).not.toThrow();
  });

  test('of what Kubernetes names, whatever it is called', () => {
    const chart = newChart();
    const later: typeof CONTAINER = loose({ ...CONTAINER, later: { nonsense: true } });
    const volume = { name: 'later', image: { reference: 'example.com/data:1' } };
    const container = { ...later, volumeMounts: [{ name: 'later', mountPath: '/later', nonsense: true }] };
    const props = { service: newService(chart), containers: [container], volumes: [volume] };
    expect(() => new PersistentStatefulSet(chart, 'set', props)).not.toThrow();
  });

  test('of maps whose keys are free', () => {
    const labels = { nonsense: 'x' };
    const ports = [{ name: 'sql', port: 5432 }];
    expect(() => new HeadlessService(newChart(), 'db', { labels, selector: labels, ports })).not.toThrow();
  });

  test('of a class that implements a struct and has members of its own', () => {
    class Claim implements PersistentVolumeClaimProps {
      public readonly size = Size.gibibytes(1);
      public readonly owner = 'shop';
    }
    expect(() => new PersistentVolumeClaim(newChart(), 'data', new Claim())).not.toThrow();
  });

  test('of an object without a prototype but its names', () => {
    const props = Object.assign(Object.create(null) as object, { memori: 1 });
    expect(() => checkKnownProps('Thing.of', 'ContainerLimits', props)).toThrow('memori');
  });
});

test('what belongs to another struct is not passed on', () => {
  expect(propsOf('DatabaseStorage', { size: 1, claimName: 'data', mounts: [] })).toEqual({
    size: 1,
    claimName: 'data',
  });
});
