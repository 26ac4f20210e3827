/** Where a {@link LinearApp} finds what was accepted of its output, and how the output is applied. */
export interface DataLock {
  /**
   * The lock file, relative to the working directory of the program. `cdk8s-stateful accept` writes it; keep it in version control, outside of the
   * output folder.
   *
   * @default 'stateful.lock'
   */
  readonly file?: string;
  /**
   * What is applied together, such as staging or production: letters, digits, `.`, `_` and `-`. Each app has a scope of its own, as what is missing from
   * its output counts as removed.
   *
   * @default 'default'
   */
  readonly scope?: string;
  /**
   * Who applies the output: `kubectl`, `prune`, `helm`, `argocd` or `flux`. It decides what happens to an object that is gone from the output.
   *
   * @default what the lock file says; without it, whatever is gone counts as removed
   */
  readonly deployer?: string;
  /**
   * The namespace of objects that name none.
   *
   * @default what the lock file says; without it, none
   */
  readonly namespace?: string;
}

/** A file as it would be written. */
export interface OutputFile {
  readonly name: string;
  readonly text: string;
}

/** What is asked of the output of an app. */
export interface OutputQuestion {
  readonly lock: DataLock;
  readonly files: readonly OutputFile[];
  /** The output folder; nothing if the output is a text. */
  readonly outdir?: string;
}

/**
 * Looks at output before anybody sees it.
 *
 * @throws if it must not be written, or if nobody can tell
 */
export type OutputCheck = (question: OutputQuestion) => void;

let registered: OutputCheck | undefined;

/** Says who checks. This folder imports nothing of the library, so whoever joins the two calls it. */
export function registerOutputCheck(check: OutputCheck | undefined): void {
  registered = check;
}

/** @throws if there is nobody who could check: to pass would be to say that the output is safe */
export function checkOutput(question: OutputQuestion): void {
  if (!registered) {
    throw new Error(
      "'dataLock' cannot be checked, so nothing is written: import LinearApp from 'cdk8s-stateful', not from a file in it",
    );
  }
  registered(question);
}

/** The folder that the command `cdk8s-stateful --app` asks output for. There it is read, and not applied, so nobody checks it. */
export const ASKED_FOLDER = 'CDK8S_STATEFUL_OUT';

/** What an app says of itself to the command, beside its output. */
export const NOTE = '.cdk8s-stateful.json';

const NAMES = ['file', 'scope', 'deployer', 'namespace'];

/** @throws if a lock is not as it must be; a name that is mistyped would check nothing, or something else */
export function checkDataLock(lock: DataLock): void {
  const faults = Object.keys(lock)
    .filter((name) => !NAMES.includes(name))
    .map((name) => `'dataLock.${name}' must be a prop of DataLock: ${NAMES.join(', ')}`);
  const { scope } = lock;
  if (scope !== undefined && !/^\w[\w.-]*$/.test(scope)) {
    faults.push(`'dataLock.scope' must be letters, digits, '.', '_' and '-', got '${scope}'`);
  }
  if (faults.length > 0) throw new Error(`LinearApp:\n${faults.map((fault) => `- ${fault}`).join('\n')}`);
}
