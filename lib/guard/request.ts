import { parseArgs } from 'node:util';
import { DURATION } from '../units/duration';
import { LOCK_FILE } from './lock';
import type { Policy } from './lock';
import { DEPLOYERS, Failure } from './model';
import type { Deployer, Texts } from './model';
import { FORMATS } from './report/report';
import type { Format } from './report/report';
import type { Source } from './state';

export const HELP = `cdk8s-stateful says what the next apply does to data, before it.

  cdk8s-stateful plan PATH…     explain the change; exit 0 unless something cannot be read
  cdk8s-stateful check PATH…    the same, for CI: exit 0 safe, 1 findings of the change, 2 cannot tell
  cdk8s-stateful coverage PATH… what backs up each store; exit 0 unless it is asked for more
  cdk8s-stateful accept PATH…   write the new state to the lock file

PATH is a file, a folder (what kubectl apply --filename reads of it), or - for standard input.

  --app COMMAND         in place of PATH: runs a program of cdk8s whose LinearApp has a dataLock, and reads what it
                        would write for the scope; its own output folder stays as it is

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

  Kept in the lock file, once accepted:
  --require-backup      a store that nothing backs up is a finding
  --rpo TIME            backups are at most so long apart: 30m, 24h, 7d
  --secrets             a secret that the YAML holds is a finding
  --backups-in SCOPE    schedules of that scope, of the same cluster, back this one up as well; repeat it for several

  accept only:
  --waive STORE         a store that needs no backup, as printed by coverage; repeat it for several
  --finding NAME        a finding that is accepted, rule:object as printed; repeat it for several
  --baseline            take the state as it is, the first time
  --because TEXT        why; it stays in the lock file

Examples:
  cdk8s-stateful accept dist --baseline --because 'runs since 2024' --deployer kubectl
  cdk8s-stateful check dist
  helm template shop ./chart | cdk8s-stateful check - --scope shop --deployer helm
  kustomize build overlays/staging | cdk8s-stateful check - --scope staging --format github
  cdk8s-stateful plan dist --against git:v1.4.0
  cdk8s-stateful coverage dist --require-backup --rpo 24h
  cdk8s-stateful accept dist --waive 'StatefulSet/shop/cache data' --because 'a cache'
  cdk8s-stateful accept dist --finding 'set-removed:StatefulSet/shop/cache' --because 'a cache, nobody needs it'
`;

