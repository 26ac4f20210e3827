import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { main } from '../../lib/guard/cli';
import { COVERAGE_RULES } from '../../lib/guard/coverage/findings';
import { VERDICTS } from '../../lib/guard/model';
import { RULES } from '../../lib/guard/rules/rules';
import { SECRET_RULE } from '../../lib/guard/secrets/secret-gate';
import { ROOT, commandsOf, readPage } from '../support/pages';

const ALL_RULES = [...RULES, ...COVERAGE_RULES, SECRET_RULE];
const PAGE = 'docs/data-guard.md';
const RULES_PAGE = 'docs/data-guard-rules.md';

function help(): string {
  let text = '';
  main(['--help'], { out: (more) => (text += more), error: () => undefined, stdin: () => '', colors: false });
  return text;
}

/** What a page says below each heading of one depth. */
function sectionsOf(page: string, hashes: string): Map<string, string> {
  const [, ...sections] = readPage(page).split(new RegExp(`^${hashes} `, 'm'));
  return new Map(
    sections.map((section) => {
      const [heading = '', ...text] = section.split('\n');
      return [heading, text.join('\n')];
    }),
  );
}

describe('the page of rules', () => {
  const sections = sectionsOf(RULES_PAGE, '###');

  test('has a heading for each rule, in the order of the table, and no other', () => {
    expect([...sections.keys()].sort()).toEqual(ALL_RULES.map(({ id }) => id).sort());
  });

  test.each(ALL_RULES.map((rule) => [rule.id, rule] as const))('%s: verdict, way out, and what is seen', (id, rule) => {
    const text = sections.get(id) ?? '';
    const verdicts = /^_Verdict_: (.*)\.$/m.exec(text)?.[1] ?? '';
    // What the rule says of a part of its cases is set by find(), and stands behind.
    const known = VERDICTS.filter((verdict) => verdicts.startsWith(verdict));
    expect(known).toEqual([rule.verdict]);
    expect(text).toMatch(/^- \*\*Way out\*\*: .+\.$/m);
    expect(text).toMatch(/^- \*\*Seen\*\*: (The servers (accept|refuse) it|Not run: ).*\.$/m);
  });

  test('explains each verdict', () => {
    const missing = VERDICTS.filter((verdict) => !readPage(RULES_PAGE).includes(`\n- _${verdict}_: `));
    expect(missing).toEqual([]);
  });
});

test('the pages name the options that there are', () => {
  const known = new Set(help().match(/--[a-z-]+[a-z]/g));
  const ours = [PAGE, 'README.md'].flatMap((page) =>
    commandsOf(page)
      .filter((command) => command.includes('npx cdk8s-stateful'))
      .map((command) => command.slice(command.indexOf('npx cdk8s-stateful'))),
  );
  expect(ours.length).toBeGreaterThan(5);
  expect(ours.flatMap((command) => command.match(/--[a-z-]+/g) ?? []).filter((option) => !known.has(option))).toEqual(
    [],
  );
  const unnamed = [...known].filter((option) => option !== '--help' && !readPage(PAGE).includes(option));
  // kubectl's own, which the text of --help explains.
  expect(unnamed.filter((option) => option !== '--filename')).toEqual([]);
});

/** The program of the page: a database and a store of three members. */
function shop(image: string, members: number): string {
  return `apiVersion: apps/v1
kind: StatefulSet
metadata: { name: postgresql, namespace: shop }
spec:
  serviceName: postgresql
  selector: { matchLabels: { app: postgresql } }
  template:
    metadata: { labels: { app: postgresql } }
    spec:
      containers:
        - name: postgresql
          image: ${image}
          volumeMounts: [{ name: data, mountPath: /var/lib/postgresql/data }]
  volumeClaimTemplates:
    - metadata: { name: data }
      spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 32Gi } } }
---
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: consul, namespace: shop }
spec:
  serviceName: consul
  replicas: ${members}
  persistentVolumeClaimRetentionPolicy: { whenScaled: Delete }
  selector: { matchLabels: { app: consul } }
  template:
    metadata: { labels: { app: consul } }
    spec:
      containers:
        - name: consul
          image: hashicorp/consul:1.21.4
          volumeMounts: [{ name: data, mountPath: /consul/data }]
  volumeClaimTemplates:
    - metadata: { name: data }
      spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } } }
`;
}

