import { JsonPatch, Size } from 'cdk8s';
import type { Chart } from 'cdk8s';
import { Construct } from 'constructs';
import {
  ArkNodeAgent,
  ArkPodVolumes,
  ArkProfile,
  Deployment,
  PersistentStatefulSet,
  Pod,
  StatefulDatabase,
} from '../../lib';
import type { ArkPodVolumesProps, Workload } from '../../lib';
import { newServer, PROFILES, serverOf } from '../support/ark';
import { invariantErrors } from '../support/invariants';
import { find, manifestsOf, newChart } from '../support/manifests';
import { expectRefused } from '../support/refused';
import { CONTAINER, DATA, DATABASE, newBackup, newDatabase, newService, newSet } from '../support/samples';

const VELERO = 'backup.velero.io/backup-volumes';
const EXCLUDES = 'backup.velero.io/backup-volumes-excludes';
const ARK = 'backup.ark.heptio.com/backup-volumes';

function annotationsOf(chart: Chart, kind: 'StatefulSet' | 'Deployment', name: string) {
  return find(manifestsOf(chart), kind, name).spec.template.metadata.annotations as unknown;
}

function newDeployment(chart: Chart, podAnnotations?: { [key: string]: string }): Deployment {
  return new Deployment(chart, 'web', {
    containers: [CONTAINER],
    emptyDirs: [
      { name: 'cache', path: '/cache' },
      { name: 'files', path: '/files' },
    ],
    ...(podAnnotations && { podAnnotations }),
  });
}

describe('volumes of pods are named in their annotations', () => {
  const ALL: Required<Omit<ArkPodVolumesProps, 'server' | 'workload'>> = {
    volumes: ['cache', 'files'],
    excludedVolumes: ['tmp'],
    liveDatabase: false,
  };

  test('with all that can be said', () => {
    const chart = newChart();
    const workload = new Deployment(chart, 'web', {
      containers: [CONTAINER],
      emptyDirs: ['cache', 'files', 'tmp'].map((name) => ({ name, path: `/${name}` })),
    });
    new ArkPodVolumes(chart, 'volumes', { server: serverOf(), workload, ...ALL });
    expect(annotationsOf(chart, 'Deployment', 'web')).toEqual({ [VELERO]: 'cache,files', [EXCLUDES]: 'tmp' });
    expect(invariantErrors(manifestsOf(chart))).toEqual([]);
  });

  test.each(PROFILES)('of a set by the name of the claim template: %s', (profile) => {
    const { chart, set } = newSet({ volumeClaimTemplates: [DATA] });
    new ArkPodVolumes(chart, 'volumes', { server: serverOf(profile), workload: set, volumes: ['data'] });
    const key = profile === ArkProfile.ARK_0_10 ? ARK : VELERO;
    expect(annotationsOf(chart, 'StatefulSet', 'db')).toEqual({ [key]: 'data' });
  });

  test('beside annotations that are there', () => {
    const chart = newChart();
    const workload = newDeployment(chart, { team: 'a' });
    new ArkPodVolumes(chart, 'volumes', { server: serverOf(), workload, volumes: ['cache'] });
    expect(annotationsOf(chart, 'Deployment', 'web')).toEqual({ team: 'a', [VELERO]: 'cache' });
  });

  test('of a Pod, beside what is added later', () => {
    const chart = newChart();
    const pod = new Pod(chart, 'pod', { containers: [CONTAINER], emptyDirs: [{ name: 'cache', path: '/cache' }] });
    new ArkPodVolumes(chart, 'volumes', { server: serverOf(), workload: pod, volumes: ['cache'] });
    pod.apiObject.metadata.addAnnotation('team', 'a');
    expect(find(manifestsOf(chart), 'Pod', 'pod').metadata.annotations).toEqual({ team: 'a', [VELERO]: 'cache' });
  });

  test('of a database that is dumped to a volume of its own', () => {
    const { chart, database } = newDatabase({ emptyDirs: [{ name: 'dump', path: '/dump' }] });
    new ArkPodVolumes(chart, 'volumes', { server: serverOf(), workload: database, volumes: ['dump'] });
    expect(annotationsOf(chart, 'StatefulSet', 'db')).toMatchObject({ [VELERO]: 'dump' });
  });

  test('for two servers of two groups', () => {
    const chart = newChart();
    const workload = newDeployment(chart);
    new ArkPodVolumes(chart, 'old', { server: serverOf(ArkProfile.ARK_0_10), workload, volumes: ['cache'] });
    new ArkPodVolumes(chart, 'new', { server: serverOf(), workload, volumes: ['files'] });
    expect(annotationsOf(chart, 'Deployment', 'web')).toEqual({ [ARK]: 'cache', [VELERO]: 'files' });
  });

  test('without a word of the construct, wherever it stands', () => {
    const build = (move: (scope: Construct) => Construct) => {
      const chart = newChart();
      const workload = newDeployment(chart);
      new ArkPodVolumes(move(chart), 'volumes', { server: serverOf(), workload, volumes: ['cache'] });
      return manifestsOf(chart);
    };
    expect(build((scope) => new Construct(scope, 'deep'))).toEqual(build((scope) => scope));
  });

  test('as they are patched before', () => {
    const chart = newChart();
    const workload = newDeployment(chart);
    workload.apiObject.addJsonPatch(
      JsonPatch.add('/spec/template/spec/volumes/-', { name: 'more', emptyDir: {} }),
      JsonPatch.add('/spec/template/metadata/annotations', { team: 'a' }),
    );
    new ArkPodVolumes(chart, 'volumes', { server: serverOf(), workload, volumes: ['more'] });
    expect(annotationsOf(chart, 'Deployment', 'web')).toEqual({ team: 'a', [VELERO]: 'more' });
  });

  test('and stay, where something else is patched later', () => {
    const chart = newChart();
    const workload = newDeployment(chart);
    new ArkPodVolumes(chart, 'volumes', { server: serverOf(), workload, volumes: ['cache'] });
    workload.apiObject.addJsonPatch(JsonPatch.add('/spec/template/metadata/annotations/team', 'a'));
    expect(annotationsOf(chart, 'Deployment', 'web')).toEqual({ [VELERO]: 'cache', team: 'a' });
  });
});

