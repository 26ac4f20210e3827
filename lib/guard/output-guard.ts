import { join } from 'node:path';
import { exitCode } from './check';
import type { Result } from './check';
import { run } from './cli';
import { LOCK_FILE } from './lock';
import { Failure } from './model';
import { report } from './report/report';
import { acceptHint } from './report/text-report';

/** The output of a program, before it is written. */
export interface Output {
  readonly lock: {
    readonly file?: string;
    readonly scope?: string;
    readonly deployer?: string;
    readonly namespace?: string;
  };
  readonly files: readonly { readonly name: string; readonly text: string }[];
  /** Where it would be written; nothing if it is a text. */
  readonly outdir?: string;
}

/**
 * The door of `LinearApp`: the same check as that of the command, of what is not yet written.
 *
 * @throws if it has findings that count, or cannot tell; the message is the report, and the command that accepts
 */
export function guardOutput({ lock, files, outdir }: Output): void {
  const { file = LOCK_FILE, scope = 'default', ...how } = lock;
  const sources = files.map(({ name, text }) => ({ file: outdir === undefined ? name : join(outdir, name), text }));
  const result = resultOf(() => run({ ...how, lock: file, scope, paths: [], sources }));
  if (exitCode(result) === 0) return;
  const kept = outdir === undefined ? 'nothing is returned' : `'${outdir}' is as it was`;
  throw new Error(
    `The data guard refuses the output of scope '${scope}', and ${kept}.\n\n${report(result, 'text', false)}${wayOn(result, { ...how, file, scope })}`,
  );
}

function resultOf(check: () => Result): Result {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    throw new Error(`'dataLock' cannot be checked, so nothing is written: ${error.message}`, { cause: error });
  }
}

/** The command that accepts, as far as it is known here. */
function wayOn(result: Result, lock: Output['lock'] & { readonly file: string; readonly scope: string }): string {
  const { file, scope } = lock;
  const options = [
    `--app '<how you run the program>' --scope ${scope}`,
    ...(file === LOCK_FILE ? [] : [`--lock '${file}'`]),
  ].join(' ');
  if (result.isFirst) {
    return result.problems.length > 1
      ? ''
      : `For a first state: npx cdk8s-stateful accept ${options} --baseline --because '…'\n`;
  }
  const names = acceptHint(result.findings);
  if (result.problems.length > 0 || names === '') return '';
  return `Is it meant? npx cdk8s-stateful accept ${options} --finding ${names.split(' ').join(' --finding ')} --because '…'\n`;
}
