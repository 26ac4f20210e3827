import { readdirSync, symlinkSync } from 'node:fs';
import { Size } from 'cdk8s';
import { Deployment, HeadlessService, PersistentStatefulSet, PersistentVolumeClaim, Pod } from '../../lib';
import type { VolumeClaimMount } from '../../lib';
import { find, manifestsOf, named, newChart, synth } from '../support/manifests';
import type { StatefulSetManifest } from '../support/manifests';
import { podSecurityErrors } from '../support/pod-security';
import { expectRefused } from '../support/refused';
import { CONTAINER, newDatabase } from '../support/samples';
import { describeShell, Sandbox } from '../support/shell';
import type { Outcome } from '../support/shell';
import { schemaErrors } from '../support/strict-schema';

const SITE = { path: '/var/www/html', subPath: 'sites/main', seed: '/usr/src/site' };

type Spec = StatefulSetManifest['spec'];

function podOf(kind: 'Deployment' | 'Pod' | 'StatefulSet', mounts: VolumeClaimMount[], more: object = {}) {
  const manifests = synth((chart) => {
    const props = { name: 'web', containers: [CONTAINER], ...more };
    if (kind === 'StatefulSet') {
      const service = new HeadlessService(chart, 'web', { ports: [{ name: 'http', port: 80 }] });
      const volumeClaimTemplates = [{ name: 'files', size: Size.gibibytes(1), mounts }];
      return new PersistentStatefulSet(chart, 'set', { ...props, service, volumeClaimTemplates });
    }
    const claim = new PersistentVolumeClaim(chart, 'claim', { size: Size.gibibytes(1) });
    const claimed = { ...props, claims: [{ name: 'files', claim, mounts }] };
    return kind === 'Pod' ? new Pod(chart, 'pod', claimed) : new Deployment(chart, 'deployment', claimed);
  });
  expect(manifests.flatMap(schemaErrors)).toEqual([]);
  expect(manifests.flatMap(podSecurityErrors)).toEqual([]);
  const { metadata, spec } = find(manifests, kind, 'web');
  return (kind === 'Pod' ? { metadata, spec } : (spec as Spec).template) as Spec['template'];
}

