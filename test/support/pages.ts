import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Chart } from 'cdk8s';
import ts from 'typescript';
import * as library from '../../lib';

export const ROOT = join(__dirname, '../..');

export const PAGES = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'CHANGELOG.md'].concat(
  readdirSync(join(ROOT, 'docs')).map((name) => `docs/${name}`),
);

export const readPage = (page: string): string => readFileSync(join(ROOT, page), 'utf8');

type Language = 'sh' | 'ts' | 'yaml';

/** The blocks of a page in one language, as they stand there. */
export function blocksOf(page: string, language: Language): string[] {
  const blocks = readPage(page).matchAll(new RegExp(`^( *)\`\`\`${language}\\b[^\\n]*\\n(.*?)^ *\`\`\``, 'gms'));
  // Within a list it is indented.
  return [...blocks].map(([, indent = '', code = '']) => code.replaceAll(new RegExp(`^${indent}`, 'gm'), ''));
}

/** The one block of a page that holds a text. */
export function blockWith(page: string, language: Language, text: string): string {
  const [block, ...more] = blocksOf(page, language).filter((code) => code.includes(text));
  if (block === undefined || more.length > 0) {
    throw new Error(
      `${page} must hold one block of ${language} with ${text}, got ${block === undefined ? 0 : 1 + more.length}`,
    );
  }
  return block;
}

/** Runs a program of a page, whose app writes its files into a folder, and returns what it exports. */
export function runProgram(code: string, outdir: string): { readonly [name: string]: unknown } {
  const compilerOptions = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.CommonJS };
  const { outputText } = ts.transpileModule(code, { compilerOptions });
  const require = createRequire(join(ROOT, 'main.ts'));
  const load = (name: string): unknown => (name === 'cdk8s-stateful' ? library : require(name));
  const exported = {};
  const before = process.env.CDK8S_OUTDIR;
  process.env.CDK8S_OUTDIR = outdir;
  try {
    // eslint-disable-next-line @typescript-eslint/no-implied-eval -- it is our own page
    new Function('require', 'exports', outputText)(load, exported);
    return exported;
  } finally {
    if (before === undefined) delete process.env.CDK8S_OUTDIR;
    else process.env.CDK8S_OUTDIR = before;
  }
}

/** A function of a page that adds the client of a database: `export function NAME(chart: Chart, database: StatefulDatabase)`. */
export function clientOf(page: string, name: string): (chart: Chart, database: library.StatefulDatabase) => void {
  const code = blockWith(page, 'ts', `export function ${name}(`);
  return runProgram(code, '')[name] as ReturnType<typeof clientOf>;
}

/**
 * The commands of a page in `sh`, as they stand there. One goes on over several lines where a shell would read on; a comment behind it is
 * part of it, and so are the lines that use a function.
 */
export function commandsOf(page: string): string[] {
  return blocksOf(page, 'sh').flatMap(commandsIn);
}

export function commandsIn(block: string): string[] {
  if (/^\w+\(\) \{$/m.test(block)) return [block.trimEnd()];
  const commands: string[] = [];
  let open = '';
  for (const line of block.split('\n')) {
    if (open === '' && /^\s*(#.*)?$/.test(line)) continue;
    open += `${line}\n`;
    if (!isWhole(open)) continue;
    commands.push(open.trimEnd());
    open = '';
  }
  if (open !== '') throw new Error(`a command does not end within its block: ${open}`);
  return commands;
}

/** Whether a shell would run this, and not read on: neither a quote, a pipe, a function nor a here-document is open. */
function isWhole(text: string): boolean {
  if (/(\\|\||&&)\n$/.test(text)) return false;
  const { status, stderr } = spawnSync('bash', ['-n'], { input: text, encoding: 'utf8' });
  return status === 0 && !stderr.includes('here-document');
}
