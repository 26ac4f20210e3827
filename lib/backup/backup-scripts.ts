import { join } from 'node:path';
import { Chart, Lazy } from 'cdk8s';
import type { ApiObject } from 'cdk8s';
import type { IConstruct } from 'constructs';
import type { DatabaseEngine } from '../database/database-engine';
import { SCRIPTS, readLibrary, readScripts, readme } from '../database/read-script';
import { isAttached } from '../private/identity';
import type { Problems } from '../private/problems';
import { addTextConfigMap, checkTextConfigMap } from '../workload/text-config-map';
import type { TextConfigMap, TextFiles } from '../workload/text-config-map';
import type { Workload } from '../workload/workload';
import type { BlobStore } from './blob-store';

/**
 * What pods and scripts agree on: the arguments, the environment and the folders of a step. Raise it, and `contract` in step.sh, when
 * scripts of one side would do harm with pods of the other.
 */
export const CONTRACT = 1;

/**
 * Copies the scripts into the scratch volume, from one snapshot of the kubelet's, and runs the first step: all steps of a run are of one
 * version. A copy that is there is kept.
 */
const START = `set -eu
to=/scratch/scripts
[ -d "$to" ] || { rm -rf "$to.new"; mkdir "$to.new"; (cd -P ${SCRIPTS.path}/..data && cp -- * "$to.new"); mv "$to.new" "$to"; }
exec sh "$to/$0.sh" ${CONTRACT}
`;

/** @param first whether it is the first step of its pod */
export function stepCommand(step: string, first: boolean): string[] {
  return first ? ['sh', '-c', START, step] : ['sh', `/scratch/scripts/${step}.sh`, String(CONTRACT)];
}

/** The files that all steps of a backup, its restore and its drill run. */
function filesOf(engine: DatabaseEngine, { _parts: store }: BlobStore, backup: string): TextFiles {
  const { backupScripts } = engine.spec;
  return {
    ...readme(
      `Scripts of the backup '${backup}', and of its restore and drill, contract ${CONTRACT}. A run copies them first.`,
      'backup.md',
    ),
    ...readDrivers(),
    ...(store.script !== undefined && { 'remote.sh': store.script }),
    'engine.sh': backupScripts?.verbs ?? '',
    ...backupScripts?.files,
  };
}

/** What is the same for all engines. */
function readDrivers(): TextFiles {
  return { ...readLibrary(), ...readScripts(join(__dirname, 'scripts')) };
}

/** @param others names of further scripts that stand beside them */
export function checkFileNames(problems: Problems, prop: string, files: TextFiles = {}, others: string[] = []): void {
  const taken = ['README', ...Object.keys(readDrivers()), 'engine.sh', 'remote.sh', ...others];
  for (const name of Object.keys(files)) {
    if (/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name) && !taken.includes(name)) continue;
    const rule = "must be names of A-Z, a-z, 0-9, '.', '-' and '_' that no other script has";
    problems.add(prop, rule, name, "it would stand in another script's place; write it as 'rows.sql'");
  }
}

/** A job that runs scripts. */
export interface ScriptedJob extends Workload {
  readonly cronJobName: string;
  readonly apiObject: ApiObject;
}

interface Scripts {
  readonly job: ScriptedJob;
  readonly map: TextConfigMap;
  readonly data: TextFiles;
}

/** The scripts of those jobs of an app that work on one place, in one namespace. */
interface Shelf {
  backup?: Scripts;
  readonly others: Scripts[];
}

const shelves = new WeakMap<IConstruct, Map<string, Shelf>>();

/** The ConfigMap of a job, before it is known who makes it. */
export class BackupScripts {
  private readonly own: Scripts;
  private adopted: ScriptedJob[] = [];

  public constructor(
    job: ScriptedJob,
    private readonly engine: DatabaseEngine,
    namespace: string | undefined,
    private readonly store: BlobStore,
  ) {
    const name = `${job.cronJobName}-scripts`;
    // Not those of the backup: whoever applies a restore without the backup leaves out all that is labeled as the backup's.
    const map = { name, namespace, labels: { app: name } };
    this.own = { job, map, data: filesOf(engine, store, job.cronJobName) };
  }

  public get name(): string {
    return this.own.map.name;
  }

  public check(problems: Problems): void {
    const { job, map, data } = this.own;
    if (!this.engine.spec.backupScripts) return;
    checkFileNames(problems, 'engine.backupScripts.files', this.engine.spec.backupScripts.files);
    checkTextConfigMap(problems, job, 'name', 'engine.backupScripts', map, data);
  }

  /**
   * A backup's, which its restores and drills use too. What restores made before that goes.
   *
   * @param used whether the backup itself runs them
   */
  public addForBackup(used: boolean): void {
    const shelf = this.shelf();
    shelf.backup = this.own;
    const same = shelf.others.filter((other) => isAttached(other.job) && isSame(other, this.own));
    this.adopted = same.map(({ job }) => job);
    for (const job of this.adopted) job.node.tryRemoveChild(CHILD);
    if (used || this.adopted.length > 0) add(this.own);
  }

  /** Has the ConfigMap of a backup stand before those that were made before it. */
  public precede(cronJob: ApiObject): void {
    const map = this.own.job.node.tryFindChild(CHILD);
    if (!map || this.adopted.length === 0) return;
    for (const user of [cronJob, ...this.adopted.map((job) => job.apiObject)]) {
      if (Chart.of(map) === Chart.of(user)) user.node.addDependency(map);
    }
  }

  /** Those of a restore or a drill: the backup's, if the app has one with the same, else its own. */
  public add(): void {
    this.shelf().others.push(this.own);
    const backup = this.ofBackup();
    if (!backup) add(this.own);
    else if (!backup.job.node.tryFindChild(CHILD)) add(backup);
  }

  /** Name of the ConfigMap of a restore or a drill: a backup may come later. */
  public lazyName(): string {
    const name: unknown = Lazy.any({ produce: () => (this.ofBackup() ?? this.own).map.name });
    return name as string;
  }

  private ofBackup(): Scripts | undefined {
    const { backup } = this.shelf();
    return backup && isAttached(backup.job) && isSame(this.own, backup) ? backup : undefined;
  }

  private shelf(): Shelf {
    const { root } = this.own.job.node;
    const ofApp: Map<string, Shelf> = shelves.get(root) ?? new Map<string, Shelf>();
    shelves.set(root, ofApp);
    const key = `${this.own.map.namespace ?? ''}/${this.store.place}`;
    const shelf: Shelf = ofApp.get(key) ?? { others: [] };
    ofApp.set(key, shelf);
    return shelf;
  }
}

const CHILD = 'Scripts';

function add({ job, map, data }: Scripts): void {
  addTextConfigMap(job, CHILD, map, data);
}

function isSame({ data: { README: _one, ...one } }: Scripts, { data: { README: _other, ...other } }: Scripts): boolean {
  const names = Object.keys(one);
  return names.length === Object.keys(other).length && names.every((name) => one[name] === other[name]);
}
