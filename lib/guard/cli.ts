import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { check, counts, exitCode } from './check';
import type { Result } from './check';
import { LOCK_FILE, readLock, withScope, writeLock } from './lock';
import type { Accepted, Lock, Scope } from './lock';
import { DEPLOYERS, Failure, nameOf } from './model';
import type { Deployer, Problem, State, Texts } from './model';
import { FORMATS, report } from './report/report';
import type { Format } from './report/report';
import { acceptHint } from './report/text-report';
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

const HELP = `cdk8s-stateful says what the next apply does to data, before it.

  cdk8s-stateful plan PATH…     explain the change; exit 0 unless something cannot be read
  cdk8s-stateful check PATH…    the same, for CI: exit 0 safe, 1 findings of the change, 2 cannot tell
  cdk8s-stateful accept PATH…   write the new state to the lock file

PATH is a file, a folder (what kubectl apply --filename reads of it), or - for standard input.

  --scope NAME          what is applied together, such as staging or production (default: default)
  --deployer NAME       ${DEPLOYERS.join(', ')}: who applies. Kept in the lock file. Unknown means that what is
                        gone from the YAML is removed; helm, argocd and flux honor their annotations
  --namespace NAME, -n  the namespace of objects that name none. Kept in the lock file
  --force               the deployer deletes what it cannot change (kubectl --force, Argo CD Replace). Kept as well
  --against WHAT        lock (default), a folder or file, or git:REVISION
  --lock FILE           the lock file (default: ${LOCK_FILE})
  --engine NAME=IMAGE   what an image holds that does not say it: StatefulSet/shop/db/postgres=postgres:17
  --recursive, -R       read folders below folders too
  --format FORMAT       ${FORMATS.join(', ')}

  accept only:
  --finding NAME        a finding that is accepted, rule:object as printed; repeat it for several
  --baseline            take the state as it is, the first time
  --because TEXT        why; it stays in the lock file

Examples:
  cdk8s-stateful accept dist --baseline --because 'runs since 2024' --deployer kubectl
  cdk8s-stateful check dist
  helm template shop ./chart | cdk8s-stateful check - --scope shop --deployer helm
  kustomize build overlays/staging | cdk8s-stateful check - --scope staging --format github
  cdk8s-stateful plan dist --against git:v1.4.0
  cdk8s-stateful accept dist --finding 'set-removed:StatefulSet/shop/cache' --because 'a cache, nobody needs it'
`;

const OPTIONS = {
  scope: { type: 'string' },
  deployer: { type: 'string' },
  namespace: { type: 'string', short: 'n' },
  force: { type: 'boolean' },
  against: { type: 'string' },
  lock: { type: 'string' },
  engine: { type: 'string', multiple: true },
  recursive: { type: 'boolean', short: 'R' },
  format: { type: 'string' },
  finding: { type: 'string', multiple: true },
  baseline: { type: 'boolean' },
  because: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** What was asked for, checked. */
interface Request {
  readonly command: 'plan' | 'check' | 'accept';
  readonly paths: readonly string[];
  readonly scope: string;
  readonly deployer?: Deployer;
  readonly namespace?: string;
  readonly force?: boolean;
  readonly against: string;
  readonly lock: string;
  readonly engines: Texts;
  readonly recursive: boolean;
  readonly format: Format;
  readonly findings: readonly string[];
  readonly baseline: boolean;
  readonly because?: string;
}

/** Runs the program and returns its status. What cannot be understood is 2, never 0. */
export function main(args: readonly string[], terminal: Terminal): number {
  try {
    const request = parse(args);
    if (!request) {
      terminal.out(HELP);
      return args.length === 0 ? 2 : 0;
    }
    return execute(request, terminal);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    terminal.error(`cdk8s-stateful: ${error.message}\n`);
    return 2;
  }
}

function parse(args: readonly string[]): Request | undefined {
  const { values, positionals } = parsed(args);
  const [command, ...paths] = positionals;
  if (values.help || command === undefined) return undefined;
  const { engine = [], ...rest } = values;
  const engines = engine.map((text) => text.split(/=(.*)/s, 2));
  for (const [name = '', image] of engines) if (!image) throw new Failure(`--engine '${name}' must be OBJECT=IMAGE`);
  return checked({ ...rest, command, paths, engines: Object.fromEntries(engines) as Texts });
}

/** The same with what is left out, or all that is wrong with it. */
function checked(asked: Asked & { command: string } & Omit<Values, 'engine'>): Request {
  const {
    command,
    paths,
    deployer,
    format = 'text',
    scope = 'default',
    against = 'lock',
    namespace,
    force,
    because,
  } = asked;
  if (command !== 'plan' && command !== 'check' && command !== 'accept') {
    throw new Failure(`'${command}' is no command; plan, check and accept are. See --help`);
  }
  const faults: string[] = [];
  if (paths.length === 0) faults.push('name a file, a folder, or - for standard input');
  if (paths.includes('-') && paths.length > 1) faults.push('- cannot be read together with files');
  if (deployer !== undefined && !isOneOf(DEPLOYERS, deployer)) {
    faults.push(`--deployer '${deployer}' is none of ${DEPLOYERS.join(', ')}`);
  }
  if (!isOneOf(FORMATS, format)) faults.push(`--format '${format}' is none of ${FORMATS.join(', ')}`);
  if (!/^\w[\w.-]*$/.test(scope)) faults.push(`--scope '${scope}' must be letters, digits, '.', '_' and '-'`);
  const acceptOnly = (['finding', 'baseline', 'because'] as const).filter((option) => asked[option] !== undefined);
  if (command !== 'accept') faults.push(...acceptOnly.map((option) => `--${option} belongs to accept`));
  else if (against !== 'lock') faults.push('accept compares with the lock file; leave --against off');
  if ((asked.baseline || asked.finding) && !because?.trim()) {
    faults.push("say why: --because '…'; the reason stays in the lock file");
  }
  if (faults.length > 0) throw new Failure(faults.join('\n  '));
  return {
    command,
    paths,
    scope,
    ...(deployer !== undefined && { deployer: deployer as Deployer }),
    ...(namespace !== undefined && { namespace }),
    ...(force && { force }),
    against,
    lock: asked.lock ?? LOCK_FILE,
    engines: asked.engines ?? {},
    recursive: asked.recursive ?? false,
    format: format as Format,
    findings: asked.finding ?? [],
    baseline: asked.baseline ?? false,
    ...(because !== undefined && { because }),
  };
}

type Values = ReturnType<typeof parsed>['values'];

function parsed(
  args: readonly string[],
): ReturnType<typeof parseArgs<{ options: typeof OPTIONS; allowPositionals: true }>> {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw new Failure(`${(error as Error).message}. See --help`);
  }
}

