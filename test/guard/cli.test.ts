import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { main } from '../../lib/guard/cli';
import { DataGuard } from '../../lib/guard/data-guard';

const set = (more = '', size = '1Gi', name = 'db', namespace = 'shop') => `apiVersion: apps/v1
kind: StatefulSet
metadata: { name: ${name}, namespace: ${namespace} }
spec:
  serviceName: ${name}
  selector: { matchLabels: { app: ${name} } }
${more}
  template:
    metadata: { labels: { app: ${name} } }
    spec:
      containers:
        - name: postgres
          image: postgres:17.2
          volumeMounts: [{ name: data, mountPath: /var/lib/postgresql/data }]
  volumeClaimTemplates:
    - metadata: { name: data }
      spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: ${size} } } }
`;

describe('the command', () => {
  const home = process.cwd();
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'guard-'));
    process.chdir(folder);
    mkdirSync('dist');
  });

  afterEach(() => {
    process.chdir(home);
    rmSync(folder, { recursive: true });
  });

  function run(args: string[], stdin = ''): { status: number; out: string; error: string } {
    let [out, error] = ['', ''];
    const terminal = { out: (text: string) => void (out += text), error: (text: string) => void (error += text) };
    const status = main(args, { ...terminal, stdin: () => stdin, colors: false });
    return { status, out, error };
  }

  function baseline(args: string[] = [], stdin = ''): void {
    const paths = stdin === '' ? ['dist'] : ['-'];
    const { status, out, error } = run(['accept', ...paths, '--baseline', '--because', 'first', ...args], stdin);
    expect({ status, out, error }).toMatchObject({ status: 0, error: '' });
  }

  it('goes from a first state over a finding to one that is accepted', () => {
    writeFileSync('dist/db.yaml', set());
    expect(run(['check', 'dist']).status).toBe(2);
    baseline(['--deployer', 'kubectl']);
    expect(run(['check', 'dist']).status).toBe(0);

    writeFileSync('dist/db.yaml', set('', '2Gi'));
    const found = run(['check', 'dist']);
    expect(found.status).toBe(1);
    expect(found.out).toContain('THE SERVER REFUSES  StatefulSet/shop/db  template-grown\n  data 1Gi → 2Gi\n');
    expect(found.out).toContain('  dist/db.yaml:17\n');
    expect(run(['plan', 'dist']).status).toBe(0);

    const before = readFileSync('stateful.lock', 'utf-8');
    expect(run(['accept', 'dist'])).toMatchObject({ status: 1, error: 'stateful.lock is as it was.\n' });
    const nobody = run(['accept', 'dist', '--finding', 'set-removed:StatefulSet/shop/db', '--because', 'x']);
    expect(nobody).toMatchObject({ status: 2 });
    expect(nobody.error).toContain("there is no finding 'set-removed:StatefulSet/shop/db'");
    expect(readFileSync('stateful.lock', 'utf-8')).toBe(before);

    const name = 'template-grown:StatefulSet/shop/db';
    expect(run(['accept', 'dist', '--finding', name, '--because', 'grown by hand']).status).toBe(0);
    expect(readFileSync('stateful.lock', 'utf-8')).toContain(
      `- finding: ${name}\n        change: data 1Gi → 2Gi\n        because: grown by hand\n`,
    );
    expect(run(['check', 'dist']).status).toBe(0);
  });

  it('says that an accepted finding is one, where it is compared with an older state', () => {
    const git = (...args: string[]) =>
      execFileSync('git', ['-c', 'user.name=x', '-c', 'user.email=x@example.com', ...args]);
    writeFileSync('dist/db.yaml', set());
    baseline();
    git('init', '--quiet');
    git('add', '.');
    git('commit', '--quiet', '--message=first');
    writeFileSync('dist/db.yaml', set('', '2Gi'));
    expect(run(['check', 'dist', '--against', 'git:HEAD']).status).toBe(1);
    run(['accept', 'dist', '--finding', 'template-grown:StatefulSet/shop/db', '--because', 'grown by hand']);
    const found = run(['check', 'dist', '--against', 'git:HEAD']);
    expect(found.out).toContain('Accepted: grown by hand');
    expect(found.status).toBe(0);
    // What a pipe hands over is in no revision; the lock file is.
    expect(run(['check', '-', '--against', 'git:HEAD'], set('', '4Gi')).out).toContain('data 1Gi → 4Gi');
    expect(run(['check', 'dist', '--against', 'git:v1'])).toMatchObject({
      status: 2,
      error: "cdk8s-stateful: git knows no revision 'v1'. In CI, fetch it first: a shallow clone has one commit\n",
    });
  });

  const service = '---\n{ apiVersion: v1, kind: Service, metadata: { name: db, namespace: shop }, spec: { selector: { app: db } } }\n'; // prettier-ignore
  const nightly = (schedule = '0 3 * * *') => `---
apiVersion: batch/v1
kind: CronJob
metadata: { name: backup, namespace: shop }
spec:
  schedule: '${schedule}'
  jobTemplate:
    spec: { template: { spec: { containers: [{ name: backup, image: x, command: [sh, -c, pg_dump -h db | restic backup --stdin] }] } } }
`; // prettier-ignore

  it('says what backs up what, without a lock file', () => {
    writeFileSync('dist/db.yaml', set());
    expect(run(['coverage', 'dist'])).toEqual({
      status: 0,
      out: [
        'STORE                     BACKED UP BY  EVERY  KEPT  TRIED BY',
        'StatefulSet/shop/db data  NOTHING',
        '',
        '1 store: 0 backed up, 0 waived, 1 without a backup.',
        '',
      ].join('\n'),
      error: '',
    });
    expect(run(['coverage', 'dist', '--require-backup']).status).toBe(1);
    writeFileSync('dist/db.yaml', set() + service + nightly());
    const { status, out } = run(['coverage', 'dist', '--require-backup', '--rpo', '24h']);
    expect(out).toContain('StatefulSet/shop/db data  CronJob/shop/backup  24 h\n');
    expect(status).toBe(0);
    const seldom = run(['coverage', 'dist', '--rpo', '12h']);
    expect(seldom.out).toContain('24 h between two backups, where 12 h are promised');
    expect(seldom.status).toBe(1);
    expect(JSON.parse(run(['coverage', 'dist', '--format', 'json']).out)).toMatchObject({
      exit: 0,
      stores: [{ store: 'StatefulSet/shop/db data', by: ['CronJob/shop/backup'], every: '24 h', notes: [] }],
    });
    writeFileSync('dist/db.yaml', 'kind: {');
    expect(run(['coverage', 'dist']).status).toBe(2);
  });

  it('keeps a policy, and reasons for stores that need no backup', () => {
    writeFileSync('dist/db.yaml', set());
    baseline();
    expect(run(['check', 'dist']).status).toBe(0);
    expect(run(['check', 'dist', '--require-backup']).status).toBe(1);
    // A policy that does not hold is not accepted.
    expect(run(['accept', 'dist', '--require-backup']).status).toBe(1);
    expect(run(['accept', 'dist', '--waive', 'StatefulSet/shop/db', '--because', 'x']).error).toContain(
      "there is no store 'StatefulSet/shop/db'; coverage names them",
    );
    const waive = ['--waive', 'StatefulSet/shop/db data', '--because', 'filled again within minutes'];
    expect(run(['accept', 'dist', '--require-backup', ...waive]).status).toBe(0);
    expect(readFileSync('stateful.lock', 'utf-8')).toContain(
      'policy:\n      backup: required\n    waived:\n      StatefulSet/shop/db data: filled again within minutes\n',
    );
    expect(run(['coverage', 'dist'])).toMatchObject({
      status: 0,
      out: expect.stringContaining('waived: filled again within minutes') as string,
    });
    expect(run(['check', 'dist']).status).toBe(0);
    writeFileSync('dist/more.yaml', set('', '1Gi', 'other'));
    expect(run(['check', 'dist']).out).toContain('UNPROTECTS  StatefulSet/shop/other  not-backed-up\n');
    expect(run(['accept', 'dist', '--waive', 'x']).error).toContain("say why: --because '…'");
    expect(run(['check', 'dist', '--rpo', 'soon']).error).toContain(
      "--rpo 'soon' must be a time such as 30m, 24h or 7d",
    );
  });

  it('finds a backup that is lost, against the lock file and against a folder', () => {
    writeFileSync('dist/db.yaml', set() + service + nightly());
    baseline();
    expect(readFileSync('stateful.lock', 'utf-8')).toContain(
      'covered:\n      StatefulSet/shop/db data: CronJob/shop/backup\n',
    );
    mkdirSync('old');
    writeFileSync('old/db.yaml', readFileSync('dist/db.yaml', 'utf-8'));
    writeFileSync('dist/db.yaml', set() + service.replace('name: db', 'name: database') + nightly());
    for (const against of [[], ['--against', 'old']]) {
      const { status, out } = run(['check', 'dist', ...against]);
      expect(out).toContain("UNPROTECTS  StatefulSet/shop/db  coverage-lost\n  template 'data': CronJob/shop/backup → nothing\n"); // prettier-ignore
      expect(status).toBe(1);
    }
  });

  it('counts the schedules of a scope that is named, and no others', () => {
    const schedule = '{ apiVersion: velero.io/v1, kind: Schedule, metadata: { name: nightly, namespace: velero }, spec: { schedule: "0 1 * * *", template: { defaultVolumesToFsBackup: true } } }\n'; // prettier-ignore
    baseline(['--scope', 'velero'], schedule);
    baseline(['--scope', 'shop'], set());
    expect(run(['check', '-', '--scope', 'shop', '--require-backup'], set()).status).toBe(1);
    const named = ['--scope', 'shop', '--require-backup', '--backups-in', 'velero'];
    expect(run(['check', '-', ...named], set()).status).toBe(0);
    expect(run(['accept', '-', ...named], set()).status).toBe(0);
    expect(run(['check', '-', '--scope', 'shop'], set()).status).toBe(0);
    expect(run(['check', '-', '--scope', 'shop', '--backups-in', 'valero'], set())).toMatchObject({
      status: 2,
      out: expect.stringContaining("stateful.lock has no scope 'valero', whose backups are to count") as string,
    });
  });

  it('keeps environments apart, and removes nothing of a scope that a run does not name', () => {
    baseline(['--scope', 'staging', '--deployer', 'argocd'], set('  replicas: 1', '1Gi'));
    baseline(['--scope', 'production', '--deployer', 'helm'], set('  replicas: 3', '8Gi'));
    expect(run(['check', '-', '--scope', 'staging'], set('  replicas: 1')).status).toBe(0);
    const swapped = run(['check', '-', '--scope', 'production'], set('  replicas: 1'));
    expect(swapped.out).toContain('production: 1 refused.');
    expect(readFileSync('stateful.lock', 'utf-8').match(/^ {2}\w+:$/gm)).toEqual(['  production:', '  staging:']);
    expect(run(['accept', '-', '--scope', 'staging'], set('  replicas: 2')).status).toBe(0);
    expect(run(['check', '-', '--scope', 'production'], set('  replicas: 3', '8Gi')).status).toBe(0);
    expect(run(['check', '-', '--scope', 'prod'], set()).status).toBe(2);
  });

  it('takes what a pipe does not hold for removed, unless the deployer removes nothing', () => {
    const both = `${set()}---\n${set('', '1Gi', 'cache')}`;
    baseline([], both);
    expect(run(['check', '-'], set()).out).toContain('STRANDS DATA  StatefulSet/shop/cache  set-removed');
    expect(run(['check', '-', '--deployer', 'kubectl'], set())).toMatchObject({ status: 0 });
  });

  it.each([
    ['a parse error', 'kind: [', 'is no YAML'],
    ['a parse error after an object', `${set()}---\nkind: [`, 'is no YAML'],
    ['no document', '', 'no document was read'],
    ['a document without kind', 'apiVersion: v1', 'it has no kind'],
    ['a document without apiVersion', 'kind: Pod', 'it has no apiVersion'],
    ['a list', '- a', 'it must be a map'],
    ['a template', set().replace('db', '{{ .Values.name }}'), "'metadata.name' must be a text"],
    ['a block of a template', `{{- if .Values.db }}\n${set()}{{- end }}`, 'it looks like a template'],
    ['a quoted template', set().replaceAll(' db', " '{{ .Values.name }}'"), 'is a template that was never rendered'],
    ['a variable of envsubst', set('', "'${SIZE}'"), 'is a template that was never rendered'],
    ['marks of a conflict', `<<<<<<< HEAD\n${set()}`, 'merge conflict'],
    ['a wrong type', set('  replicas: [1]'), "'spec.replicas' must be a text"],
    [
      'only what has no part in data',
      'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }',
      'Is it the right folder?',
    ],
  ])('cannot tell of %s', (_name, text, message) => {
    baseline([], set());
    const found = run(['check', '-'], text);
    expect(found.out).toContain(message);
    expect(found.status).toBe(2);
    expect(run(['plan', '-'], text).status).toBe(2);
    expect(run(['accept', '-'], text).status).toBe(2);
  });

  it.each([
    ['marks of a conflict', (text: string) => text.replace('scopes:', '<<<<<<< HEAD\nscopes:')],
    ['another version', (text: string) => text.replace('version: 1', 'version: 2')],
    ['a fact that the guard does not write', (text: string) => text.replace('serviceName', 'service')],
    ['a map where text belongs', (text: string) => text.replace('serviceName: db', 'serviceName: { a: b }')],
    ['text where a map belongs', (text: string) => text.replace(/accepted: .*|objects:/, 'objects: x\n    more:')],
    ['a deployer that nobody knows', (text: string) => text.replace('deployer: prune', 'deployer: spinnaker')],
    ['nothing', () => ''],
    ['no YAML', () => 'version: ['],
  ])('cannot tell with a lock file that has %s', (_name, change) => {
    baseline([], set());
    const text = readFileSync('stateful.lock', 'utf-8');
    const broken = change(text);
    expect(broken).not.toBe(text);
    writeFileSync('stateful.lock', broken);
    const found = run(['check', '-'], set());
    expect(found.status).toBe(2);
    expect(run(['accept', '-', '--baseline', '--because', 'x'], set()).status).toBe(2);
    expect(readFileSync('stateful.lock', 'utf-8')).toBe(broken);
  });

  it('refuses options that it cannot understand, all at once', () => {
    expect(run(['check', '--deployer', 'spinnaker', '--format', 'xml', '--baseline', '--scope', '../x']).error).toBe(
      `cdk8s-stateful: name a file, a folder, or - for standard input
  --deployer 'spinnaker' is none of kubectl, prune, helm, argocd, flux
  --format 'xml' is none of text, json, github
  --scope '../x' must be letters, digits, '.', '_' and '-'
  --baseline belongs to accept
  say why: --because '…'; the reason stays in the lock file
`,
    );
    expect(run(['frob', 'dist'])).toMatchObject({ status: 2 });
    expect(run(['check', 'dist', '--frob'])).toMatchObject({ status: 2 });
    expect(run(['check', 'nowhere'])).toMatchObject({
      status: 2,
      error: 'cdk8s-stateful: nowhere: no such file or folder\n',
    });
    expect(run(['--help']).status).toBe(0);
    expect(run([]).status).toBe(2);
  });

  it('reads of a folder what kubectl reads, and names what it passes over', () => {
    mkdirSync('dist/inner');
    writeFileSync('dist/db.yml', set());
    writeFileSync('dist/notes.txt', '{{');
    writeFileSync('dist/inner/db.yaml', set('', '1Gi', 'inner'));
    const flat = run(['accept', 'dist', '--baseline', '--because', 'x']);
    expect(flat.error).toBe('Not read, as kubectl apply does not: dist/inner. --recursive reads them.\n');
    expect(readFileSync('stateful.lock', 'utf-8')).not.toContain('inner');
    expect(run(['check', 'dist', '--recursive']).status).toBe(0);
  });

  it('writes annotations for GitHub and JSON for programs', () => {
    writeFileSync('dist/db.yaml', set());
    baseline();
    writeFileSync('dist/db.yaml', set('', '2Gi'));
    expect(run(['check', 'dist', '--format', 'github']).out).toMatch(
      /^::error file=dist\/db\.yaml,line=17,title=refused%3A template-grown::StatefulSet\/shop\/db: data 1Gi → 2Gi%0A/,
    );
    expect(JSON.parse(run(['check', 'dist', '--format', 'json']).out)).toMatchObject({
      scope: 'default',
      exit: 1,
      problems: [],
      findings: [
        { name: 'template-grown:StatefulSet/shop/db', verdict: 'refused', place: { file: 'dist/db.yaml', line: 17 } },
      ],
    });
  });

  it('reads what an image holds from --engine and from an annotation', () => {
    const digest = (annotation = '') =>
      set()
        .replace('postgres:17.2', `postgres@sha256:${'0'.repeat(64)}`)
        .replace('namespace: shop', `namespace: shop${annotation}`);
    baseline([], set());
    expect(run(['check', '-'], digest())).toMatchObject({ status: 2 });
    expect(run(['check', '-'], digest()).out).toContain('CANNOT TELL  StatefulSet/shop/db  image-unreadable');
    const engine = 'StatefulSet/shop/db/postgres=postgres';
    expect(run(['check', '-', '--engine', `${engine}:17`], digest()).status).toBe(0);
    expect(run(['check', '-', '--engine', `${engine}:16`], digest()).out).toContain('image-downgrade');
    const annotated = digest(", annotations: { cdk8s-stateful/engine: 'postgres:17' }");
    expect(run(['check', '-'], annotated).status).toBe(0);
  });

  it('looks for secrets in clear where it is asked to, from then on, and takes one that is accepted by name', () => {
    const map = (password: string, more = '') =>
      `---\napiVersion: v1\nkind: ConfigMap\nmetadata: { name: app, namespace: shop }\ndata: { PASSWORD: "${password}"${more} }\n`;
    writeFileSync('dist/db.yaml', set() + map('first-word'));
    baseline();
    expect(run(['check', 'dist']).status).toBe(0);
    const found = run(['check', 'dist', '--secrets']);
    expect(found.status).toBe(1);
    const name = 'secret-in-clear:ConfigMap/shop/app';
    expect(found.out).toContain('SECRET IN CLEAR  ConfigMap/shop/app  secret-in-clear\n  data.PASSWORD\n');
    expect(found.out).toContain(`  dist/db.yaml:22\n\ndefault: 1 exposes.`);
    expect(found.out).toContain(`--finding '${name}'`);
    expect(run(['accept', 'dist', '--secrets']).status).toBe(1);
    expect(run(['accept', 'dist', '--secrets', '--finding', name, '--because', 'of a test']).status).toBe(0);
    expect(readFileSync('stateful.lock', 'utf-8')).toContain('    policy:\n      secrets: refused\n');
    // The value is nobody's business; a second field is another finding.
    writeFileSync('dist/db.yaml', set() + map('other-word'));
    expect(run(['check', 'dist'])).toMatchObject({ status: 0, error: '' });
    writeFileSync('dist/db.yaml', set() + map('first-word', ', TOKEN: a8F3kq0ZxW'));
    expect(run(['check', 'dist']).status).toBe(1);
  });

  it('names the lock file that it was given', () => {
    writeFileSync('dist/db.yaml', set());
    expect(run(['check', 'dist', '--lock', 'other.lock']).out).toContain(
      "CANNOT READ  other.lock has no scope 'default' to compare with. For a first state: cdk8s-stateful accept … --scope default --lock other.lock --baseline --because '…'\n",
    );
    expect(run(['check', 'dist']).out).toContain(
      "CANNOT READ  stateful.lock has no scope 'default' to compare with. For a first state: cdk8s-stateful accept … --scope default --baseline --because '…'\n",
    );
  });

  it('is silent about the value of a secret, and its lock file holds none', () => {
    const secret = (value: string) =>
      `apiVersion: v1\nkind: Secret\nmetadata: { name: pw, namespace: shop }\nstringData: { password: ${value} }\n`;
    const reads = set().replace(
      'volumeMounts',
      'env: [{ name: POSTGRES_PASSWORD, valueFrom: { secretKeyRef: { name: pw, key: password } } }]\n          volumeMounts',
    );
    writeFileSync('dist/db.yaml', `${secret('first-word')}---\n${reads}`);
    baseline();
    mkdirSync('old');
    writeFileSync('old/db.yaml', readFileSync('dist/db.yaml'));
    writeFileSync('dist/db.yaml', `${secret('other-word')}---\n${reads}`);
    const found = run(['check', 'dist', '--against', 'old']);
    expect(found.out).toContain('LOCKS OUT  Secret/shop/pw  secret-value');
    expect(found.out + readFileSync('stateful.lock', 'utf-8')).not.toMatch(/first-word|other-word|Zmlyc3Q|b3RoZXI/);
  });

  describe('as a plugin of cdk8s', () => {
    function validate(properties: object): { status?: string; log: string } {
      const said: { status?: string; log: string } = { log: '' };
      new DataGuard(properties).validate({
        manifests: ['dist/db.yaml'],
        logger: { log: (text) => void (said.log += text) },
        report: { submit: (status) => void (said.status = status) },
      });
      return said;
    }

    it('fails the synthesis by a finding, and removes what kubectl cannot apply', () => {
      writeFileSync('dist/db.yaml', set());
      writeFileSync('dist/construct-metadata.json', '{}');
      baseline(['--scope', 'app'], set());
      expect(validate({ scope: 'app' })).toMatchObject({ status: 'success' });
      expect(() => readFileSync('dist/construct-metadata.json')).toThrow('ENOENT');
      writeFileSync('dist/db.yaml', set('', '2Gi'));
      const { status, log } = validate({ scope: 'app' });
      expect(status).toBe('failure');
      expect(log).toContain('template-grown');
      expect(validate({ scope: 'other' })).toMatchObject({ status: 'failure' });
      expect(validate({ scpoe: 'app' })).toEqual({
        status: 'failure',
        log: "properties of DataGuard: 'scpoe' is none of scope, deployer, namespace, force, lock, engines, requireBackup, rpo, secrets, backupsIn",
      });
    });
  });
});
