import { parseDocument, stringify } from 'yaml';
import { DURATION } from '../units/duration';
import { isEncryptionKey, isPersistent, persistentMounts } from './facts/pod-facts';
import { DEPLOYERS, nameOf } from './model';
import type { Deployer, Facts, Finding, Problem, Resource, State, Texts } from './model';
import { sorted } from './reader';

export const LOCK_FILE = 'stateful.lock';
const VERSION = 1;

/** A finding that somebody accepted. */
export interface Accepted {
  readonly finding: string;
  readonly change: string;
  readonly because: string;
}

/** What is asked of a scope beyond what a change does. */
export interface Policy {
  /** Every store has a backup, or a reason for none. */
  readonly backup?: 'required';
  /** The longest time between two backups: `24h`. */
  readonly rpo?: string;
  /** No YAML holds a secret. */
  readonly secrets?: 'refused';
}

/** What was last accepted of what is applied together. */
export interface Scope {
  readonly deployer?: Deployer;
  readonly namespace?: string;
  readonly force?: boolean;
  /** Why the first state was taken as it is. */
  readonly baseline?: string;
  readonly policy?: Policy;
  /** Scopes of the same cluster whose schedules back this one up as well. */
  readonly backups?: readonly string[];
  readonly accepted: readonly Accepted[];
  /** By store, why it needs no backup. */
  readonly waived?: Texts;
  /** By store, what backs it up. Older lock files do not say it. */
  readonly covered?: Texts;
  readonly state: State;
}

/** What a lock file says. Scopes that a run does not name stay as they are. */
export interface Lock {
  readonly scopes: ReadonlyMap<string, Scope>;
}

/** How many maps deep a fact is. A name that is not here was not written by the guard. */
const SHAPE: { readonly [fact in keyof Required<Facts>]: number } = {
  replicas: 0,
  ordinalsStart: 0,
  serviceName: 0,
  podManagementPolicy: 0,
  selector: 0,
  whenDeleted: 0,
  whenScaled: 0,
  templates: 3,
  templateOrder: 0,
  pod: 4,
  claim: 2,
  reclaimPolicy: 0,
  claimRef: 0,
  provisioner: 0,
  parameters: 1,
  bindingMode: 0,
  expansion: 0,
  keys: 0,
  headless: 0,
  backup: 2,
  data: 1,
  takes: 0,
  kept: 1,
  replaced: 1,
  hook: 0,
};

/** Reads a lock file. Anything in it that the guard has not written is a problem: what is misread is not guarded. */
export function readLock(text: string, file: string, problems: Problem[]): Lock {
  const scopes = new Map<string, Scope>();
  const conflict = /^(?:<{7}|>{7}|={7}|\|{7})/m.exec(text);
  if (conflict) {
    const line = text.slice(0, conflict.index).split('\n').length;
    problems.push({ file, line, text: 'has the marks of a merge conflict: take one side, then run accept again' });
    return { scopes };
  }
  const document = parseDocument(text, { prettyErrors: false, logLevel: 'silent', version: '1.2', schema: 'failsafe' });
  const complain = (what: string): void =>
    void problems.push({ file, text: `${what}; restore it from version control` });
  if (document.errors[0]) {
    complain(`is no YAML: ${document.errors[0].message.split('\n', 1)[0] ?? ''}`);
    return { scopes };
  }
  const root: unknown = document.toJS();
  if (!isMap(root) || root.version !== String(VERSION) || !isMap(root.scopes)) {
    complain(`is no lock file of version ${VERSION}`);
    return { scopes };
  }
  const lines = linesOf(text);
  for (const [name, scope] of Object.entries(root.scopes)) {
    const read = isMap(scope) ? readScope(name, scope, file, lines, complain) : undefined;
    if (read) scopes.set(name, read);
    else if (!isMap(scope)) complain(`'${name}' is no scope`);
  }
  return { scopes };
}