describe('a mount with a seed', () => {
  test.each(['Deployment', 'Pod', 'StatefulSet'] as const)('in a %s is filled before all else', (kind) => {
    const pod = podOf(kind, [SITE], { initContainers: [{ name: 'init', image: 'example.com/init:1' }] });
    expect(pod.spec.initContainers.map(({ name }: { name: string }) => name)).toEqual(['seed-files', 'init']);
    const seed = named(pod.spec.initContainers, 'seed-files');
    expect(seed.image).toBe(CONTAINER.image);
    expect(seed.command.slice(0, 2)).toEqual(['sh', '-c']);
    expect(seed.command.slice(3)).toEqual(['seed', '/usr/src/site', '/volume/sites/main']);
    // The root of the volume, in which the folder is put in place by its name.
    expect(seed.volumeMounts).toEqual([{ name: 'files', mountPath: '/volume' }]);
    expect(named(pod.spec.containers, CONTAINER.name).volumeMounts).toEqual([
      { name: 'files', mountPath: '/var/www/html', subPath: 'sites/main' },
    ]);
    // kubectl exec and logs then take the first container without saying so.
    expect(pod.metadata.annotations).toEqual({ 'kubectl.kubernetes.io/default-container': CONTAINER.name });
  });

  test('is filled from the image, and by the user, of the container that sees it', () => {
    const side = {
      name: 'side',
      image: 'example.com/side:1',
      imagePullPolicy: 'Always',
      securityContext: { runAsUser: 33 },
      resources: {},
    };
    const pod = podOf('Deployment', [{ ...SITE, container: 'side' }], { containers: [CONTAINER, side] });
    const { securityContext, ...seed } = named(pod.spec.initContainers, 'seed-files');
    expect(seed).toMatchObject({ image: 'example.com/side:1', imagePullPolicy: 'Always', resources: {} });
    expect(securityContext).toMatchObject({ runAsUser: 33, readOnlyRootFilesystem: true });
  });

  test('is filled in a database too', () => {
    const { chart } = newDatabase({
      sidecars: [{ name: 'side', image: 'example.com/side:1' }],
      volumeClaimTemplates: [{ name: 'files', size: Size.gibibytes(1), mounts: [{ ...SITE, container: 'side' }] }],
    });
    const { spec } = find(manifestsOf(chart), 'StatefulSet', 'db');
    expect(named(spec.template.spec.initContainers, 'seed-files').image).toBe('example.com/side:1');
  });

  test('of an emptyDir is filled from the image of the first container that shares it', () => {
    const config = { path: '/usr/share/server/config', seed: '/usr/share/server/config', sizeLimit: Size.mebibytes(8) };
    const side = { name: 'side', image: 'example.com/side:1' };
    const pod = podOf('StatefulSet', [{ ...SITE, container: CONTAINER.name }], {
      containers: [CONTAINER, side],
      emptyDirs: [
        { ...config, containers: [CONTAINER.name, 'side'] },
        { path: '/etc/side', name: 'side', seed: '/etc/side.d', containers: ['side'] },
      ],
    });
    expect(pod.spec.initContainers.map(({ name }: { name: string }) => name)).toEqual([
      'seed-files',
      'seed-usr-share-server-config',
      'seed-side',
    ]);
    const seed = named(pod.spec.initContainers, 'seed-usr-share-server-config');
    expect(seed.image).toBe(CONTAINER.image);
    // Beside, and then renamed, as in a claim: the kubelet runs an init container again that was killed.
    expect(seed.command.slice(3)).toEqual(['seed', '/usr/share/server/config', '/volume/content']);
    expect(seed.volumeMounts).toEqual([{ name: 'usr-share-server-config', mountPath: '/volume' }]);
    expect(named(pod.spec.initContainers, 'seed-side').image).toBe(side.image);
    for (const { volumeMounts } of pod.spec.containers) {
      expect(volumeMounts).toContainEqual({
        name: 'usr-share-server-config',
        mountPath: '/usr/share/server/config',
        subPath: 'content',
      });
    }
  });

  test('of an emptyDir is refused where it names no folder, or leaves its init container no name', () => {
    const chart = newChart();
    const name = 'f'.repeat(59);
    expectRefused(
      chart,
      () => new Pod(chart, 'web', { containers: [CONTAINER], emptyDirs: [{ path: '/etc/web', name, seed: '/' }] }),
      "Pod 'test/web'",
      "'emptyDirs[0].seed' must be an absolute path below '/', without ':' and '..', got \"/\": write it as '/var/lib/data'",
      `'emptyDirs[0].name' must have at most 58 characters with a seed, got "${name}": the init container that fills it is called ` +
        "'seed-<name>'",
    );
  });

  test('is refused where it could not be whole or not at all', () => {
    const name = 'f'.repeat(59);
    const chart = newChart();
    const claim = PersistentVolumeClaim.fromClaimName(chart, 'claim', 'files');
    expectRefused(
      chart,
      () => {
        const mounts = [
          { path: '/a', seed: 'usr/src' },
          { path: '/b', subPath: 'b', seed: '/b' },
        ];
        return new Deployment(chart, 'web', { containers: [CONTAINER], claims: [{ name, claim, mounts }] });
      },
      "Deployment 'test/web'",
      "'claims[0].mounts[0].seed' must be an absolute path below '/', without ':' and '..', got \"usr/src\": write it as '/var/lib/data'",
      "'claims[0].mounts[0].subPath' must be given with a seed, got nothing: the root of a volume cannot be put in place in one " +
        "step, and half of it would be taken for the whole; write 'site'",
      '\'claims[0].mounts\' must have one seed, got ["usr/src","/b"]: give each folder that an image fills a volume of its own',
      `'claims[0].name' must have at most 58 characters with a seed, got "${name}": the init container that fills it is called ` +
        "'seed-<name>'",
    );
  });

  test('leaves its name to it', () => {
    const initContainers = [{ name: 'seed-files', image: 'example.com/init:1' }];
    expect(() => podOf('Pod', [SITE], { initContainers })).toThrow('must not have two containers of one name');
  });
});

