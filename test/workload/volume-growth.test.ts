import { Size } from 'cdk8s';
import type { VolumeGrowthOptions } from '../../lib';
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
    expect(database.volumeGrowthProcedure({ manifest: 'dist/shop.k8s.yaml' })).toBe(
      [
        '# 1. The class must allow it: each line must say true.',
        'kubectl --namespace=shop get storageclass managed-csi --output=jsonpath=\'{.allowVolumeExpansion}{"\\n"}\'',
        '# 2. Each claim asks for its new size. A claim never shrinks: the server refuses a smaller one.',
        'kubectl --namespace=shop patch persistentvolumeclaim pg-db-0 --type=merge ' +
          '--patch=\'{"spec":{"resources":{"requests":{"storage":"64Gi"}}}}\'',
        '# 3. Wait until each has it, or more, where the driver rounds up. One that stays FileSystemResizePending grows when its pod is deleted.',
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
    expect(set.volumeGrowthProcedure({ manifest: 'x' })).toContain('delete statefulset db --cascade=orphan\n');
  });

  test('covers each pod and each template, and the default class', () => {
    const { set } = newSet({ replicas: 2, volumeClaimTemplates: [template('data', 1), template('log', 2)] });
    const lines = set.volumeGrowthProcedure({ manifest: 'x' }).split('\n');
    const claims = lines.flatMap((line) => /patch persistentvolumeclaim (\S+)/.exec(line)?.[1] ?? []);
    expect(claims).toEqual(['data-db-0', 'data-db-1', 'log-db-0', 'log-db-1']);
    expect(lines).toContain(
      'kubectl get storageclass   # a claim without class has the default one: see ALLOWVOLUMEEXPANSION',
    );
  });

  test('refuses to shrink, where the present size is known, and a template that there is not', () => {
    const { set } = newSet({ volumeClaimTemplates: [template('data', 1), template('log', 2)] });
    const options: Required<VolumeGrowthOptions> = {
      manifest: 'x',
      currentSizes: { data: Size.mebibytes(1024), log: Size.gibibytes(3), logs: Size.gibibytes(1) },
    };
    expect(() => set.volumeGrowthProcedure(options)).toThrow(
      new Error(
        "PersistentStatefulSet 'test/set':\n" +
          "- 'currentSizes['log']' must be at most the new size, got \"3Gi\": a volume never shrinks; leave it at 3Gi, or dump the " +
          'data into a new set\n' +
          "- 'currentSizes' must name templates of the set, got \"logs\": it has 'data', 'log'",
      ),
    );
  });

  test('says so where there is nothing to grow', () => {
    expect(newSet().set.volumeGrowthProcedure({ manifest: 'x' })).toBe(
      '# StatefulSet db has no claims: nothing grows.\n',
    );
  });
});
