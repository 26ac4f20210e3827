import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { withOutput } from './app-output';
import { check, counts, exitCode } from './check';
import type { Result } from './check';
import { coverageOf } from './coverage/coverage';
import type { Coverage } from './coverage/coverage';
import { coveredTexts } from './coverage/findings';
import { readLock, withScope, writeLock } from './lock';
import type { Accepted, Lock, Scope } from './lock';
import { Failure, nameOf } from './model';
import type { Problem, State, Texts } from './model';
import { coverageReport, report } from './report/report';
import { acceptHint } from './report/text-report';
import { checked, HELP, parse } from './request';
import type { Asked, Request } from './request';
import { fileOfRevision, filesOf, filesOfRevision, readFiles, readText } from './sources';
import { readState } from './state';
import type { Read, Source } from './state';

/** What a process has, so that tests need none. */
export interface Terminal {
  readonly out: (text: string) => void;
  readonly error: (text: string) => void;
  readonly stdin: () => string;
  readonly colors: boolean;
}

/** Runs the program and returns its status. What cannot be understood is 2, never 0. */
export function main(args: readonly string[], terminal: Terminal): number {
  try {
    const request = parse(args);
    if (!request) {
      terminal.out(HELP);
      return args.length === 0 ? 2 : 0;
    }
    const { app } = request;
    return execute(app === undefined ? request : withOutput(request, app, terminal.error), terminal);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    terminal.error(`cdk8s-stateful: ${error.message}\n`);
    return 2;
  }
}

/** Checks manifests against the lock file, for other doors than the command line. */
export function run(asked: Asked): Result {
  const request = checked({ command: 'check', ...asked });
  return compare(request, { stdin: () => '', error: () => undefined }).result;
}

interface Compared {
  readonly result: Result;
  readonly lock: Lock;
  readonly locked: Scope | undefined;
  /** The scope as it would be in the lock file. */
  readonly scope: Scope;
}

function execute(request: Request, terminal: Terminal): number {
  const compared = compare(request, terminal);
  const { result } = compared;
  if (request.command === 'accept') return accept(request, compared, terminal);
  if (request.command === 'coverage') return coverage(request, result, terminal);
  terminal.out(report(result, request.format, terminal.colors));
  const status = exitCode(result);
  if (status !== 0 && request.format === 'text' && request.command === 'check') hint(result, terminal);
  return request.command === 'plan' && result.problems.length === 0 ? 0 : status;
}

/** Rules that ask more of a state than that a change does no harm. */
const ASKED = new Set(['not-backed-up', 'backup-too-seldom']);

function coverage(request: Request, result: Result, terminal: Terminal): number {
  const asked = { ...result, findings: result.findings.filter(({ rule }) => ASKED.has(rule)) };
  terminal.out(coverageReport(asked, request.format, terminal.colors));
  return exitCode(asked);
}

function compare(request: Request, terminal: Pick<Terminal, 'stdin' | 'error'>): Compared {
  const problems: Problem[] = [];
  const lock = lockOf(request, problems);
  const locked = lock.scopes.get(request.scope);
  const deployer = request.deployer ?? locked?.deployer ?? (request.paths[0] === '-' ? 'prune' : undefined);
  const namespace = request.namespace ?? locked?.namespace;
  const force = request.force ?? locked?.force;
  const how = { ...(deployer && { deployer }), ...(force && { force }) };
  const policy = { ...locked?.policy, ...request.policy };
  const options = { ...(namespace !== undefined && { namespace }), engines: request.engines };
  const now = readState(sourcesOf(request, terminal), { ...options, secrets: policy.secrets === 'refused' });
  const earlier = problems.length > 0 ? undefined : beforeOf(request, locked, options, problems);
  const before = earlier?.state;
  const backups = [...new Set([...(locked?.backups ?? []), ...request.backups])].sort();
  const elsewhere = scopesOf(lock, backups, request, problems);
  const after = coverageOf(now.state, elsewhere);
  const waived = waivedOf(request, locked, after);
  const all = [...problems, ...now.problems];
  // What is backed up can be said of a state by itself.
  const alone = request.baseline || request.command === 'coverage' || all.length > 0;
  const result = check({
    ...how,
    scope: request.scope,
    before: before ?? (alone ? now.state : undefined),
    after: now.state,
    problems: emptyInput(now, before, all),
    exposed: now.exposed,
    lock: request.lock,
    coverage: { before: earlier && coveredBefore(earlier, elsewhere), after, waived, policy },
    ...(locked && { locked }),
  });
  const scope: Scope = {
    ...how,
    ...(namespace !== undefined && { namespace }),
    ...(locked?.baseline !== undefined && { baseline: locked.baseline }),
    policy,
    backups,
    accepted: locked?.accepted ?? [],
    waived,
    covered: coveredTexts(after),
    state: now.state,
  };
  return { result, lock, locked, scope };
}

/** The scopes whose schedules count. One that is not there backs up nothing, and somebody thinks that it does. */
function scopesOf(lock: Lock, names: readonly string[], { lock: file }: Request, problems: Problem[]): State[] {
  return names.flatMap((name) => {
    const scope = lock.scopes.get(name);
    if (scope) return [scope.state];
    problems.push({ file, text: `has no scope '${name}', whose backups are to count` });
    return [];
  });
}

/** Reasons for stores that there still are. */
function waivedOf({ waive, because = '' }: Request, locked: Scope | undefined, { stores }: Coverage): Texts {
  const there = new Set(stores.map(({ store }) => store.name));
  const kept = Object.entries(locked?.waived ?? {}).filter(([name]) => there.has(name));
  const added = waive.filter((name) => there.has(name)).map((name): [string, string] => [name, because]);
  return Object.fromEntries([...kept, ...added]);
}