describeShell('seed.sh', () => {
  let box: Sandbox;

  beforeEach(() => {
    box = new Sandbox();
    box.program('sync', ':');
    box.write('image/index.php', 'of the image');
    box.write('image/lib/.hidden', 'too');
    symlinkSync('image', box.path('link'));
    box.write('volume/lost+found/.keep', '');
  });

  afterEach(() => {
    box.remove();
  });

  const seed = (from = 'image', env: { [key: string]: string } = {}): Outcome => {
    const [sh = '', c = '', script = ''] = named(podOf('Pod', [SITE]).spec.initContainers, 'seed-files').command;
    return box.run([sh, c, script, 'seed', box.path(from), box.path('volume/sites/main')], env);
  };
  const inVolume = () => readdirSync(box.path('volume/sites'));

  test.each(['image', 'link'])('fills a folder with all that is in the %s', (from) => {
    expect(seed(from)).toMatchObject({ status: 0, stderr: '' });
    expect(box.read('volume/sites/main/index.php')).toBe('of the image');
    expect(box.read('volume/sites/main/lib/.hidden')).toBe('too');
    expect(inVolume()).toEqual(['main']);
  });

  // The kubelet makes the folder where a pod without the seed ran before.
  test('fills one that is there and empty', () => {
    box.write('volume/sites/main/x', '');
    box.run(['rm', box.path('volume/sites/main/x')]);
    expect(seed()).toMatchObject({ status: 0, stderr: '' });
    expect(box.read('volume/sites/main/index.php')).toBe('of the image');
    expect(inVolume()).toEqual(['main']);
  });

  test('leaves alone what is there', () => {
    box.write('volume/sites/main/upload', 'mine');
    expect(seed()).toMatchObject({
      status: 0,
      stdout: `seed: ${box.path('volume/sites/main')} holds something; left alone\n`,
    });
    expect(readdirSync(box.path('volume/sites/main'))).toEqual(['upload']);
  });

  test('that fails in the middle leaves nothing, and begins anew', () => {
    box.program('cp', 'PATH=${PATH#*:}; cp "$@"; echo "no space left" >&2; exit 1');
    expect(seed()).toMatchObject({ status: 1, stderr: 'no space left\n' });
    expect(inVolume()).toEqual([]);
    box.run(['rm', box.path('bin/cp')]);
    expect(seed()).toMatchObject({ status: 0, stderr: '' });
    expect(inVolume()).toEqual(['main']);
  });

  test('that is stopped takes its half away', () => {
    box.program('cp', 'PATH=${PATH#*:}; cp "$@"; kill $PPID');
    expect(seed().status).toBe(143);
    expect(inVolume()).toEqual([]);
  });

  // Its node lost power: nobody cleans up.
  test('that is killed in the middle leaves nothing under the name', () => {
    box.program('cp', 'PATH=${PATH#*:}; cp "$@"; kill -9 $PPID');
    expect(seed().status).toBeNull();
    expect(inVolume()).not.toContain('main');
    box.run(['rm', box.path('bin/cp')]);
    expect(seed()).toMatchObject({ status: 0, stderr: '' });
    expect(box.read('volume/sites/main/lib/.hidden')).toBe('too');
  });

  // A pod that was deleted may copy on while the next one has begun.
  test('that comes second changes nothing of what the first has put there', () => {
    box.program('sync', 'mkdir -p "$SANDBOX/volume/sites/main"; echo mine > "$SANDBOX/volume/sites/main/index.php"');
    expect(seed().status).toBe(1);
    expect(box.read('volume/sites/main/index.php')).toBe('mine\n');
    expect(readdirSync(box.path('volume/sites/main'))).toEqual(['index.php']);
    expect(inVolume()).toEqual(['main']);
  });
});
