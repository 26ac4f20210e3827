import { Duration } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import { databaseOf } from '../database/database';
import { renderResources } from '../database/database-server';
import { quantity } from '../storage/quantity';
import { AntiAffinity } from '../workload/anti-affinity';
import { DataDurability, SynchronousMethod } from './cloudnative-pg-database-props';
import type {
  CloudNativePgDatabaseProps,
  CloudNativePgStorage,
  SynchronousReplication,
} from './cloudnative-pg-database-props';
import { ORIGIN, PLUGIN } from './continuous-archive';
import type { PostgresArchive } from './continuous-archive';
import { renderImport } from './postgres-import';

/** What else the spec is made of: names of objects, and where archives are. */
export interface ClusterParts {
  readonly name: string;
  readonly image: string;
  readonly selector: { [key: string]: string };
  readonly archive?: PostgresArchive | undefined;
  readonly origin?:
    (PostgresArchive & { readonly objectStore: string; readonly targetTime?: string | undefined }) | undefined;
}

export function instancesOf({ instances }: Pick<CloudNativePgDatabaseProps, 'instances'>): number {
  return instances ?? 3;
}

/** The spec of a `Cluster`. */
export function renderCluster(props: CloudNativePgDatabaseProps, parts: ClusterParts): object {
  const several = instancesOf(props) > 1;
  const stores = [parts.archive, parts.origin].flatMap((archive) => (archive ? [archive.store._parts] : []));
  const podLabels = Object.assign({}, ...stores.map((store) => store.podLabels)) as { [key: string]: string };
  const serviceAccount = stores.find((store) => store.serviceAccount)?.serviceAccount;
  const budget = props.podDisruptionBudget ?? several;
  const imported = props.importFrom && renderImport(props.importFrom);
  return plain({
    ...(Object.keys(podLabels).length > 0 && { inheritedMetadata: { labels: podLabels } }),
    ...(serviceAccount && { serviceAccountName: serviceAccount.name }),
    instances: instancesOf(props),
    imageName: parts.image,
    ...(props.imagePullSecrets && { imagePullSecrets: props.imagePullSecrets.map(({ name }) => ({ name })) }),
    // A new image moves the primary to a standby that runs it already, and restarts none that serves.
    primaryUpdateMethod: 'switchover',
    smartShutdownTimeout: (props.smartShutdownTimeout ?? Duration.seconds(15)).toSeconds(),
    stopDelay: (props.stopDelay ?? Duration.seconds(180)).toSeconds(),
    ...(!budget && { enablePDB: false }),
    ...(props.password && { enableSuperuserAccess: true, superuserSecret: { name: props.password.secret.name } }),
    bootstrap: renderBootstrap(props, parts, imported?.initdb),
    ...(imported && { externalClusters: imported.externalClusters }),
    ...(parts.origin && {
      externalClusters: [
        {
          name: ORIGIN,
          plugin: { name: PLUGIN, parameters: archiveParameters(parts.origin.objectStore, parts.origin) },
        },
      ],
    }),
    storage: renderStorage(props.storage),
    ...(props.walStorage && { walStorage: renderStorage(props.walStorage) }),
    resources: renderResources(props),
    postgresql: renderPostgresql(props),
    affinity: renderAffinity(props, several),
    ...((props.zoneSpread ?? several) && {
      topologySpreadConstraints: [
        {
          labelSelector: { matchLabels: parts.selector },
          maxSkew: 1,
          topologyKey: 'topology.kubernetes.io/zone',
          whenUnsatisfiable: 'ScheduleAnyway',
        },
      ],
    }),
    ...(props.priorityClassName !== undefined && { priorityClassName: props.priorityClassName }),
    ...(parts.archive && {
      plugins: [{ name: PLUGIN, isWALArchiver: true, parameters: archiveParameters(parts.name, parts.archive) }],
    }),
  }) as object;
}

function archiveParameters(objectStore: string, { serverName }: PostgresArchive): { [name: string]: string } {
  return { barmanObjectName: objectStore, serverName };
}

function renderBootstrap(
  props: CloudNativePgDatabaseProps,
  { origin }: ClusterParts,
  imported: object | undefined,
): object {
  const { applicationUser } = props;
  const application = {
    database: databaseOf(applicationUser, props.engine.spec),
    owner: applicationUser.name,
    secret: { name: applicationUser.password.secret.name },
  };
  if (!origin) {
    return { initdb: { ...application, dataChecksums: true, encoding: 'UTF8', ...imported } };
  }
  const { targetTime } = origin;
  return {
    recovery: { source: ORIGIN, ...application, ...(targetTime !== undefined && { recoveryTarget: { targetTime } }) },
  };
}

function renderStorage({ size, storageClass }: CloudNativePgStorage): object {
  return {
    size: quantity(size),
    ...(storageClass && { storageClass: storageClass.storageClassName }),
  };
}

function renderPostgresql(props: CloudNativePgDatabaseProps): object {
  const { continuousBackup, synchronous, sharedPreloadLibraries } = props;
  const objective = continuousBackup && (continuousBackup.recoveryPointObjective ?? Duration.minutes(5));
  const parameters = { ...(objective && { archive_timeout: String(objective.toSeconds()) }), ...props.parameters };
  return {
    ...(Object.keys(parameters).length > 0 && { parameters }),
    ...(sharedPreloadLibraries && { shared_preload_libraries: sharedPreloadLibraries }),
    ...(synchronous && { synchronous: renderSynchronous(synchronous) }),
  };
}

function renderSynchronous({ method, number, durability }: SynchronousReplication): object {
  const dataDurability = durability ?? DataDurability.REQUIRED;
  return {
    method: method ?? SynchronousMethod.ANY,
    number: number ?? 1,
    dataDurability,
    // A standby that is promoted must be one that has all acknowledged commits.
    failoverQuorum: dataDurability === DataDurability.REQUIRED,
  };
}

function renderAffinity(props: CloudNativePgDatabaseProps, several: boolean): object {
  const { nodeSelector, nodeAffinity, tolerations } = props;
  const antiAffinity = props.antiAffinity ?? (several ? AntiAffinity.PREFERRED : AntiAffinity.NONE);
  return {
    ...(antiAffinity === AntiAffinity.NONE
      ? { enablePodAntiAffinity: false }
      : { podAntiAffinityType: antiAffinity, topologyKey: 'kubernetes.io/hostname' }),
    ...(nodeSelector && { nodeSelector }),
    ...(nodeAffinity && { nodeAffinity }),
    ...(tolerations && { tolerations }),
  };
}

/** An `ApiObject` without a class of its own writes a quantity as the object that it is in TypeScript. */
function plain(value: unknown): unknown {
  if (value instanceof k8s.Quantity || value instanceof k8s.IntOrString) return value.value;
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
}