describe('when it is synthesized', () => {
  const invalid = (chart: Chart, ...problems: string[]) =>
    expect(() => chart.toJson() as unknown).toThrow(
      new Error(['Validation failed with the following errors:', ...problems].join('\n  ')),
    );

  // A backup would be complete without the data.
  test.each<[string, JsonPatch, string]>([
    [
      'the annotations',
      JsonPatch.replace('/spec/template/metadata/annotations', { team: 'a' }),
      `'workload' must keep the annotation ${VELERO}, got none: a patch has changed it; patch before`,
    ],
    [
      'the list',
      JsonPatch.replace(`/spec/template/metadata/annotations/${VELERO.replace('/', '~1')}`, 'other'),
      `'workload' must keep the annotation ${VELERO}, got other: a patch has changed it; patch before`,
    ],
    [
      'the volume',
      JsonPatch.replace('/spec/template/spec/volumes', [{ name: 'files', emptyDir: {} }]),
      "'workload' must keep the volume 'cache', got none: a patch has removed it; patch before",
    ],
  ])('a patch that takes away %s is refused', (_, patch, problem) => {
    const chart = newChart();
    const workload = newDeployment(chart);
    new ArkPodVolumes(chart, 'volumes', { server: serverOf(), workload, volumes: ['cache'] });
    manifestsOf(chart);
    workload.apiObject.addJsonPatch(patch);
    invalid(chart, `[test/volumes] ${problem}`);
  });

  test('a server without a node agent is refused', () => {
    const { chart, server } = newServer();
    new ArkPodVolumes(chart, 'volumes', { server, workload: newDeployment(chart), volumes: ['cache'] });
    invalid(
      chart,
      "[test/volumes] 'server' must have an ArkNodeAgent, got none: nobody would copy the volumes; make one in the server's chart",
    );
    new ArkNodeAgent(newChart(), 'agent', { server });
    manifestsOf(chart);
  });
});