/** What backed up what. A state that was read of a lock file has no objects in which backups could be found. */
function coveredBefore(
  { state, covered }: Pick<Scope, 'state' | 'covered'>,
  elsewhere: readonly State[],
): Texts | undefined {
  return state.beside ? coveredTexts(coverageOf(state, elsewhere)) : covered;
}

/** Nothing to read is no proof of safety. */
function emptyInput(now: Read, before: State | undefined, problems: Problem[]): Problem[] {
  if (now.documents > 0 || problems.length > 0 || before === undefined) return problems;
  return [
    ...problems,
    { text: 'no document was read: is it the right folder, and did the command before the pipe work?' },
  ];
}

function hint(result: Result, terminal: Terminal): void {
  const names = acceptHint(result.findings);
  if (names !== '' && result.problems.length === 0) {
    terminal.out(
      `Is it meant? cdk8s-stateful accept … --finding ${names.split(' ').join(' --finding ')} --because '…'\n`,
    );
  }
}

function lockOf({ lock: file }: Request, problems: Problem[]): Lock {
  return existsSync(file) ? readLock(readText(file), file, problems) : { scopes: new Map() };
}

function sourcesOf(request: Request, terminal: Pick<Terminal, 'stdin' | 'error'>): readonly Source[] {
  if (request.sources) return request.sources;
  if (request.paths[0] === '-') return [{ file: 'stdin', text: terminal.stdin() }];
  return readFiles(
    request.paths.flatMap((path) => {
      const { files, passedOver } = filesOf(path, request.recursive);
      if (passedOver.length > 0)
        terminal.error(`Not read, as kubectl apply does not: ${passedOver.join(', ')}. --recursive reads them.\n`);
      return files;
    }),
  );
}

function beforeOf(
  request: Request,
  locked: Scope | undefined,
  options: Parameters<typeof readState>[1],
  problems: Problem[],
): Pick<Scope, 'state' | 'covered'> | undefined {
  const { against, recursive, paths } = request;
  if (against === 'lock') return locked;
  if (!against.startsWith('git:')) return readBefore(readFiles(filesOf(against, recursive).files), options, problems);
  const revision = against.slice('git:'.length);
  const sources = paths[0] === '-' ? [] : filesOfRevision(revision, paths, recursive);
  if (sources.length > 0) return readBefore(sources, options, problems);
  // What is rendered is not in git; its lock file is.
  const text = fileOfRevision(revision, request.lock);
  const scope =
    text === undefined ? undefined : readLock(text, `${revision}:${request.lock}`, problems).scopes.get(request.scope);
  if (!scope && problems.length === 0) {
    throw new Failure(
      `revision '${revision}' has neither ${paths.join(', ')} nor scope '${request.scope}' in ${request.lock}`,
    );
  }
  return scope;
}

function readBefore(
  sources: readonly Source[],
  options: Parameters<typeof readState>[1],
  problems: Problem[],
): Pick<Scope, 'state'> {
  const { state, problems: found } = readState(sources, options);
  problems.push(...found);
  return { state };
}

/** Writes the lock file only if all that counts was accepted by name. */
function accept(request: Request, { result, lock, locked, scope }: Compared, terminal: Terminal): number {
  const { because = '' } = request;
  const named = new Set(request.findings);
  const faults = [
    ...(request.baseline && locked
      ? [`scope '${request.scope}' is in ${request.lock} already: accept its findings by name`]
      : []),
    ...(request.baseline || locked || result.problems.length > 0
      ? []
      : [`scope '${request.scope}' is not in ${request.lock}: use --baseline --because '…'`]),
    ...request.waive
      .filter((name) => !result.coverage.stores.some(({ store }) => store.name === name))
      .map((name) => `there is no store '${name}'; coverage names them`),
    ...[...named]
      .filter((name) => !result.findings.some((finding) => nameOf(finding) === name))
      .map((name) => `there is no finding '${name}'`),
  ];
  const open = result.findings.filter((finding) => counts(finding) && !named.has(nameOf(finding)));
  if (result.problems.length > 0 || open.length > 0 || faults.length > 0) {
    terminal.out(report({ ...result, findings: open }, request.format, terminal.colors));
    for (const fault of faults) terminal.error(`cdk8s-stateful: ${fault}\n`);
    terminal.error(`${request.lock} is as it was.\n`);
    return result.problems.length > 0 || faults.length > 0 ? 2 : 1;
  }
  const accepted: Accepted[] = result.findings
    .filter((finding) => named.has(nameOf(finding)))
    .map((finding) => ({ finding: nameOf(finding), change: finding.change, because }));
  const next = { ...scope, ...(request.baseline && { baseline: because }), accepted: [...scope.accepted, ...accepted] };
  // Whole or not at all: a lock file that is cut guards nothing.
  writeFileSync(`${request.lock}.new`, writeLock(withScope(lock, request.scope, next)));
  renameSync(`${request.lock}.new`, request.lock);
  const resources = [...scope.state.resources.values()];
  terminal.out(`${request.lock}: scope '${request.scope}' holds ${resources.length} objects with a part in data.\n`);
  const operators = resources.filter(({ facts }) => facts.data !== undefined).map(({ key }) => key);
  if (operators.length > 0)
    terminal.out(`Of these, only their operators know what a change does: ${operators.join(', ')}\n`);
  return 0;
}
