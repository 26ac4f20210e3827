import { Size } from 'cdk8s';
import { Deployment, PersistentVolumeClaim, Pod, StatefulDatabase } from '../../lib';
import { find, manifestsOf, named, newChart } from '../support/manifests';
import { expectRefusedAlone } from '../support/refused';
import { CONTAINER, DATA, DATABASE, newSet, renderSet } from '../support/samples';

const EXPORTER = { name: 'exporter', image: 'oliver006/redis_exporter:v1.80.0' };
const REDIS = { name: 'redis', image: 'redis:8.2.1' };

function refused(prop: string, path: string, names: string, wayOut: string): string {
  return (
    `'${prop}' must name the container in a pod of several, got nothing: ${path} could be meant for ${names}: none of their ` +
    `images, or more than one, is known to keep its data there; write ${wayOut}`
  );
}

function mountsIn(props: Parameters<typeof renderSet>[0], name: string) {
  return named(renderSet(props).spec.template.spec.containers, name).volumeMounts;
}

describe('a mount without a container', () => {
  test('goes to the only one', () => {
    const props = { containers: [CONTAINER], initContainers: [REDIS], volumeClaimTemplates: [DATA] };
    expect(mountsIn(props, 'server')).toEqual([{ name: 'data', mountPath: '/data' }]);
  });

  // The exporter would have the claim, and Redis forget everything.
  test.each([[[EXPORTER, REDIS]], [[REDIS, EXPORTER]]])(
    'goes to the one whose image keeps its data there',
    (containers) => {
      const props = { containers, volumeClaimTemplates: [DATA], emptyDirs: [] };
      expect(mountsIn(props, 'redis')).toEqual([{ name: 'data', mountPath: '/data' }]);
      expect(mountsIn(props, 'exporter')).toBeUndefined();
    },
  );

  test('goes to it where the data lie deeper, or where it is told', () => {
    const env = [{ name: 'PGDATA', value: '/pg/17/main' }];
    const postgres = { name: 'postgres', image: 'postgres:17.11', env };
    const volumeClaimTemplates = [{ ...DATA, mounts: [{ path: '/pg' }] }];
    expect(mountsIn({ containers: [EXPORTER, postgres], volumeClaimTemplates }, 'postgres')).toEqual([
      { name: 'data', mountPath: '/pg' },
    ]);
  });

  test('may be of a volume that is lost with the pod', () => {
    const emptyDirs = [{ path: '/data' }];
    expect(mountsIn({ containers: [EXPORTER, REDIS], emptyDirs }, 'redis')).toEqual([
      { name: 'data', mountPath: '/data' },
    ]);
  });

  test.each([
    ['none of them is known', [CONTAINER, EXPORTER], "'server', 'exporter'", ['server', 'exporter']],
    ['two of them keep their data there', [REDIS, { ...REDIS, name: 'other' }], "'redis', 'other'", ['redis', 'other']],
    // With another command it need not be a server.
    [
      'its command is another',
      [EXPORTER, { ...REDIS, command: ['sleep', '1d'] }],
      "'exporter', 'redis'",
      ['exporter', 'redis'],
    ],
    [
      'its data are elsewhere',
      [EXPORTER, { name: 'sql', image: 'mysql:8.0.39' }],
      "'exporter', 'sql'",
      ['exporter', 'sql'],
    ],
  ])('is refused where %s', (_, containers, names, each) => {
    expectRefusedAlone(
      (chart) => {
        const claim = PersistentVolumeClaim.fromClaimName(chart, 'claim', 'files');
        const claims = [{ name: 'files', claim, mounts: [{ path: '/data', seed: '/seed', subPath: 'a' }] }];
        try {
          return new Deployment(chart, 'web', { containers, claims, emptyDirs: [{ path: '/cache' }] });
        } finally {
          chart.node.tryRemoveChild('claim');
        }
      },
      "Deployment 'test/web'",
      refused('claims[0].mounts[0].container', '/data', names, each.map((name) => `container: '${name}'`).join(' or ')),
      refused('emptyDirs[0].containers', '/cache', names, each.map((name) => `containers: ['${name}']`).join(' or ')),
      ...(names.includes('sql')
        ? [
            "'sql.volumeMounts' must hold /var/lib/mysql, where mysql:8.0.39 keeps its data, got []: the image has a VOLUME there " +
              'that is lost with the container; mount the claim at the path of that VOLUME exactly',
          ]
        : []),
    );
  });

  test('is refused in a set and in a pod too', () => {
    const containers = [CONTAINER, EXPORTER];
    expect(() => newSet({ containers, volumeClaimTemplates: [DATA] })).toThrow(
      `\n- ${refused('volumeClaimTemplates[0].mounts[0].container', '/data', "'server', 'exporter'", "container: 'server' or container: 'exporter'")}`,
    );
    const chart = newChart();
    const claim = PersistentVolumeClaim.fromClaimName(chart, 'claim', 'files');
    const claims = [{ name: 'files', claim, mounts: [{ path: '/data' }] }];
    expect(() => new Pod(chart, 'pod', { containers, claims })).toThrow("'claims[0].mounts[0].container' must name");
  });

  // Its seed comes from the image of the container that sees it.
  test('is filled from the image that decides', () => {
    const volumeClaimTemplates = [{ ...DATA, mounts: [{ path: '/data', seed: '/seed', subPath: 'a' }] }];
    const { spec } = renderSet({ containers: [EXPORTER, REDIS], volumeClaimTemplates });
    expect(named(spec.template.spec.initContainers, 'seed-data').image).toBe('redis:8.2.1');
  });

  test('goes to the server of a database, whatever stands beside it', () => {
    const chart = newChart();
    new StatefulDatabase(chart, 'db', {
      ...DATABASE,
      sidecars: [REDIS],
      volumeClaimTemplates: [{ name: 'dumps', size: Size.gibibytes(1), mounts: [{ path: '/data' }] }],
      emptyDirs: [{ path: '/scratch' }],
    });
    const { containers } = find(manifestsOf(chart), 'StatefulSet', 'db').spec.template.spec;
    expect(named(containers, 'postgresql').volumeMounts).toEqual(
      expect.arrayContaining([
        { name: 'dumps', mountPath: '/data' },
        { name: 'scratch', mountPath: '/scratch' },
      ]),
    );
    expect(named(containers, 'redis').volumeMounts).toBeUndefined();
  });
});
