import { main as run } from './cli';
import { readText } from './sources';

/** The command on a terminal. */
export function main(): void {
  const { stdout, stderr, env, argv } = process;
  process.exitCode = run(argv.slice(2), {
    out: (text) => void stdout.write(text),
    error: (text) => void stderr.write(text),
    stdin: () => readText(0),
    colors: stdout.isTTY && !env.NO_COLOR && env.TERM !== 'dumb',
  });
}
