import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { RenderedJob } from './job';
import { find } from './manifests';
import type { Manifest } from './manifests';

const LIB = join(__dirname, '../../lib');

/** What the first step of a job runs. It is part of pods that live on: it is never changed without need. */
export const START = `set -eu
to=/scratch/scripts
[ -d "$to" ] || { rm -rf "$to.new"; mkdir "$to.new"; (cd -P /scripts/..data && cp -- * "$to.new"); mv "$to.new" "$to"; }
exec sh "$to/$0.sh" 1
`;

/** All files of folders of lib/, by their names. */
export function filesIn(...folders: string[]): { [name: string]: string } {
  return Object.fromEntries(
    folders.flatMap((folder) =>
      readdirSync(join(LIB, folder)).map((name) => [name, readFileSync(join(LIB, folder, name), 'utf8')]),
    ),
  );
}

/** What all steps share, whatever the engine: hooks of volumes are not theirs. */
export const DRIVERS = {
  ...Object.fromEntries(Object.entries(filesIn('database/scripts')).filter(([name]) => !name.startsWith('volume'))),
  ...filesIn('backup/scripts'),
};

const { version } = JSON.parse(readFileSync(join(LIB, '../package.json'), 'utf8')) as { version: string };

/** What an Azure store adds to them. */
export const REMOTE = { 'remote.sh': filesIn('backup/stores/azure')['remote.sh'] };

/** The first file of the ConfigMap of a backup, or of a restore or drill that has its own. */
export function readmeOf(name: string): string {
  return `Scripts of the backup '${name}', and of its restore and drill, contract 1. A run copies them first.
Written by cdk8s-stateful ${version}; whatever is changed here, the next apply brings back.
What they do, and how they fail: https://github.com/cdk8s-stateful/cdk8s-stateful/blob/main/docs/backup.md
`;
}

/** The names of the ConfigMaps of jobs' scripts, among those of databases and checks, with their namespace. */
export function scriptMaps(manifests: Manifest[]): string[] {
  return manifests
    .filter(({ kind }) => kind === 'ConfigMap')
    .filter((manifest) => 'dump.sh' in find([manifest], 'ConfigMap', manifest.metadata.name).data)
    .map(({ metadata }) => [metadata.namespace, metadata.name].filter((part) => part !== undefined).join('/'));
}

/** Expects that a job runs the scripts of a ConfigMap, which its first step alone sees and copies. */
export function expectScripts(job: RenderedJob, configMap: string): void {
  const [first = '', ...others] = job.steps;
  expect(job.pod.volumes.filter(({ name }) => name === 'scripts')).toEqual([
    { name: 'scripts', configMap: { name: configMap } },
  ]);
  expect(job.step(first).command).toEqual(['sh', '-c', START, first]);
  for (const name of others) expect(job.step(name).command).toEqual(['sh', `/scratch/scripts/${name}.sh`, '1']);
  for (const name of job.steps) {
    expect(job.step(name)).not.toHaveProperty('args');
    const mounts = job.step(name).volumeMounts.filter((mount) => mount.name === 'scripts');
    expect(mounts).toEqual(name === first ? [{ name: 'scripts', mountPath: '/scripts', readOnly: true }] : []);
  }
}