function isOneOf<T extends string>(values: readonly T[], text: string): text is T {
  return values.some((value) => value === text);
}

/** What is compared with what; of the command line, or of cdk8s.yaml. */
export interface Asked {
  readonly paths: readonly string[];
  readonly scope?: string;
  readonly deployer?: string;
  readonly namespace?: string;
  readonly force?: boolean;
  readonly lock?: string;
  readonly engines?: Texts;
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
  terminal.out(report(result, request.format, terminal.colors));
  const status = exitCode(result);
  if (status !== 0 && request.format === 'text' && request.command === 'check') hint(result, terminal);
  return request.command === 'plan' && result.problems.length === 0 ? 0 : status;
}

function compare(request: Request, terminal: Pick<Terminal, 'stdin' | 'error'>): Compared {
  const problems: Problem[] = [];
  const lock = lockOf(request, problems);
  const locked = lock.scopes.get(request.scope);
  const deployer = request.deployer ?? locked?.deployer ?? (request.paths[0] === '-' ? 'prune' : undefined);
  const namespace = request.namespace ?? locked?.namespace;
  const force = request.force ?? locked?.force;
  const how = { ...(deployer && { deployer }), ...(force && { force }) };
  const options = { ...(namespace !== undefined && { namespace }), engines: request.engines };
  const now = readState(sourcesOf(request, terminal), options);
  const before = problems.length > 0 ? undefined : beforeOf(request, locked, options, problems);
  const all = [...problems, ...now.problems];
  const result = check({
    ...how,
    scope: request.scope,
    before: before ?? (request.baseline || all.length > 0 ? now.state : undefined),
    after: now.state,
    problems: emptyInput(now, before, all),
    ...(locked && { locked }),
  });
  const scope: Scope = {
    ...how,
    ...(namespace !== undefined && { namespace }),
    ...(locked?.baseline !== undefined && { baseline: locked.baseline }),
    accepted: locked?.accepted ?? [],
    state: now.state,
  };
  return { result, lock, locked, scope };
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

function sourcesOf(request: Request, terminal: Pick<Terminal, 'stdin' | 'error'>): Source[] {
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
): State | undefined {
  const { against, recursive, paths } = request;
  if (against === 'lock') return locked?.state;
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
  return scope?.state;
}

function readBefore(sources: readonly Source[], options: Parameters<typeof readState>[1], problems: Problem[]): State {
  const { state, problems: found } = readState(sources, options);
  problems.push(...found);
  return state;
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
