import type { Case, Manifest } from './case';

interface ClusterOptions {
  readonly image?: string;
  readonly instances?: number;
  readonly bootstrap?: unknown;
  readonly storage?: unknown;
  readonly walStorage?: unknown;
  readonly synchronous?: unknown;
  readonly plugins?: unknown;
  /** Another Cluster, out of whose archive it can be recovered. */
  readonly origin?: string;
}

const WAL = { size: '1Gi', storageClass: 'fast' };
const PLUGIN = 'barman-cloud.cloudnative-pg.io';

export function plugin(serverName: string): unknown[] {
  return [{ name: PLUGIN, isWALArchiver: true, parameters: { barmanObjectName: 'pg', serverName } }];
}

/** A Cluster of CloudNativePG. */
export function cluster(options: ClusterOptions = {}): Manifest {
  const { image = '17.6-minimal-trixie', instances = 3, storage = WAL, plugins = plugin('pg') } = options;
  const {
    bootstrap = { initdb: { database: 'shop', owner: 'shop' } },
    walStorage = WAL,
    synchronous,
    origin,
  } = options;
  return {
    apiVersion: 'postgresql.cnpg.io/v1',
    kind: 'Cluster',
    metadata: { name: 'pg' },
    spec: {
      instances,
      imageName: `ghcr.io/cloudnative-pg/postgresql:${image}`,
      bootstrap,
      storage,
      ...(walStorage !== null && { walStorage }),
      ...(synchronous !== undefined && { postgresql: { synchronous } }),
      ...(plugins !== null && { plugins }),
      ...(origin !== undefined && { externalClusters: [{ name: origin, plugin: plugin(origin)[0] }] }),
    },
  };
}

function objectStore(destinationPath: string, retentionPolicy = '14d'): Manifest {
  return {
    apiVersion: 'barmancloud.cnpg.io/v1',
    kind: 'ObjectStore',
    metadata: { name: 'pg' },
    spec: { configuration: { destinationPath }, retentionPolicy },
  };
}

/** On a server without the operator it has no say; `test/cluster/cloudnative-pg.test.ts` asks one with it. */
const CNPG = { server: 'not asked', unseen: 'what CloudNativePG does' } as const;
const SYNCHRONOUS = { method: 'any', number: 1 };

/** What a server with the operator says to a change of a Cluster. */
export interface ClusterCase extends Case {
  readonly operator: 'accepted' | 'refused';
}

