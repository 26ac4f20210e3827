import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { filesOf, readDist, ROOT } from '../support/dist';
import { podOf } from '../support/manifests';
import type { Manifest, PodSpec } from '../support/manifests';

type Container = PodSpec['containers'][number];

/** All that is in dist/, in the folders below it too. */
function everything(): Manifest[] {
  const folders = readdirSync(join(ROOT, 'dist'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ parentPath, name }) => join(parentPath, name).slice(ROOT.length + 1));
  return readDist(['dist', ...folders].flatMap(filesOf));
}

/** What a container does not say of memory and of the node's disk. */
function unsaid({ name, resources }: Container): string[] {
  const said = resources as { [kind in 'requests' | 'limits']?: { [resource: string]: unknown } } | undefined;
  return (['requests', 'limits'] as const).flatMap((kind) =>
    ['memory', 'ephemeral-storage']
      .filter((resource) => said?.[kind]?.[resource] === undefined)
      .map((resource) => `${name}: ${kind}.${resource}`),
  );
}

describe('each container of dist/', () => {
  const pods = everything().flatMap((manifest) => {
    const pod = podOf(manifest);
    return pod ? [{ of: `${manifest.kind} ${manifest.metadata.name}`, spec: pod.spec }] : [];
  });

  test('is looked at, of every kind that makes pods', () => {
    expect([...new Set(pods.map(({ of }) => of.split(' ')[0]))].sort()).toEqual([
      'CronJob',
      'DaemonSet',
      'Deployment',
      'Job',
      'Pod',
      'StatefulSet',
    ]);
  });

  // Without them a full node evicts the database first, or a job fills the disk that the database is on.
  test('says how much memory and disk of its node it asks for, and may use', () => {
    const missing = pods.flatMap(({ of, spec }) =>
      [...((spec as Partial<PodSpec>).initContainers ?? []), ...spec.containers]
        .flatMap(unsaid)
        .map((what) => `${of}, ${what}`),
    );
    expect([...new Set(missing)]).toEqual([]);
  });
});
