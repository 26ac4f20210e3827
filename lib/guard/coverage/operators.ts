import { hoursOf, spoken } from '../../units/duration';
import { longestGap } from '../../units/longest-gap';
import type { Resource } from '../model';
import type { Reader } from '../reader';
import { Collector } from './backup';
import type { Findings, Scene } from './backup';
import { isDrill, readJob } from './job';
import type { Store } from './stores';

/** An object that backs up a resource of an operator by its name. */
interface Request {
  readonly of: string;
  readonly name: (spec: Reader) => string;
  readonly schedule: (spec: Reader) => string;
  readonly isOff: (spec: Reader) => boolean;
  readonly kept?: (spec: Reader) => string;
}

const REQUESTS: { readonly [kind: string]: Request } = {
  'ScheduledBackup.postgresql.cnpg.io': {
    of: 'Cluster.postgresql.cnpg.io',
    name: (spec) => spec.get('cluster', 'name').raw(),
    schedule: (spec) => spec.get('schedule').raw(),
    isOff: (spec) => spec.get('suspend').raw() === 'true',
  },
  'Backup.k8s.mariadb.com': {
    of: 'MariaDB.k8s.mariadb.com',
    name: (spec) => spec.get('mariaDbRef', 'name').raw(),
    schedule: (spec) => spec.get('schedule', 'cron').raw(),
    isOff: (spec) => spec.get('schedule', 'suspend').raw() === 'true',
    kept: (spec) => spec.get('maxRetention').raw(),
  },
  'PhysicalBackup.k8s.mariadb.com': {
    of: 'MariaDB.k8s.mariadb.com',
    name: (spec) => spec.get('mariaDbRef', 'name').raw(),
    schedule: (spec) => spec.get('schedule', 'cron').raw(),
    isOff: (spec) => spec.get('schedule', 'suspend').raw() === 'true',
    kept: (spec) => spec.get('maxRetention').raw(),
  },
};

/** Schedules that stand in the resource itself. */
const INSIDE: { readonly [kind: string]: (spec: Reader) => string[] } = {
  'PostgresCluster.postgres-operator.crunchydata.com': (spec) =>
    spec
      .get('backups', 'pgbackrest', 'repos')
      .list()
      .flatMap((repo) => Object.values(repo.get('schedules').texts() ?? {})),
  'PerconaPGCluster.pgv2.percona.com': (spec) =>
    spec
      .get('backups', 'pgbackrest', 'repos')
      .list()
      .flatMap((repo) => Object.values(repo.get('schedules').texts() ?? {})),
  'PerconaXtraDBCluster.pxc.percona.com': (spec) =>
    spec
      .get('backup', 'schedule')
      .list()
      .map((one) => one.get('schedule').raw()),
  'PerconaServerMySQL.ps.percona.com': (spec) =>
    spec
      .get('backup', 'schedule')
      .list()
      .map((one) => one.get('schedule').raw()),
  'PerconaServerMongoDB.psmdb.percona.com': (spec) =>
    spec
      .get('backup', 'tasks')
      .list()
      .filter((task) => task.get('enabled').raw() === 'true')
      .map((task) => task.get('schedule').raw()),
  'postgresql.acid.zalan.do': (spec) =>
    spec.get('enableLogicalBackup').raw() === 'true' ? [spec.get('logicalBackupSchedule').raw() || '30 0 * * *'] : [],
};

/** What operators back up of their own resources. */
export function ofOperators({ stores, objects }: Scene): Findings {
  const found = new Collector();
  const owned = new Map(
    stores.all.filter(({ resource }) => resource.facts.data !== undefined).map((store) => [store.resource.key, store]),
  );
  for (const resource of objects) {
    const spec = resource.object?.get('spec');
    const request = REQUESTS[`${resource.kind}.${resource.group}`];
    if (!spec || !request) continue;
    const store = owned.get(`${request.of}/${resource.namespace}/${request.name(spec)}`);
    if (!store) found.unplaced.push(`${resource.key} backs up '${request.name(spec)}', which is not in this YAML`);
    else placeRequest(resource, request, spec, store, { found, objects });
  }
  for (const store of owned.values()) {
    const { kind, group, key, object } = store.resource;
    const schedules = (object && INSIDE[`${kind}.${group}`]?.(object.get('spec'))) ?? [];
    for (const schedule of schedules) {
      const gap = longestGap(schedule);
      if (gap !== Infinity) found.cover(store, { by: key, ...(gap !== undefined && { gap }), caveats: [] });
    }
  }
  return found;
}

