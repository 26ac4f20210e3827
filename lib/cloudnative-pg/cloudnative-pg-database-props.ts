import type { Cron, Duration, Size } from 'cdk8s';
import type { ISecret, SecretValue, k8s } from 'cdk8s-plus-27';
import type { BlobStore } from '../backup/blob-store';
import type { DatabaseEngine } from '../database/database-engine';
import type { DatabaseResources, DatabaseUser } from '../database/stateful-database-props';
import type { IStorageClass } from '../storage/i-storage-class';
import type { AntiAffinity } from '../workload/anti-affinity';
import type { CloudNativePgDatabase } from './cloudnative-pg-database';
import type { PostgresImport } from './postgres-import';

/**
 * Volumes of the instances, one each.
 */
export interface CloudNativePgStorage {
  /** Size that each claim asks for. It can grow where the class allows it, and never shrinks. */
  readonly size: Size;

  /**
   * Class of the volumes. **The operator deletes the claims with the Cluster, and an instance's claim with the instance**: only a class whose
   * reclaim policy is Retain keeps the data then. Another class later is accepted, and changes only the volumes of instances that are made
   * after it.
   *
   * @default - the cluster's default class
   */
  readonly storageClass?: IStorageClass;
}

/**
 * Which standbys a commit waits for.
 */
export enum SynchronousMethod {
  /** Any of them. */
  ANY = 'any',

  /** Those that stand first in the operator's list. */
  FIRST = 'first',
}

/**
 * What happens to commits when too few standbys are there.
 */
export enum DataDurability {
  /** They wait, so no acknowledged commit is lost. **Writes stop until a standby is back.** */
  REQUIRED = 'required',

  /** They go on without: **commits of that time can be lost with the primary.** */
  PREFERRED = 'preferred',
}

/**
 * Commits that wait until standbys have them.
 *
 * Without, a commit is acknowledged when the primary has it. A primary that is lost for good then takes the last commits along, all that its
 * standbys had not received: usually those of less than a second, and more when they lag.
 *
 * @see https://cloudnative-pg.io/docs/current/replication#synchronous-replication
 */
export interface SynchronousReplication {
  /**
   * Which standbys count.
   *
   * @default SynchronousMethod.ANY
   */
  readonly method?: SynchronousMethod;

  /**
   * How many standbys must have a commit: fewer than `instances`.
   *
   * @default 1
   */
  readonly number?: number;

  /**
   * What happens when fewer are there.
   *
   * With REQUIRED the operator also fails over only while it sees enough standbys to know that one of them has all commits.
   *
   * @default DataDurability.REQUIRED
   */
  readonly durability?: DataDurability;
}

/**
 * Base backups and the WAL between them, in an object store: what a database is recovered from to any second.
 *
 * The Barman Cloud plugin writes them, below `<place of the store>/<serverName>/`.
 *
 * @see https://cloudnative-pg.io/plugin-barman-cloud/docs/intro/
 */
export interface ContinuousBackup {
  /**
   * Where they go: `BlobStore.azure`, `.s3` or `.gcs`. Jobs of `BlobBackupCronJob` may share the place.
   *
   * The plugin takes a Secret's value as it is: **an account key with a line feed at its end is another key**, and nothing is archived.
   *
   * Azure takes an account key; access by workload identities of Azure, AWS and Google is written as the plugin documents it, and was
   * never tried here.
   */
  readonly store: BlobStore;

  /**
   * When a base backup is made, in the operator's time zone (UTC unless it was given one). The first one is made at once. A recovery fetches
   * the last base backup before its target and replays all WAL since: rarer backups make it slower.
   *
   * @default - daily, at midnight
   */
  readonly schedule?: Cron;

  /**
   * How far back a recovery can go. Older base backups are deleted, with the WAL before the oldest that is left. Whole days.
   *
   * @default Duration.days(14)
   */
  readonly recoveryWindow?: Duration;

  /**
   * How much work may be lost with all volumes: a WAL file is archived at least this often while there are writes (`archive_timeout`), and
   * counts 16 MiB each time. Archiving itself comes on top. Whole seconds.
   *
   * @default Duration.minutes(5)
   */
  readonly recoveryPointObjective?: Duration;

