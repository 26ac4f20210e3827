import { ApiObject } from 'cdk8s';
import type { ArkSchedule } from '../ark/ark-schedule';
import type { IScheduledJob } from '../backup/scheduled-job';
import type { CloudNativePgDatabase } from '../cloudnative-pg/cloudnative-pg-database';
import type { StatefulDatabase } from '../database/stateful-database';
import { hoursOf } from '../units/duration';
import { longestGap } from '../units/longest-gap';
import { bytes } from '../units/quantity';
import type { Thing } from './selection';

/** A CronJob, as its object says it: with whatever was patched. */
export interface WatchedJob extends Thing {
  readonly schedule: string;

  /** The longest time between two runs, in seconds: `Infinity` if there is none, nothing if the schedule cannot be read. */
  readonly gap: number | undefined;

  /** How long after its date a run may still begin, and how long it may then take, in seconds. */
  readonly slack: number;
}

/** A schedule of Velero. */
export interface WatchedSchedule extends Thing {
  readonly schedule: string;

  /** The longest time between two backups, as `WatchedJob.gap`. */
  readonly gap: number | undefined;
}

/** A claim of a database. */
export interface WatchedClaim extends Thing {
  /** What it should have, where it is known. */
  readonly bytes?: bigint;

  /** The claims that must be there, where their names are known. */
  readonly names: string[];
}

/** A database, as its objects say it. */
export interface WatchedDatabase extends Thing {
  readonly instances: number;
  readonly claims: WatchedClaim[];
}

/** What a CloudNativePG database has besides. */
export interface WatchedCluster extends WatchedDatabase {
  /** How many standbys must have a commit. */
  readonly synchronous?: number;
  readonly archive?: WatchedArchive;
}

/** A continuous backup; times in seconds. */
export interface WatchedArchive {
  /** How long a change may wait until its WAL is archived. */
  readonly timeout: number;

  /** The longest time between two base backups, as `WatchedJob.gap`. */
  readonly gap: number | undefined;
  readonly schedule: string;
}

const HOUR = 3600;

interface Json {
  readonly [key: string]: unknown;
}

export function watchedJob({ cronJobName: name, namespace, apiObject }: IScheduledJob): WatchedJob {
  const spec = part(specOf(apiObject));
  const schedule = String(spec.schedule);
  const job = part(part(spec.jobTemplate).spec);
  const gap = secondsBetween(schedule);
  const zone = spec.timeZone;
  // In autumn a day has 25 hours.
  const autumn = zone === undefined || zone === 'UTC' || zone === 'Etc/UTC' ? 0 : HOUR;
  return {
    namespace,
    name,
    schedule,
    gap: gap === undefined ? undefined : gap + autumn,
    slack: Number(spec.startingDeadlineSeconds ?? HOUR) + Number(job.activeDeadlineSeconds ?? 6 * HOUR),
  };
}

export function watchedSchedule({ scheduleName: name, server, apiObject }: ArkSchedule): WatchedSchedule {
  const schedule = String(part(specOf(apiObject)).schedule);
  return { namespace: server.namespace, name, schedule, gap: secondsBetween(schedule) };
}

export function watchedSet({ statefulSet, namespace, apiObject }: StatefulDatabase): WatchedDatabase {
  const spec = part(specOf(apiObject));
  const instances = Number(spec.replicas ?? 1);
  const name = statefulSet.statefulSetName;
  const first = Number(part(spec.ordinals).start ?? 0);
  const ordinals = Array.from({ length: instances }, (_, index) => first + index);
  const templates = list(spec.volumeClaimTemplates).map((template) => {
    const prefix = `${String(part(template.metadata).name)}-${name}`;
    const size = sizeOf(part(part(part(template.spec).resources).requests).storage);
    const names = ordinals.map((ordinal) => `${prefix}-${ordinal}`);
    return { namespace, name: `${prefix}-[0-9]+`, names, ...size };
  });
  const volumes = list(part(part(spec.template).spec).volumes).flatMap(({ persistentVolumeClaim: claim }) => {
    if (claim === undefined) return [];
    const claimName = String(part(claim).claimName);
    return [{ namespace, name: claimName, names: [claimName] }];
  });
  return { namespace, name, instances, claims: [...templates, ...volumes] };
}

export function watchedCluster(database: CloudNativePgDatabase): WatchedCluster {
  const { clusterName: name, namespace, apiObject } = database;
  const spec = part(specOf(apiObject));
  const postgresql = part(spec.postgresql);
  const synchronous = part(postgresql.synchronous).number;
  const schedule = database.node.tryFindChild('ScheduledBackup');
  const claim = (storage: unknown, suffix: string): WatchedClaim[] =>
    storage === undefined
      ? []
      : [{ namespace, name: `${name}-[0-9]+${suffix}`, names: [], ...sizeOf(part(storage).size) }];
  return {
    namespace,
    name,
    instances: Number(spec.instances),
    claims: [...claim(spec.storage, ''), ...claim(spec.walStorage, '-wal')],
    ...(synchronous !== undefined && { synchronous: Number(synchronous) }),
    ...(schedule instanceof ApiObject && {
      archive: archiveOf(schedule, part(postgresql.parameters).archive_timeout),
    }),
  };
}

function archiveOf(scheduledBackup: ApiObject, archiveTimeout: unknown): WatchedArchive {
  const schedule = String(part(specOf(scheduledBackup)).schedule);
  // PostgreSQL takes a number for seconds, and calls minutes `min`; without the parameter the operator sets 5 minutes.
  const timeout = typeof archiveTimeout === 'string' ? archiveTimeout : '300';
  const hours = hoursOf(/^\d+$/.test(timeout) ? `${timeout}s` : timeout.replace('min', 'm'));
  return { timeout: Math.round((hours ?? 0) * HOUR), gap: secondsBetween(schedule), schedule };
}

function secondsBetween(schedule: string): number | undefined {
  const hours = longestGap(schedule);
  return hours === undefined ? undefined : hours * HOUR;
}

function sizeOf(quantity: unknown): { readonly bytes?: bigint } {
  const size = bytes(String(quantity));
  return size === undefined ? {} : { bytes: size };
}

function specOf(object: ApiObject): unknown {
  return part(object.toJson()).spec;
}

function part(value: unknown): Json {
  return typeof value === 'object' && value !== null ? (value as Json) : {};
}

function list(value: unknown): Json[] {
  return Array.isArray(value) ? value.map(part) : [];
}
