import { JsonPatch } from 'cdk8s';
import { Construct } from 'constructs';
import { StatefulDatabase } from '../database/stateful-database';
import { checkKnownProps } from '../private/known-props';
import { checkUnique } from '../private/names';
import { Problems } from '../private/problems';
import type { Workload } from '../workload/workload';
import type { IArkServer } from './ark-server-props';
import { installationOf } from './installation';
import { podTemplateOf } from './pod-template';
import type { PodTemplate } from './pod-template';
import { checkSupported, factsOf, VELERO_PROFILES } from './profile-facts';

const TEMPLATE_ANNOTATIONS = '/spec/template/metadata/annotations';

/** Volumes that hold no data of their own, or that the servers cannot copy. */
const NOT_COPIED = ['hostPath', 'secret', 'configMap', 'projected', 'downwardAPI'];

/**
 * Properties of `ArkPodVolumes`.
 */
export interface ArkPodVolumesProps {
  /** The server that copies the volumes. */
  readonly server: IArkServer;

  /** The pods, of a set, a Deployment or a single one. */
  readonly workload: Workload;

  /**
   * Volumes that are copied, by their names **in the pod**: that of a claim template, not that of a claim.
   *
   * @default - none
   */
  readonly volumes?: string[];

  /**
   * Volumes that are not copied by a backup with `defaultVolumesToFsBackup`. Velero only.
   *
   * @default - none
   */
  readonly excludedVolumes?: string[];

  /**
   * Whether the data folder of a database may be copied while it runs. **Its files are then of different moments, and no server starts on
   * them**, unless a hook keeps it still meanwhile, as `ArkDatabaseHook.lock` does.
   *
   * @default false - a dump is copied, see `ArkDatabaseHook.dump`
   */
  readonly liveDatabase?: boolean;
}

/**
 * Has volumes of pods copied file by file (with restic or kopia) into the backup location, in place of snapshots. It is slower than a snapshot, and works
 * for any volume, region and cluster.
 *
 * It annotates the pod template, so **the pods are replaced once** when it is added, changed or removed. A name that no volume has is an
 * error here; the servers would log a warning, and complete a backup without the data.
 *
 * @see https://velero.io/docs/v1.18/file-system-backup/
 *
 * @example
 * declare const server: ArkServer;
 * declare const wordpress: Deployment;
 * new ArkPodVolumes(this, 'wordpress-volumes', { server, workload: wordpress, volumes: ['wordpress-data'] });
 */
export class ArkPodVolumes extends Construct {
  /**
   * @throws if a prop breaks a rule, naming each; if the server has no node agent, when the app is synthesized
   */
  public constructor(scope: Construct, id: string, props: ArkPodVolumesProps) {
    super(scope, id);
    checkKnownProps(this, 'ArkPodVolumesProps', props);
    const { server, workload, volumes = [], excludedVolumes = [] } = props;
    const problems = new Problems(this);
    const template = templateOf(problems, workload);
    if (volumes.length + excludedVolumes.length === 0) {
      const wayOut = `without, nothing is copied; name one of ${namesOf(template)}`;
      problems.add('volumes', 'must name a volume', volumes, wayOut);
    }
    checkSupported(problems, server.profile, VELERO_PROFILES, { excludedVolumes: props.excludedVolumes });
    checkVolumes(problems, 'volumes', volumes, template);
    checkVolumes(problems, 'excludedVolumes', excludedVolumes, template);
    checkUnique(problems, 'volumes', [...volumes, ...excludedVolumes], 'entries of one volume', 'name it once');
    const { group } = factsOf(server.profile);
    const annotations = {
      [`backup.${group}/backup-volumes`]: volumes,
      [`backup.${group}/backup-volumes-excludes`]: excludedVolumes,
    };
    checkKinds(problems, volumes, template);
    if (!props.liveDatabase) checkLiveDatabase(problems, volumes, workload, template);
    for (const [key, names] of Object.entries(annotations)) {
      if (names.length === 0 || template.annotations[key] === undefined) continue;
      const wayOut = `the pods have '${template.annotations[key]}' already; name all volumes of a workload in one ArkPodVolumes`;
      problems.add('workload', `must not have the annotation ${key}`, workload.node.path, wayOut);
    }
    problems.throwIfAny();

    annotate(workload, template, annotations);
    this.node.addValidation({
      validate: () => [
        ...(installationOf(server).nodeAgent === false
          ? [
              "'server' must have an ArkNodeAgent, got none: nobody would copy the volumes; make one in the server's chart",
            ]
          : []),
        ...lostSince(workload, annotations),
      ],
    });
  }
}

