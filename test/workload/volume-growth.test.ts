import { Size } from 'cdk8s';
import { DISK } from '../support/elsewhere';
import { newDatabase, newSet } from '../support/samples';

const template = (name: string, gibibytes: number) => ({
  name,
  size: Size.gibibytes(gibibytes),
  mounts: [{ path: `/${name}` }],
});

describe('the procedure to grow volumes', () => {
  test('names every claim of the set, its class and namespace, and the file', () => {
    const { database } = newDatabase(
      { storage: { size: Size.gibibytes(64), storageClass: DISK, claimName: 'pg' } },
      { namespace: 'shop' },
    );
    expect(database.volumeGrowthProcedure('dist/shop.k8s.yaml')).toBe(
      [
        '# 1. The class must allow it: each line must say true.',
        'kubectl --namespace=shop get storageclass managed-csi --output=jsonpath=\'{.allowVolumeExpansion}{"\\n"}\'',
        '# 2. Each claim asks for its new size. A claim never shrinks: the server refuses a smaller one.',
        'kubectl --namespace=shop patch persistentvolumeclaim pg-db-0 --type=merge ' +
          '--patch=\'{"spec":{"resources":{"requests":{"storage":"64Gi"}}}}\'',
        '# 3. Wait until each has it. One that stays FileSystemResizePending grows when its pod is deleted and comes back.',
        'kubectl --namespace=shop wait persistentvolumeclaim pg-db-0 ' +
          "--for=jsonpath='{.status.capacity.storage}'=64Gi --timeout=10m",
        '# 4. The set is deleted and its pods go on, as its claim templates cannot be changed; then it is made again and takes ' +
          'them over.',
        'kubectl --namespace=shop delete statefulset db --cascade=orphan',
        'kubectl apply --filename=dist/shop.k8s.yaml',
        '',
      ].join('\n'),
    );
  });

  // `--cascade orphan` is read as --cascade (background) and a set called orphan: the pods would go.
  test('never deletes the pods', () => {
    const { set } = newSet({ volumeClaimTemplates: [template('data', 1)] });
    expect(set.volumeGrowthProcedure('x')).toContain('delete statefulset db --cascade=orphan\n');
  });

  test('covers each pod and each template, and the default class', () => {
    const { set } = newSet({ replicas: 2, volumeClaimTemplates: [template('data', 1), template('log', 2)] });
    const lines = set.volumeGrowthProcedure('x').split('\n');
    const claims = lines.flatMap((line) => /patch persistentvolumeclaim (\S+)/.exec(line)?.[1] ?? []);
    expect(claims).toEqual(['data-db-0', 'data-db-1', 'log-db-0', 'log-db-1']);
    expect(lines).toContain(
      'kubectl get storageclass   # a claim without class has the default one: see ALLOWVOLUMEEXPANSION',
    );
  });

  test('says so where there is nothing to grow', () => {
    expect(newSet().set.volumeGrowthProcedure('x')).toBe('# StatefulSet db has no claims: nothing grows.\n');
  });
});