  /**
   * The folder in the store. **Each life of a database needs its own**: a database that was recovered, or made anew after its Cluster was
   * deleted, cannot archive where its predecessor did, and the operator says so in its log alone.
   *
   * @default - the name of the database
   */
  readonly serverName?: string;

  /**
   * Memory of the container that archives, backs up and recovers: its limit.
   *
   * @default Size.gibibytes(1)
   */
  readonly memory?: Size;
}

/**
 * The past that a database begins with: of another database of this app, or of a place in a store.
 */
export interface PostgresRecovery {
  /**
   * The database that is recovered: one of this app that has a `continuousBackup`. Not the database itself.
   *
   * @default - `store` and `serverName` say where its backups are
   */
  readonly database?: CloudNativePgDatabase;

  /**
   * The store that holds the backups.
   *
   * @default - that of `database`
   */
  readonly store?: BlobStore;

  /**
   * The folder in the store: the `serverName` that the backups were made under.
   *
   * @default - that of `database`
   */
  readonly serverName?: string;

  /**
   * The moment that is recovered, with its time zone: `2026-11-28T10:15:00Z`. Commits until then are there, later ones are not. It must lie
   * after the end of a base backup, and before the newest commit that was archived: **for any other time the recovery fails without end, and
   * only the log of its pod says why.**
   *
   * @default - all that was archived
   */
  readonly targetTime?: string;
}

/**
 * Properties of `CloudNativePgDatabase`.
 */
export interface CloudNativePgDatabaseProps {
  /** `DatabaseEngine.postgres`: the version, and the image whose clients back it up. */
  readonly engine: DatabaseEngine;

  /**
   * The image that the instances run: one of CloudNativePG's, with a tag that begins with the engine's version, and best with a digest as well,
   * since these tags are built anew each week: `…/postgresql:17.11-standard-trixie@sha256:…`.
   *
   * **Another major is an upgrade that the operator begins at once**, with all instances down.
   *
   * @default - `ghcr.io/cloudnative-pg/postgresql:<version>-standard-trixie`
   * @see https://github.com/cloudnative-pg/postgres-containers
   */
  readonly image?: string;

  /**
   * The image whose `pg_dump` backup jobs use: the official `postgres` of the same major, from a mirror.
   *
   * @default - the engine's, e.g. `postgres:17.11-bookworm`
   */
  readonly clientImage?: string;

  /**
   * Name of the Cluster, and of all that belongs to it; at most 50 characters. **Another name is another, empty database.**
   *
   * @default - the construct's id
   */
  readonly name?: string;

  /**
   * Namespace of the Cluster.
   *
   * @default - the chart's
   */
  readonly namespace?: string;

  /**
   * Labels of the Cluster itself.
   *
   * @default - none
   */
  readonly labels?: { [key: string]: string };

  /**
   * How many instances: a primary, and standbys that follow it. **Fewer later deletes the claims of those that go.**
   *
   * @default 3
   */
  readonly instances?: number;

  /**
   * Commits that wait for standbys.
   *
   * @default - none do: the newest commits can be lost with the primary
   */
  readonly synchronous?: SynchronousReplication;

  /** The volume of each instance. */
  readonly storage: CloudNativePgStorage;

  /**
   * A volume for the WAL of each instance, beside the data: a store that is down then fills this one first. It can be added later, and
   * never taken away.
   *
   * @default - the WAL lies on the volume of the data
   */
  readonly walStorage?: CloudNativePgStorage;

  /**
   * What each instance may use.
   *
   * @default - as `DatabaseResources` says
   */
  readonly resources?: DatabaseResources;

  /**
   * Server parameters, e.g. `{ max_connections: '200' }`.
   *
   * @default - the operator's
   */
  readonly parameters?: { [name: string]: string };

  /**
   * Libraries that the server loads when it starts, e.g. `pg_stat_statements`.
   *
   * @default - none
   */
  readonly sharedPreloadLibraries?: string[];

  /**
   * The application user, who owns the database of the application.
   *
   * Its Secret has the type `kubernetes.io/basic-auth` and the keys `username` (this name) and `password`. With the label
   * `cnpg.io/reload: "true"`, a new password in the Secret becomes the user's.
   */
  readonly applicationUser: DatabaseUser;