const folder = mkdtempSync(join(tmpdir(), 'data-guard-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a command of the page, out of lib/ in place of the package. */
function run(command: string): { status: number | null; stdout: string } {
  const [, args = ''] = command.split('npx cdk8s-stateful ');
  const guard = `${process.execPath} ${join(ROOT, 'scripts/guard.cjs')} ${args}`;
  return spawnSync('bash', ['-c', guard], { cwd: folder, encoding: 'utf8', env: { ...process.env, NO_COLOR: '1' } });
}

function command(text: string, page = PAGE): string {
  const [found, ...more] = commandsOf(page).filter((one) => one.includes(text));
  expect(more).toEqual([]);
  return found ?? '';
}

describe('the page of coverage', () => {
  const PAGE_OF_COVERAGE = 'docs/data-guard-coverage.md';
  const blocks = [...readPage(PAGE_OF_COVERAGE).matchAll(/```(\w+)\n(.*?)\n *```/gs)].map(([, language, text = '']) => [language, text] as const); // prettier-ignore
  const [sample = ''] = blocks.flatMap(([language, text]) => (language === 'yaml' ? [text] : []));

  test('shows the table of its sample, and goes on to a rule', () => {
    rmSync(join(folder, 'dist'), { recursive: true, force: true });
    mkdirSync(join(folder, 'dist'), { recursive: true });
    writeFileSync(join(folder, 'dist/shop.yaml'), sample);
    const [table = ''] = blocks.flatMap(([language, text]) => (language === 'text' ? [text] : []));
    expect(run('npx cdk8s-stateful coverage dist')).toMatchObject({ status: 0, stdout: `${table}\n` });
    expect(run(command('coverage dist --scope')).stdout).toBe(`${table}\n`);
    expect(run("npx cdk8s-stateful accept dist --baseline --because 'first'").status).toBe(0);
    expect(run(command('--waive', PAGE_OF_COVERAGE)).status).toBe(0);
    expect(run(command('--require-backup', PAGE_OF_COVERAGE)).status).toBe(0);
    expect(run('npx cdk8s-stateful check dist').status).toBe(0);
    writeFileSync(join(folder, 'dist/more.yaml'), sample.split('---\n').at(-1)?.replace('grafana', 'files') ?? '');
    expect(run('npx cdk8s-stateful check dist').stdout).toContain('PersistentVolumeClaim/shop/files  not-backed-up');
  }, 60_000);

  test('has programs of CI whose commands are right', () => {
    const programs = blocks.filter(([, text]) => /runs-on|script:/.test(text)).map(([, text]) => parse(text) as object);
    expect(programs.map((program) => Object.keys(program))).toEqual([['name', 'on', 'jobs'], ['guard']]);
    const commands = JSON.stringify(programs).match(/npx cdk8s-stateful [^">]*[^">\s\\]/g) ?? [];
    expect(commands).toHaveLength(4);
    rmSync(join(folder, 'dist/more.yaml'), { force: true });
    for (const one of commands) expect(run(one).status).toBe(0);
  }, 60_000);
});

describe('the five minutes of the page', () => {
  function write(image: string, members: number): void {
    mkdirSync(join(folder, 'dist'), { recursive: true });
    writeFileSync(join(folder, 'dist/shop.yaml'), shop(image, members));
  }

  test('end as the page shows', () => {
    write('postgres:17.11', 3);
    expect(run(command('accept dist --baseline')).status).toBe(0);
    expect(run('npx cdk8s-stateful check dist --scope production').status).toBe(0);

    write('postgres:18.4', 1);
    const { status, stdout } = run('npx cdk8s-stateful check dist --scope production');
    expect(status).toBe(1);
    const [, shown = ''] = /```text\n(.*?)\n +```/s.exec(readPage(PAGE)) ?? [];
    expect(stdout.trimEnd()).toBe(shown.replaceAll(/^ {3}/gm, ''));
    const [, sample = ''] = /```text\n(LOSES DATA.*?)\n```/s.exec(readPage('README.md')) ?? [];
    expect(stdout.startsWith(`${sample}\n`)).toBe(true);
  }, 60_000);

  test('a meant change is accepted as the page says', () => {
    write('postgres:17.11', 1);
    expect(run(command("--finding 'scaled-down-deletes")).status).toBe(0);
    expect(run('npx cdk8s-stateful check dist --scope production').status).toBe(0);
  }, 60_000);
});