function templateOf(problems: Problems, workload: Workload): PodTemplate {
  const template = podTemplateOf(workload);
  if (template) return template;
  const wayOut = 'the pods of a job come and go; name the database or the set that owns the volume';
  problems.add('workload', 'must be a set, a Deployment or a Pod', workload.node.path, wayOut);
  return problems.throw();
}

function checkVolumes(problems: Problems, prop: string, volumes: string[], template: PodTemplate): void {
  for (const name of volumes) {
    if (template.volumes.some((volume) => volume.name === name)) continue;
    const ofClaim = template.volumes.find((volume) => name.startsWith(`${volume.name}-`) || claimOf(volume) === name);
    const hint = ofClaim
      ? `'${name}' looks like its claim; write '${ofClaim.name}'`
      : `write one of ${namesOf(template)}`;
    problems.add(
      prop,
      'must name volumes of the pod',
      name,
      `the server would pass over it, and complete a backup without the data; ${hint}`,
    );
  }
}

function checkKinds(problems: Problems, volumes: string[], template: PodTemplate): void {
  for (const volume of template.volumes.filter(({ name }) => volumes.includes(name))) {
    const kind = NOT_COPIED.find((one) => volume[one] !== undefined);
    if (kind === undefined) continue;
    const wayOut =
      'the servers copy no such volume; what is in it comes from objects, which are backed up as they are; leave it out';
    problems.add('volumes', `must not name a volume of kind ${kind}`, volume.name, wayOut);
  }
}

function checkLiveDatabase(problems: Problems, volumes: string[], workload: Workload, template: PodTemplate): void {
  // Its set makes the same pods.
  const database = workload instanceof StatefulDatabase ? workload : workload.node.scope;
  if (!(database instanceof StatefulDatabase)) return;
  const { mountPath } = database.engine.spec;
  const data = template.containers[0]?.volumeMounts?.filter((mount) => mount.mountPath === mountPath) ?? [];
  for (const { name } of data.filter((mount) => volumes.includes(mount.name))) {
    const wayOut =
      'the files of a running database change while they are copied, and no server starts on them; name a volume that ' +
      'ArkDatabaseHook.dump writes to, or take snapshots; liveDatabase: true with ArkDatabaseHook.lock';
    problems.add('volumes', 'must not name the data folder of a database', name, wayOut);
  }
}

function annotate(workload: Workload, template: PodTemplate, annotations: { [key: string]: string[] }): void {
  const { apiObject } = workload;
  const isPod = template.kind === 'Pod';
  if (!isPod && Object.keys(template.annotations).length === 0) {
    apiObject.addJsonPatch(JsonPatch.add(TEMPLATE_ANNOTATIONS, {}));
  }
  for (const [key, names] of Object.entries(annotations)) {
    if (names.length === 0) continue;
    // A patch would take away what is added to a Pod's own metadata later.
    if (isPod) apiObject.metadata.addAnnotation(key, names.join(','));
    else apiObject.addJsonPatch(JsonPatch.add(`${TEMPLATE_ANNOTATIONS}/${key.replace('/', '~1')}`, names.join(',')));
  }
}

/** What was patched since may have taken away the annotation or a volume: the backup would be complete without the data. */
function lostSince(workload: Workload, annotations: { [key: string]: string[] }): string[] {
  const template = podTemplateOf(workload);
  return Object.entries(annotations).flatMap(([key, names]) => [
    ...(names.length > 0 && template?.annotations[key] !== names.join(',')
      ? [
          `'workload' must keep the annotation ${key}, got ${template?.annotations[key] ?? 'none'}: a patch has changed it; patch before`,
        ]
      : []),
    ...names
      .filter((name) => !template?.volumes.some((volume) => volume.name === name))
      .map((name) => `'workload' must keep the volume '${name}', got none: a patch has removed it; patch before`),
  ]);
}

function claimOf(volume: { readonly [kind: string]: unknown }): unknown {
  return (volume.persistentVolumeClaim as { claimName?: string } | undefined)?.claimName;
}

function namesOf({ volumes }: PodTemplate): string {
  return volumes.map(({ name }) => `'${name}'`).join(', ');
}