/** Cases of CloudNativePG's Cluster. */
export const CLUSTER_CASES: readonly ClusterCase[] = [
  {
    name: 'a Cluster is to be recovered, and exists',
    before: [cluster()],
    after: [cluster({ bootstrap: { recovery: { database: 'shop', owner: 'shop', source: 'old' } }, origin: 'old' })],
    finds: [['cluster-bootstrap', 'unprotects']],
    operator: 'accepted',
    ...CNPG,
  },
  {
    name: 'the database of a Cluster is called otherwise',
    before: [cluster()],
    after: [cluster({ bootstrap: { initdb: { database: 'orders', owner: 'shop' } } })],
    finds: [['cluster-bootstrap', 'unprotects']],
    operator: 'accepted',
    ...CNPG,
  },
  {
    name: 'a Cluster has another class',
    before: [cluster()],
    after: [cluster({ storage: { size: '1Gi', storageClass: 'slow' } })],
    finds: [['cluster-storage-class', 'unprotects']],
    operator: 'accepted',
    ...CNPG,
  },
  {
    name: 'the log of a Cluster has another class',
    before: [cluster()],
    after: [cluster({ walStorage: { size: '1Gi', storageClass: 'slow' } })],
    finds: [['cluster-storage-class', 'unprotects']],
    operator: 'accepted',
    ...CNPG,
  },
  {
    name: 'a Cluster shrinks',
    before: [cluster()],
    after: [cluster({ storage: { size: '512Mi', storageClass: 'fast' } })],
    finds: [['cluster-storage-size', 'refused']],
    operator: 'refused',
    ...CNPG,
  },
  {
    name: 'a Cluster grows, and says the same in other words',
    before: [cluster({ walStorage: { size: '1024Mi', storageClass: 'fast' } })],
    after: [cluster({ storage: { size: '2Gi', storageClass: 'fast' } })],
    finds: [['cluster-storage-size', 'note']],
    operator: 'accepted',
    ...CNPG,
  },
  {
    name: 'the volume of a log is gone from a Cluster',
    before: [cluster()],
    after: [cluster({ walStorage: null })],
    finds: [['cluster-storage-size', 'refused']],
    operator: 'refused',
    ...CNPG,
  },
  {
    name: 'a Cluster has a later major version',
    before: [cluster()],
    after: [cluster({ image: '18.1-minimal-trixie' })],
    finds: [['cluster-major', 'unprotects']],
    operator: 'accepted',
    ...CNPG,
  },
  {
    name: 'a Cluster has an earlier major version',
    before: [cluster()],
    after: [cluster({ image: '16.10-minimal-trixie' })],
    finds: [['cluster-major', 'refused']],
    operator: 'refused',
    ...CNPG,
  },
  {
    name: 'a Cluster has a later minor version',
    before: [cluster()],
    after: [cluster({ image: '17.7-minimal-trixie' })],
    finds: [['cluster-major', 'note']],
    operator: 'accepted',
    ...CNPG,
  },
  {
    name: 'a Cluster has an image whose version is not to be seen',
    before: [cluster()],
    after: [cluster({ image: 'stable' })],
    finds: [['cluster-major', 'cannot tell']],
    operator: 'refused',
    ...CNPG,
  },
  {
    name: 'a Cluster archives under another name',
    before: [cluster()],
    after: [cluster({ plugins: plugin('pg-2') })],
    finds: [['cluster-archive', 'unprotects']],
    operator: 'accepted',
    ...CNPG,
  },
  {
    name: 'a Cluster archives no more',
    before: [cluster()],
    after: [cluster({ plugins: null })],
    finds: [['cluster-archive', 'unprotects']],
    operator: 'accepted',
    ...CNPG,
  },
  {
    name: 'a Cluster is no longer synchronous',
    before: [cluster({ synchronous: SYNCHRONOUS })],
    after: [cluster()],
    finds: [['cluster-synchronous', 'unprotects']],
    operator: 'accepted',
    ...CNPG,
  },
  {
    name: 'a Cluster prefers to be synchronous',
    before: [cluster({ synchronous: SYNCHRONOUS })],
    after: [cluster({ synchronous: { ...SYNCHRONOUS, dataDurability: 'preferred' } })],
    finds: [['cluster-synchronous', 'unprotects']],
    operator: 'accepted',
    ...CNPG,
  },
  {
    name: 'a Cluster has more synchronous standbys',
    before: [cluster({ synchronous: SYNCHRONOUS })],
    after: [cluster({ synchronous: { method: 'any', number: 2 } })],
    finds: [],
    operator: 'accepted',
    ...CNPG,
  },
  {
    name: 'a Cluster has fewer instances',
    before: [cluster()],
    after: [cluster({ instances: 1 })],
    finds: [['cluster-instances', 'note']],
    operator: 'accepted',
    ...CNPG,
  },
];

/** Cases of the places where CloudNativePG keeps backups. */
export const OBJECT_STORE_CASES: readonly Case[] = [
  {
    name: 'an ObjectStore has another place',
    before: [objectStore('https://a.blob.core.windows.net/backups')],
    after: [objectStore('https://a.blob.core.windows.net/others')],
    finds: [['backup-destination', 'unprotects']],
    ...CNPG,
  },
  {
    name: 'an ObjectStore keeps less',
    before: [objectStore('s3://backups', '30d')],
    after: [objectStore('s3://backups', '2w')],
    finds: [['backup-retention-shortened', 'loses']],
    ...CNPG,
  },
];