interface Around {
  readonly found: Collector;
  readonly objects: readonly Resource[];
}

function placeRequest(
  { key }: Resource,
  request: Request,
  spec: Reader,
  store: Store,
  { found, objects }: Around,
): void {
  const schedule = request.schedule(spec);
  const gap = longestGap(schedule);
  const place = request.of.startsWith('Cluster.') ? placeOf(spec, store.resource) : { archives: false };
  if (request.isOff(spec)) found.miss(store, `${key} is suspended`);
  else if (schedule === '') found.miss(store, `${key} has no schedule: it is made once`);
  else if (gap === Infinity) found.miss(store, `${key} has a date that never comes`);
  else if (!place)
    found.miss(store, `${key} has nowhere to write: ${store.resource.key} names no plugin that takes backups`);
  else {
    const kept = request.kept?.(spec) ?? keptOf(store.resource, objects);
    const drill = drillOf(store.resource, objects);
    const between = place.archives ? archiveGap(store.resource) : gap;
    found.cover(store, {
      by: key,
      ...(between !== undefined && { gap: between }),
      ...(kept !== '' && { kept }),
      ...(drill !== undefined && { drill }),
      caveats: place.caveat === undefined ? [] : [place.caveat],
    });
  }
}

/** The ObjectStore of a Cluster, and its name there. */
function archiveOf({ facts, name }: Resource): { readonly store: string; readonly server: string } {
  const [store = '', server = name] = (facts.data?.archive ?? '').split(' ');
  return { store, server };
}

function keptOf(cluster: Resource, objects: readonly Resource[]): string {
  const { store } = archiveOf(cluster);
  const found = objects.find(
    ({ kind, group, namespace, name }) =>
      kind === 'ObjectStore' && group === 'barmancloud.cnpg.io' && namespace === cluster.namespace && name === store,
  );
  const retention =
    found?.facts.backup?.retention?.retentionPolicy ??
    cluster.object?.get('spec', 'backup', 'retentionPolicy').raw() ??
    '';
  const hours = hoursOf(retention);
  return hours === undefined ? '' : spoken(hours);
}

/** A job that recovers the archive of a Cluster: its name says that it is a drill, and it reads the Cluster's folder. */
function drillOf(cluster: Resource, objects: readonly Resource[]): string | undefined {
  const { server } = archiveOf(cluster);
  return objects.find((object) => {
    if (object.kind !== 'CronJob' || object.namespace !== cluster.namespace || !isDrill(object)) return false;
    const places = readJob(object, new Map())?.containers.map(({ env }) => env.BLOB_PREFIX) ?? [];
    return places.some((place) => place?.split('/').at(-1) === server);
  })?.key;
}

/** Where CloudNativePG writes a backup by its method; nothing if it has no such place. */
function placeOf(
  backup: Reader,
  { object }: Resource,
): { readonly archives: boolean; readonly caveat?: string } | undefined {
  const spec = object?.get('spec');
  const plugins = spec?.get('plugins').list() ?? [];
  const inTree = spec?.get('backup', 'barmanObjectStore').has() === true;
  const archives =
    inTree ||
    plugins.some((plugin) => plugin.get('isWALArchiver').raw() === 'true' && plugin.get('enabled').raw() !== 'false');
  switch (backup.get('method').raw() || 'barmanObjectStore') {
    case 'plugin': {
      const name = backup.get('pluginConfiguration', 'name').raw();
      const plugin = plugins.find((one) => one.get('name').raw() === name);
      return plugin && plugin.get('enabled').raw() !== 'false' ? { archives } : undefined;
    }
    case 'volumeSnapshot':
      return spec?.get('backup', 'volumeSnapshot').has() === true
        ? { archives, caveat: 'the snapshots stay where the volume is' }
        : undefined;
    default:
      return inTree ? { archives } : undefined;
  }
}

/** With an archive of the log, what is lost is what was not archived yet: 5 minutes, unless archive_timeout says another time. */
function archiveGap({ object }: Resource): number {
  const text = object?.get('spec', 'postgresql', 'parameters', 'archive_timeout').raw() ?? '';
  const timeout = text.replace(/\s+/g, '').replace(/min$/, 'm');
  const hours = /^\d+$/.test(timeout) ? Number(timeout) / 3600 : hoursOf(timeout);
  return hours === undefined || hours === 0 ? 5 / 60 : hours;
}