  /**
   * The administrator's password, in a Secret of the type `kubernetes.io/basic-auth` whose `username` is `postgres`. **The administrator can
   * then log in over the network.** Restores of a dump need it: `BlobRestoreJob` makes databases and roles.
   *
   * @default - nobody logs in as administrator; jobs log in as the application user
   */
  readonly password?: SecretValue;

  /**
   * Continuous backup to an object store.
   *
   * @default - none: a lost volume is replaced by a standby's, and **a deleted table or Cluster by nothing**
   */
  readonly continuousBackup?: ContinuousBackup;

  /**
   * The past that this database begins with. It is read when the Cluster is made, and never again.
   *
   * @default - it begins empty
   */
  readonly recoverFrom?: PostgresRecovery;

  /**
   * A database of another server that this one begins with: the operator copies it over the network into that of the application user, who
   * owns all of it then. Roles and rights of the other server are not copied, nor its other databases; a `DatabaseCopy` takes them.
   *
   * Stop the writers of the other server first: what they write meanwhile is not copied. It is read when the Cluster is made, and never
   * again. A job `<name>-1-import` does it; **one that fails is tried again a few times, and then only its log says why.**
   *
   * @default - it begins empty
   * @see https://cloudnative-pg.io/docs/current/database_import
   */
  readonly importFrom?: PostgresImport;

  /**
   * Whether two instances may share a node, whose loss then takes both.
   *
   * @default AntiAffinity.PREFERRED where there is more than one instance
   */
  readonly antiAffinity?: AntiAffinity;

  /**
   * Whether the instances are spread evenly over the zones, as far as nodes allow.
   *
   * @default true where there is more than one instance
   */
  readonly zoneSpread?: boolean;

  /**
   * Whether the operator makes PodDisruptionBudgets. One for a single instance would block every drain for ever.
   *
   * @default true where there is more than one instance
   */
  readonly podDisruptionBudget?: boolean;

  /**
   * Labels that a node must have to run the instances.
   *
   * @default - any node
   */
  readonly nodeSelector?: { [key: string]: string };

  /**
   * Rules for the nodes that run the instances, where `nodeSelector` does not say enough.
   *
   * @default - any node
   */
  readonly nodeAffinity?: k8s.NodeAffinity;

  /**
   * Taints of nodes that the instances tolerate.
   *
   * @default - none
   */
  readonly tolerations?: k8s.Toleration[];

  /**
   * Priority class of the instances.
   *
   * @default - the cluster's default class
   */
  readonly priorityClassName?: string;

  /**
   * Secrets to pull the images with.
   *
   * @default - none
   */
  readonly imagePullSecrets?: ISecret[];

  /**
   * How long the primary waits for its sessions to end by themselves before it ends them. The failover begins after that: with an idle session,
   * this is the outage of writes when a node is drained.
   *
   * @default Duration.seconds(15) - the operator's own default is three minutes
   */
  readonly smartShutdownTimeout?: Duration;

  /**
   * How long an instance has to stop before it is killed. It must be longer than `smartShutdownTimeout`. **While the store is down, a primary
   * takes all of it**, as it tries to archive first.
   *
   * @default Duration.seconds(180) - the operator's own default is half an hour
   */
  readonly stopDelay?: Duration;

  /**
   * Whether a NetworkPolicy lets in the instances themselves and the operator, and nobody else: clients get in by `ClientAccess`. The
   * instances reach each other, name services, the Kubernetes API and the ports of the store.
   *
   * @default true
   */
  readonly networkPolicy?: boolean;

  /**
   * Namespace of the operator, which the NetworkPolicy lets in. **With a wrong one nothing fails over, once the operator was restarted.**
   *
   * @default 'cnpg-system'
   */
  readonly operatorNamespace?: string;

  /**
   * Ports of the Kubernetes API that the NetworkPolicy lets the instances reach: those of its pods or machines, not that of its Service.
   *
   * @default [443, 6443]
   */
  readonly apiServerPorts?: number[];

  /**
   * Whether the app has a `CloudNativePgDeletionPolicy`: the first database of an app that wants one makes it.
   *
   * @default true
   */
  readonly deletionPolicy?: boolean;
}