describe('refused', () => {
  const LOST = 'the server would pass over it, and complete a backup without the data';
  const LIVE =
    'the files of a running database change while they are copied, and no server starts on them; name a volume that ' +
    'ArkDatabaseHook.dump writes to, or take snapshots; liveDatabase: true with ArkDatabaseHook.lock';

  function refused(chart: Chart, workload: Workload, props: Partial<ArkPodVolumesProps>, ...problems: string[]) {
    const make = () => new ArkPodVolumes(chart, 'volumes', { server: serverOf(), workload, ...props });
    expectRefused(chart, make, "ArkPodVolumes 'test/volumes'", ...problems);
  }

  test('is one that names no volume', () => {
    const chart = newChart();
    refused(
      chart,
      newDeployment(chart),
      {},
      "'volumes' must name a volume, got []: without, nothing is copied; name one of 'cache', 'files'",
    );
  });

  test('are names that no volume has, among them those of claims', () => {
    const { chart, set } = newSet({
      volumeClaimTemplates: [DATA],
      volumes: [{ name: 'shared', persistentVolumeClaim: { claimName: 'web-files' } }],
      containers: [{ ...CONTAINER, volumeMounts: [{ name: 'shared', mountPath: '/shared' }] }],
    });
    refused(
      chart,
      set,
      { volumes: ['dat', 'data-db-0'], excludedVolumes: ['web-files'] },
      `'volumes' must name volumes of the pod, got "dat": ${LOST}; write one of 'data', 'shared'`,
      `'volumes' must name volumes of the pod, got "data-db-0": ${LOST}; 'data-db-0' looks like its claim; write 'data'`,
      `'excludedVolumes' must name volumes of the pod, got "web-files": ${LOST}; 'web-files' looks like its claim; write 'shared'`,
    );
  });

  test('are volumes that hold nothing of their own', () => {
    const chart = newChart();
    const sources = {
      token: { projected: { sources: [] } },
      settings: { configMap: { name: 'settings' } },
      login: { secret: { secretName: 'login' } },
      host: { hostPath: { path: '/data' } },
      labels: { downwardApi: { items: [] } },
    };
    const names = Object.keys(sources);
    const volumeMounts = names.map((name) => ({ name, mountPath: `/${name}` }));
    const pod = new Pod(chart, 'pod', {
      containers: [{ ...CONTAINER, volumeMounts }],
      volumes: Object.entries(sources).map(([name, source]) => ({ name, ...source })),
    });
    refused(
      chart,
      pod,
      { volumes: names },
      ...Object.entries(sources).map(
        ([name, source]) =>
          `'volumes' must not name a volume of kind ${Object.keys(source)[0]?.replace('Api', 'API')}, got "${name}": the servers copy no such volume; what is in ` +
          'it comes from objects, which are backed up as they are; leave it out',
      ),
    );
  });

  test('is a volume that is named twice', () => {
    const chart = newChart();
    refused(
      chart,
      newDeployment(chart),
      { volumes: ['cache', 'cache', 'files'], excludedVolumes: ['files'] },
      '\'volumes\' must not have two entries of one volume, got "cache": name it once',
      '\'volumes\' must not have two entries of one volume, got "files": name it once',
    );
  });

  test('are exclusions with Ark, even of nothing', () => {
    const chart = newChart();
    refused(
      chart,
      newDeployment(chart),
      { server: serverOf(ArkProfile.ARK_0_10), volumes: ['cache'], excludedVolumes: [] },
      "'excludedVolumes' must be left out with Ark 0.10, got []: its server does not know it, and would pass over it in silence; " +
        'Velero 1.16 and Velero 1.18 do',
    );
  });

  test('is a second one of the same group', () => {
    const chart = newChart();
    const workload = newDeployment(chart);
    new ArkPodVolumes(chart, 'first', { server: serverOf(), workload, volumes: ['cache'] });
    refused(
      chart,
      workload,
      { volumes: ['files'] },
      `'workload' must not have the annotation ${VELERO}, got "test/web": the pods have 'cache' already; name all volumes of a workload in ` +
        'one ArkPodVolumes',
    );
  });

  test('are the data of a running database, named by itself or by its set', () => {
    const { chart, database } = newDatabase();
    for (const workload of [database, database.statefulSet]) {
      refused(
        chart,
        workload,
        { volumes: ['data'] },
        `'volumes' must not name the data folder of a database, got "data": ${LIVE}`,
      );
    }
    new ArkPodVolumes(chart, 'volumes', {
      server: serverOf(),
      workload: database,
      volumes: ['data'],
      liveDatabase: true,
    });
    expect(annotationsOf(chart, 'StatefulSet', 'db')).toMatchObject({ [VELERO]: 'data' });
  });

  test('is a job, whose pods come and go', () => {
    const { chart, backup } = newBackup();
    refused(
      chart,
      backup,
      { volumes: ['scratch'] },
      '\'workload\' must be a set, a Deployment or a Pod, got "test/backup": the pods of a job come and go; name the database or the set that ' +
        'owns the volume',
    );
  });
});

test('a set and a database are what they were but for the annotation', () => {
  const build = (annotated: boolean) => {
    const chart = newChart();
    const set = new PersistentStatefulSet(chart, 'set', {
      service: newService(chart),
      containers: [CONTAINER],
      volumeClaimTemplates: [{ ...DATA, size: Size.gibibytes(2) }],
    });
    const database = new StatefulDatabase(chart, 'pg', { ...DATABASE, emptyDirs: [{ name: 'dump', path: '/dump' }] });
    if (annotated) {
      new ArkPodVolumes(chart, 'a', { server: serverOf(), workload: set, volumes: ['data'] });
      new ArkPodVolumes(chart, 'b', { server: serverOf(), workload: database, volumes: ['dump'] });
    }
    return JSON.stringify(manifestsOf(chart));
  };
  const plain = build(true)
    .replace(`"annotations":{"${VELERO}":"data"},`, '')
    .replace(`,"${VELERO}":"dump"`, '')
    .replace(`,"annotations":{"${VELERO}":"data"}`, '');
  expect(plain).toBe(build(false));
});
