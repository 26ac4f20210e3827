import type { Resource } from '../model';
import type { JobContainer } from './job';
import type { Stores } from './stores';

/** Where a job reads and where it writes, by the names of hosts. */
export interface Hosts {
  readonly sources: readonly string[];
  readonly destinations: readonly string[];
}

const SOURCE = /(?:^|_)(?:HOST|HOSTS|HOSTNAME|SERVER|ADDR|ADDRESS|URL|URI|DSN|DATABASE|CONN\w*|ENDPOINTS?)$|^PGHOST$/;
const DESTINATION =
  /S3|AWS|BUCKET|RCLONE|RESTIC|REPOSITORY|STORAGE|STORE|BLOB|MINIO|BACKUP|DEST|REMOTE|WALG|KOPIA|BORG/;

/** What a job names: by variables, options and addresses. A word elsewhere may be a user, a database, an image. */
export function hostsOf({ words, env }: JobContainer): Hosts {
  const sources = new Set<string>();
  const destinations = new Set<string>();
  for (const [name, value] of Object.entries(env)) {
    if (DESTINATION.test(name)) addresses(value).forEach((host) => destinations.add(host));
    else if (SOURCE.test(name)) {
      const found = addresses(value);
      (found.length > 0 ? found : value.split(/[,\s]+/).map(withoutPort)).forEach((host) => sources.add(host));
    }
  }
  for (const [, one, two] of words.matchAll(OPTION)) {
    for (const host of (one ?? two ?? '').split(',')) sources.add(withoutPort(host));
  }
  // An address of a database, or of a store.
  for (const [, scheme = '', host = ''] of words.matchAll(ADDRESS)) {
    (/^(?:https?|s3|sftp|rest)$/.test(scheme) ? destinations : sources).add(withoutPort(host));
  }
  for (const [, hosts = ''] of words.matchAll(/--endpoints[= ](\S+)/g)) {
    for (const host of hosts.split(',')) sources.add(withoutPort(host.replace(/^\w+:\/\//, '')));
  }
  destinations.forEach((host) => sources.delete(host));
  return { sources: [...sources], destinations: [...destinations] };
}

/** `-h db`, `-hdb`, `--host=db`, `host=db` of a connection string. */
const OPTION =
  /(?:\s-h[ =]?|\s--host(?:name)?[ =]|\bhost=)["']?([\w.-]+(?::\d+)?(?:,[\w.-]+(?::\d+)?)*)|\s-H[ =]["']?([\w.-]+)/g;
const ADDRESS = /\b([a-z][\w+]{1,20}):\/\/(?:[^\s/@'"]*@)?([\w.-]+(?::\d+)?(?:,[\w.-]+(?::\d+)?)*)/g;

function addresses(value: string): string[] {
  return [...value.matchAll(ADDRESS)].flatMap(([, , hosts = '']) => hosts.split(',').map(withoutPort));
}

function withoutPort(host: string): string {
  return host.replace(/:\d+$/, '').replace(/\.$/, '');
}

/** Finds what answers under a name in the cluster. */
export class Directory {
  /** By namespace and name. */
  private readonly services = new Map<string, Resource>();

  public constructor(
    private readonly stores: Stores,
    objects: readonly Resource[],
  ) {
    for (const object of objects) {
      if (object.kind === 'Service' && object.group === '')
        this.services.set(`${object.namespace}/${object.name}`, object);
    }
  }

  /** The workloads behind a name as a pod of a namespace sees it: `db`, `db.shop`, `db-0.db.shop.svc.cluster.local`. */
  public workloads(host: string, namespace: string): Resource[] {
    const service = this.serviceOf(host.toLowerCase(), namespace);
    if (!service) return [];
    const selector = (service.facts.selector ?? '').split(', ').filter(Boolean);
    if (selector.length === 0) return [];
    return this.stores.workloadsIn(service.namespace).filter(({ facts }) => {
      const labels = facts.pod?.labels ?? {};
      return selector.every((pair) => {
        const [label = '', value = ''] = pair.split(/=(.*)/s, 2);
        return labels[label] === value;
      });
    });
  }

  public serviceOf(host: string, namespace: string): Resource | undefined {
    const parts = host.split('.');
    const end = parts.indexOf('svc');
    const names = end < 0 ? parts : parts.slice(0, end);
    if (end >= 0 && !['', 'cluster.local'].includes(parts.slice(end + 1).join('.'))) return undefined;
    const [last = '', before = ''] = names.slice().reverse();
    if (names.length === 1) return this.services.get(`${namespace}/${last}`);
    // `service.namespace` and `pod.service.namespace`, or `pod.service`.
    return (
      this.services.get(`${last}/${before}`) ??
      (names.length === 2 ? this.services.get(`${namespace}/${last}`) : undefined)
    );
  }
}