const OPTIONS = {
  app: { type: 'string' },
  scope: { type: 'string' },
  deployer: { type: 'string' },
  namespace: { type: 'string', short: 'n' },
  force: { type: 'boolean' },
  against: { type: 'string' },
  lock: { type: 'string' },
  engine: { type: 'string', multiple: true },
  recursive: { type: 'boolean', short: 'R' },
  format: { type: 'string' },
  'require-backup': { type: 'boolean' },
  rpo: { type: 'string' },
  secrets: { type: 'boolean' },
  'backups-in': { type: 'string', multiple: true },
  waive: { type: 'string', multiple: true },
  finding: { type: 'string', multiple: true },
  baseline: { type: 'boolean' },
  because: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

const COMMANDS = ['plan', 'check', 'coverage', 'accept'] as const;
type Command = (typeof COMMANDS)[number];

/** What was asked for, checked. */
export interface Request {
  readonly command: Command;
  readonly paths: readonly string[];
  /** The program that writes what is read. */
  readonly app?: string;
  /** What is read, where it is at hand. */
  readonly sources?: readonly Source[];
  readonly scope: string;
  readonly deployer?: Deployer;
  readonly namespace?: string;
  readonly force?: boolean;
  readonly against: string;
  readonly lock: string;
  readonly engines: Texts;
  readonly recursive: boolean;
  readonly format: Format;
  readonly policy: Policy;
  readonly backups: readonly string[];
  readonly findings: readonly string[];
  readonly waive: readonly string[];
  readonly baseline: boolean;
  readonly because?: string;
}

export function parse(args: readonly string[]): Request | undefined {
  const { values, positionals } = parsed(args);
  const [command, ...paths] = positionals;
  if (values.help || command === undefined) return undefined;
  const { engine = [], ...rest } = values;
  const engines = engine.map((text) => text.split(/=(.*)/s, 2));
  for (const [name = '', image] of engines) if (!image) throw new Failure(`--engine '${name}' must be OBJECT=IMAGE`);
  return checked({ ...rest, command, paths, engines: Object.fromEntries(engines) as Texts });
}

/** The same with what is left out, or all that is wrong with it. */
export function checked(asked: Asked & { command: string } & Omit<Values, 'engine'>): Request {
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
  if (!isOneOf(COMMANDS, command)) {
    throw new Failure(`'${command}' is no command; ${COMMANDS.join(', ')} are. See --help`);
  }
  const faults: string[] = [];
  if (paths.length === 0 && asked.app === undefined && !asked.sources) {
    faults.push('name a file, a folder, or - for standard input');
  }
  if (paths.length > 0 && asked.app !== undefined) faults.push('--app stands in place of files and folders');
  if (/\bcdk8s(?:-cli)?\s+synth\b/.test(asked.app ?? '')) {
    faults.push(
      `--app '${asked.app}' would empty the output folder first; name the program itself, as 'app' in cdk8s.yaml does`,
    );
  }
  if (paths.includes('-') && paths.length > 1) faults.push('- cannot be read together with files');
  if (deployer !== undefined && !isOneOf(DEPLOYERS, deployer)) {
    faults.push(`--deployer '${deployer}' is none of ${DEPLOYERS.join(', ')}`);
  }
  if (!isOneOf(FORMATS, format)) faults.push(`--format '${format}' is none of ${FORMATS.join(', ')}`);
  if (!/^\w[\w.-]*$/.test(scope)) faults.push(`--scope '${scope}' must be letters, digits, '.', '_' and '-'`);
  if (asked.rpo !== undefined && !DURATION.test(asked.rpo)) {
    faults.push(`--rpo '${asked.rpo}' must be a time such as 30m, 24h or 7d`);
  }
  const acceptOnly = (['finding', 'waive', 'baseline', 'because'] as const).filter(
    (option) => asked[option] !== undefined,
  );
  if (command !== 'accept') faults.push(...acceptOnly.map((option) => `--${option} belongs to accept`));
  else if (against !== 'lock') faults.push('accept compares with the lock file; leave --against off');
  if ((asked.baseline || asked.finding || asked.waive) && !because?.trim()) {
    faults.push("say why: --because '…'; the reason stays in the lock file");
  }
  if (faults.length > 0) throw new Failure(faults.join('\n  '));
  return {
    command,
    paths,
    ...(asked.app !== undefined && { app: asked.app }),
    ...(asked.sources && { sources: asked.sources }),
    scope,
    ...(deployer !== undefined && { deployer: deployer as Deployer }),
    ...(namespace !== undefined && { namespace }),
    ...(force && { force }),
    against,
    lock: asked.lock ?? LOCK_FILE,
    engines: asked.engines ?? {},
    recursive: asked.recursive ?? false,
    format: format as Format,
    policy: {
      ...((asked.requireBackup ?? asked['require-backup']) && { backup: 'required' }),
      ...(asked.rpo !== undefined && { rpo: asked.rpo }),
      ...(asked.secrets && { secrets: 'refused' }),
    },
    backups: asked.backupsIn ?? asked['backups-in'] ?? [],
    findings: asked.finding ?? [],
    waive: asked.waive ?? [],
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
  /** In place of paths: what is read, where it is at hand. */
  readonly sources?: readonly Source[];
  readonly scope?: string;
  readonly deployer?: string;
  readonly namespace?: string;
  readonly force?: boolean;
  readonly lock?: string;
  readonly engines?: Texts;
  readonly requireBackup?: boolean;
  readonly rpo?: string;
  readonly secrets?: boolean;
  readonly backupsIn?: readonly string[];
}