function readScope(
  name: string,
  scope: { [key: string]: unknown },
  file: string,
  lines: ReadonlyMap<string, number>,
  complain: (what: string) => void,
): Scope {
  const { deployer, namespace, force, baseline, objects = {}, accepted = [] } = scope;
  const { policy = {}, backups = [], waived = {}, covered } = scope;
  const wrong = (field: string): void => complain(`'${field}' of scope '${name}' is not as the guard writes it`);
  if (!isPolicy(policy)) wrong('policy');
  if (!isTextList(backups)) wrong('backups');
  if (!isTexts(waived)) wrong('waived');
  if (covered !== undefined && !isTexts(covered)) wrong('covered');
  if (deployer !== undefined && !DEPLOYERS.some((one) => one === deployer)) {
    complain(`deployer '${JSON.stringify(deployer)}' of scope '${name}' is none of ${DEPLOYERS.join(', ')}`);
  }
  const resources = new Map<string, Resource>();
  if (!isMap(objects)) complain(`'objects' of scope '${name}' is no map`);
  else {
    for (const [key, facts] of Object.entries(objects)) {
      const place = { file, line: lines.get(`${name}\n${key}`) ?? 1 };
      const parts = /^([^/.]+)(?:\.([^/]+))?\/([^/]*)\/([^/]+)$/.exec(key);
      if (!parts || !areFacts(facts)) {
        complain(`'${key}' of scope '${name}' is not as the guard writes it`);
        continue;
      }
      const [, kind = '', group = '', objectNamespace = '', objectName = ''] = parts;
      resources.set(key, { key, kind, group, namespace: objectNamespace, name: objectName, facts, at: () => place });
    }
  }
  return {
    ...(typeof deployer === 'string' && { deployer: deployer as Deployer }),
    ...(typeof namespace === 'string' && { namespace }),
    ...(force === 'true' && { force: true }),
    ...(typeof baseline === 'string' && { baseline }),
    ...(isPolicy(policy) && { policy }),
    ...(isTextList(backups) && { backups }),
    accepted: acceptedOf(accepted, () => wrong('accepted')),
    ...(isTexts(waived) && { waived }),
    ...(isTexts(covered) && { covered }),
    state: { resources },
  };
}

const POLICY: { readonly [name in keyof Required<Policy>]: RegExp } = {
  backup: /^required$/,
  rpo: DURATION,
  secrets: /^refused$/,
};

/** A name that is not known is a problem: it may ask for what this version does not look at. */
function isPolicy(value: unknown): value is Policy {
  return (
    isTexts(value) &&
    Object.entries(value).every(
      ([name, text]) => Object.hasOwn(POLICY, name) && POLICY[name as keyof Policy].test(text),
    )
  );
}

function isTexts(value: unknown): value is Texts {
  return isMap(value) && Object.values(value).every((text) => typeof text === 'string');
}

function isTextList(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((text) => typeof text === 'string');
}

function acceptedOf(value: unknown, complain: () => void): Accepted[] {
  if (!Array.isArray(value)) {
    complain();
    return [];
  }
  return value.flatMap((one: unknown) => {
    if (
      isMap(one) &&
      typeof one.finding === 'string' &&
      typeof one.change === 'string' &&
      typeof one.because === 'string'
    ) {
      return [{ finding: one.finding, change: one.change, because: one.because }];
    }
    complain();
    return [];
  });
}

function areFacts(value: unknown): value is Facts {
  return (
    isMap(value) &&
    Object.entries(value).every(([name, fact]) => Object.hasOwn(SHAPE, name) && hasShape(name as keyof Facts, fact))
  );
}

function hasShape(name: keyof Facts, value: unknown): boolean {
  const depth = SHAPE[name];
  return depth === 0 ? typeof value === 'string' : isMap(value) && isBranch(value, depth);
}

/** A text, or a map of branches that is so many maps deep at most. */
function isBranch(value: unknown, depth: number): boolean {
  return (
    typeof value === 'string' ||
    (depth > 0 && isMap(value) && Object.values(value).every((inner) => isBranch(inner, depth - 1)))
  );
}

/** The line of each object: the guard writes an object's key in a line of its own. */
function linesOf(text: string): Map<string, number> {
  const found = new Map<string, number>();
  let scope = '';
  text.split('\n').forEach((line, index) => {
    const name = /^ {2}(\S[^:]*):\s*$/.exec(line)?.[1];
    if (name !== undefined) scope = unquoted(name);
    const key = /^ {6}(\S.*?):(?: \{\})?\s*$/.exec(line)?.[1];
    if (key !== undefined) found.set(`${scope}\n${unquoted(key)}`, index + 1);
  });
  return found;
}

function unquoted(text: string): string {
  return text.replace(/^"(.*)"$/, '$1').replace(/^'(.*)'$/, '$1');
}

const HEADER = `# What is accepted of data, and by whom it is applied. Written by cdk8s-stateful accept; review it as you review code.
# It holds no secret. It says what was accepted last, not what is in a cluster.
`;

/** A lock file: sorted, without times and hashes, so that a merge is a merge of lines. */
export function writeLock(lock: Lock): string {
  const scopes = [...lock.scopes].sort(([one], [other]) => (one < other ? -1 : 1));
  const tree = Object.fromEntries(scopes.map(([name, scope]) => [name, scopeTree(scope)]));
  return (
    HEADER +
    stringify(
      { version: String(VERSION), scopes: tree },
      { lineWidth: 0, aliasDuplicateObjects: false, schema: 'failsafe' },
    )
  );
}

function scopeTree(scope: Scope): unknown {
  const {
    deployer,
    namespace,
    force,
    baseline,
    policy = {},
    backups = [],
    accepted,
    waived = {},
    covered,
    state,
  } = scope;
  const objects = [...state.resources.values()]
    .filter(matters)
    .sort((one, other) => (one.key < other.key ? -1 : 1))
    .map(({ key, facts }) => [key, lockedFacts(facts)]);
  return {
    ...(deployer && { deployer }),
    ...(namespace !== undefined && { namespace }),
    ...(force && { force: 'true' }),
    ...(baseline !== undefined && { baseline }),
    ...(!isEmpty(policy) && { policy }),
    ...(backups.length > 0 && { backups }),
    ...(accepted.length > 0 && { accepted }),
    ...(!isEmpty(waived) && { waived: sorted(waived) }),
    ...(covered && { covered: sorted(covered) }),
    objects: Object.fromEntries(objects) as unknown,
  };
}

function isEmpty(map: object): boolean {
  return Object.keys(map).length === 0;
}

/** Whether an object has a part in data. Of all others the lock file says nothing. */
function matters({ kind, facts }: Resource): boolean {
  const { pod } = facts;
  switch (kind) {
    case 'Deployment':
    case 'DaemonSet':
    case 'ReplicaSet':
    case 'ReplicationController':
    case 'Pod':
      return Object.values(pod?.volumes ?? {}).some(isPersistent) || encrypts(facts);
    case 'CronJob':
      return facts.backup !== undefined;
    case 'Service':
      return facts.headless !== undefined;
    default:
      return true;
  }
}

/** Whether a program encrypts what it stores elsewhere, and so needs its key. */
function encrypts({ pod }: Facts): boolean {
  return Object.values(pod?.containers ?? {}).some(({ secrets = {} }) => Object.keys(secrets).some(isEncryptionKey));
}

/** Without the containers and volumes that hold no data. */
function lockedFacts(facts: Facts): Facts {
  const { pod } = facts;
  if (!pod) return facts;
  const volumes = Object.entries(pod.volumes ?? {}).filter(([, source]) => isPersistent(source));
  const containers = Object.entries(pod.containers ?? {}).flatMap(([name, container]) => {
    const { mounts: _mounts, ...rest } = container;
    const mounts = persistentMounts(pod, container);
    if (mounts.length === 0 && container.secrets === undefined && container.imports === undefined) return [];
    return [[name, { ...rest, ...(mounts.length > 0 && { mounts: Object.fromEntries(mounts) }) }] as const];
  });
  const { labels: _labels, volumes: _volumes, containers: _containers, ...rest } = pod;
  return {
    ...facts,
    pod: {
      ...rest,
      ...(volumes.length > 0 && { volumes: Object.fromEntries(volumes) }),
      ...(containers.length > 0 && { containers: Object.fromEntries(containers) }),
    },
  };
}

/** The lock with a scope in its new state, and what was accepted on the way. */
export function withScope(lock: Lock, name: string, scope: Scope): Lock {
  return { scopes: new Map([...lock.scopes, [name, scope]]) };
}

/** What is accepted of these findings, with the reason that the lock file has. */
export function acceptedBy(scope: Scope | undefined, finding: Finding): string | undefined {
  return scope?.accepted.find(({ finding: name, change }) => name === nameOf(finding) && change === finding.change)
    ?.because;
}

function isMap(value: unknown): value is { [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
