import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { App, Chart, Cron } from 'cdk8s';
import type { ChartProps } from 'cdk8s';
import { BlobBackupCronJob, BlobRestoreJob, DatabaseEngine, RestoreDrill, StatefulDatabase } from '../../lib';
import type { BlobBackupCronJobProps, BlobRestoreJobProps, IDatabase, RestoreDrillProps } from '../../lib';
import { CONTRACT } from '../../lib/backup/backup-scripts';
import { renderedJob } from '../support/job';
import { find, manifestsOf, newChart } from '../support/manifests';
import type { Manifest } from '../support/manifests';
import { expectRefused } from '../support/refused';
import { BLOBS, blobs, DATABASE, plainSpec } from '../support/samples';
import { expectScripts, readmeOf, scriptMaps } from '../support/scripts';
import { describeShell, Sandbox } from '../support/shell';
import type { Outcome } from '../support/shell';

const FULL =
  'kubectl apply keeps the whole object in an annotation, which has no more room; shorten the texts, or load them from a volume';

/** An app of several charts, and what it makes in all of them. */
class Charts {
  private readonly app = new App();
  private readonly charts: Chart[] = [];

  public chart(id: string, props: ChartProps = {}): Chart {
    const chart = new Chart(this.app, id, props);
    this.charts.push(chart);
    return chart;
  }

  public get manifests(): Manifest[] {
    return this.charts.flatMap(manifestsOf);
  }

  public get maps(): string[] {
    return scriptMaps(this.manifests);
  }

  /** Expects that a job runs the scripts of that ConfigMap. */
  public expectScripts(job: string, configMap: string): void {
    expectScripts(renderedJob(this.manifests, job), configMap);
  }
}

/** One that the app does not make, so that only the jobs are in their chart. */
function databaseOf(engine = DATABASE.engine): IDatabase {
  return StatefulDatabase.fromAttributes(newChart(), 'db', { engine, address: 'db.example.com' });
}

function addBackup(chart: Chart, props: Partial<BlobBackupCronJobProps> = {}): BlobBackupCronJob {
  const all = { database: databaseOf(), store: BLOBS, schedule: Cron.daily(), ...props };
  return new BlobBackupCronJob(chart, 'backup', all);
}

function addRestore(chart: Chart, props: Partial<BlobRestoreJobProps> = {}, id = 'restore'): BlobRestoreJob {
  return new BlobRestoreJob(chart, id, { database: databaseOf(), store: BLOBS, ...props });
}

function addDrill(chart: Chart, backup: BlobBackupCronJob, props: Partial<RestoreDrillProps> = {}): RestoreDrill {
  return new RestoreDrill(chart, 'drill', { backup, schedule: Cron.weekly(), ...props });
}

const IMAGE = 'registry.example.com/backupjob:17.11';

function own(engine: Partial<DatabaseEngine['spec']['backupScripts']> = {}): DatabaseEngine {
  return DatabaseEngine.of(plainSpec({ backupScripts: { verbs: 'engine=redis', ...engine } }));
}

describe('the scripts of a backup', () => {
  let app: Charts;
  let chart: Chart;

  beforeEach(() => {
    app = new Charts();
    chart = app.chart('one');
  });

  test.each(['before', 'after'])('are those of a restore that was made %s it, and of a drill', (when) => {
    if (when === 'before') addRestore(chart);
    const backup = addBackup(chart);
    if (when === 'after') addRestore(chart);
    addDrill(chart, backup);
    expect(app.maps).toEqual(['backup-scripts']);
    for (const job of ['backup', 'restore', 'drill']) app.expectScripts(job, 'backup-scripts');
    expect(find(app.manifests, 'ConfigMap', 'backup-scripts').data.README).toBe(readmeOf('backup'));
  });

  test('are those of all restores, however many', () => {
    addRestore(chart, {}, 'first');
    addRestore(chart, { backup: 'db_20261121063800' }, 'second');
    addBackup(chart);
    addRestore(chart, {}, 'third');
    expect(app.maps).toEqual(['backup-scripts']);
    for (const job of ['first', 'second', 'third']) app.expectScripts(job, 'backup-scripts');
  });

  test.each(['before', 'after'])('are those of a restore of another chart that was made %s it', (when) => {
    const other = app.chart('other');
    if (when === 'before') addRestore(other);
    const backup = addBackup(chart);
    if (when === 'after') addRestore(other);
    addDrill(other, backup);
    expect(app.maps).toEqual(['backup-scripts']);
    for (const job of ['restore', 'drill']) app.expectScripts(job, 'backup-scripts');
    expect(scriptMaps(manifestsOf(other))).toEqual([]);
  });

  test('are those of a restore in the same namespace, whoever names it', () => {
    const other = app.chart('other');
    const backup = addBackup(chart, { namespace: 'shop' });
    addRestore(other, { namespace: 'shop' });
    addDrill(app.chart('third', { namespace: 'shop' }), backup);
    expect(app.maps).toEqual(['shop/backup-scripts']);
    for (const job of ['restore', 'drill']) app.expectScripts(job, 'backup-scripts');
  });

  // A pod mounts no ConfigMap of another namespace.
  test.each(['before', 'after'])('are not those of jobs in another namespace that were made %s it', (when) => {
    if (when === 'before') addRestore(chart, { namespace: 'ops' });
    const backup = addBackup(chart, { namespace: 'shop' });
    if (when === 'after') addRestore(chart, { namespace: 'ops' });
    addDrill(chart, backup, { namespace: 'web' });
    expect(app.maps.sort()).toEqual(['ops/restore-scripts', 'shop/backup-scripts', 'web/drill-scripts']);
    for (const job of ['backup', 'restore', 'drill']) app.expectScripts(job, `${job}-scripts`);
  });

  test('are shared by the jobs of each namespace alone', () => {
    const backup = addBackup(chart, { namespace: 'shop' });
    addRestore(chart);
    addDrill(chart, backup);
    expect(app.maps.sort()).toEqual(['restore-scripts', 'shop/backup-scripts']);
    app.expectScripts('drill', 'backup-scripts');
  });

  test.each(['account', 'container', 'prefix'])('are not those of a restore from another %s', (part) => {
    addRestore(chart, { store: blobs({ [part]: 'another' }) }, 'before');
    addBackup(chart);
    addRestore(chart, { store: blobs({ [part]: 'another' }) }, 'after');
    expect(app.maps.sort()).toEqual(['after-scripts', 'backup-scripts', 'before-scripts']);
    for (const job of ['before', 'after']) app.expectScripts(job, `${job}-scripts`);
  });

  // It runs what its own engine needs.
  test.each([
    ['verbs', { verbs: 'engine=other' }],
    ['file', { files: { 'rows.lua': '2' } }],
    ['file more', { files: { 'rows.lua': '1', 'more.lua': '' } }],
    ['file fewer', { files: {} }],
  ])('are not those of a restore with other scripts: %s', (_, change) => {
    const files = { 'rows.lua': '1' };
    addRestore(chart, { database: databaseOf(own({ files, ...change })) }, 'before');
    addBackup(chart, { database: databaseOf(own({ files })) });
    addRestore(chart, { database: databaseOf(own({ files, ...change })) }, 'after');
    addRestore(chart, { database: databaseOf(own({ files })) }, 'same');
    expect(app.maps.sort()).toEqual(['after-scripts', 'backup-scripts', 'before-scripts']);
    for (const job of ['before', 'after']) app.expectScripts(job, `${job}-scripts`);
    app.expectScripts('same', 'backup-scripts');
  });

  test('are not those of a restore of another app', () => {
    addBackup(chart);
    const other = new Charts();
    addRestore(other.chart('one'));
    expect(other.maps).toEqual(['restore-scripts']);
    other.expectScripts('restore', 'restore-scripts');
  });

  test('are its own where a restore or a drill has no backup in its app', () => {
    addRestore(chart);
    const { README: _, ...ofRestore } = find(app.manifests, 'ConfigMap', 'restore-scripts').data;
    const elsewhere = new Charts();
    const backup = addBackup(elsewhere.chart('one'));
    addDrill(chart, backup);
    expect(app.maps).toEqual(['restore-scripts', 'drill-scripts']);
    for (const job of ['restore', 'drill']) {
      app.expectScripts(job, `${job}-scripts`);
      const { README, ...data } = find(app.manifests, 'ConfigMap', `${job}-scripts`).data;
      expect(README).toBe(readmeOf(job));
      expect(data).toEqual(ofRestore);
    }
  });

  test.each(['before', 'after'])('of one image are made for a restore that was made %s it', (when) => {
    if (when === 'before') addRestore(chart);
    addBackup(chart, { image: IMAGE });
    if (when === 'after') addRestore(chart);
    expect(app.maps).toEqual(['backup-scripts']);
    app.expectScripts('restore', 'backup-scripts');
    expect(renderedJob(app.manifests, 'backup').pod.volumes.map(({ name }) => name)).toEqual([
      'tmp',
      'scratch',
      'backupcredentialsvolume',
    ]);
  });

  test('of one image are made once for a restore and a drill, and for neither not at all', () => {
    const backup = addBackup(chart, { image: IMAGE });
    expect(app.maps).toEqual([]);
    addDrill(chart, backup);
    addRestore(chart);
    expect(app.maps).toEqual(['backup-scripts']);
    app.expectScripts('drill', 'backup-scripts');
  });

  test.each(['before', 'after'])('that was refused are not those of a restore that was made %s it', (when) => {
    const refused = () => addBackup(chart, { retries: -1 });
    if (when === 'after') expect(refused).toThrow("'retries' must be a whole number from 0 to 100, got -1: write 2");
    addRestore(chart);
    if (when === 'before') expect(refused).toThrow("'retries' must be a whole number from 0 to 100, got -1: write 2");
    expect(app.maps).toEqual(['restore-scripts']);
    app.expectScripts('restore', 'restore-scripts');
    expect(find(app.manifests, 'ConfigMap', 'restore-scripts').data.README).toBe(readmeOf('restore'));
  });

  test('are those of the one that is made after another was refused, or taken out', () => {
    addRestore(chart);
    expect(() => addBackup(chart, { retries: -1 })).toThrow("'retries' must be");
    addBackup(chart);
    chart.node.tryRemoveChild('backup');
    addBackup(chart, { name: 'nightly' });
    expect(app.maps).toEqual(['nightly-scripts']);
    app.expectScripts('restore', 'nightly-scripts');
  });

  test('are made for a restore after a backup that was taken out', () => {
    addBackup(chart);
    chart.node.tryRemoveChild('backup');
    addRestore(chart);
    expect(app.maps).toEqual(['restore-scripts']);
    app.expectScripts('restore', 'restore-scripts');
  });

  test('are not made for a restore that was refused', () => {
    expect(() => addRestore(chart, { retries: -1 })).toThrow("'retries' must be");
    addBackup(chart, { image: IMAGE });
    expect(app.maps).toEqual([]);
  });
});

describe('the files of an engine of the user', () => {
  const make = (files: { [name: string]: string }) => {
    const chart = newChart();
    const database = databaseOf(own({ files }));
    return { chart, make: () => addBackup(chart, { database }) };
  };
  const refusal = (name: string) =>
    "'engine.backupScripts.files' must be names of A-Z, a-z, 0-9, '.', '-' and '_' that no other script has, got " +
    `${JSON.stringify(name)}: it would stand in another script's place; write it as 'rows.sql'`;

  test('may have any name that is free', () => {
    const files = { 'client.sh': '1', 'A-b_c.9': '2', readme: '3', 'Dump.sh': '4', dump: '5' };
    const { chart, make: made } = make(files);
    made();
    expect(find(manifestsOf(chart), 'ConfigMap', 'backup-scripts').data).toMatchObject(files);
  });

  test.each([
    'README',
    'lib.sh',
    'step.sh',
    'dump.sh',
    'restore.sh',
    'drill.sh',
    'store.sh',
    'upload.sh',
    'prune.sh',
    'fetch.sh',
    'report.sh',
    'engine.sh',
  ])('may not be called %s, as one of ours', (name) => {
    const { chart, make: refused } = make({ 'rows.sql': '', [name]: '' });
    expectRefused(chart, refused, "BlobBackupCronJob 'test/backup'", refusal(name));
  });

  test.each(['', '.hidden', '..data', '-x.sql', '_x', 'a b.sql', 'a/b.sql', 'ä.sql', 'x.sql\n'])(
    'may not be called %j',
    (name) => {
      const { chart, make: refused } = make({ [name]: '' });
      expectRefused(chart, refused, "BlobBackupCronJob 'test/backup'", refusal(name));
    },
  );

  test('are all named that are refused, of a restore too', () => {
    const chart = newChart();
    const files = { 'dump.sh': '', 'a b': '' };
    const database = databaseOf(own({ files }));
    const restore = () => addRestore(chart, { database });
    expectRefused(chart, restore, "BlobRestoreJob 'test/restore'", refusal('dump.sh'), refusal('a b'));
  });
});

describe('texts that are too large', () => {
  /** What `kubectl apply` would write into the annotations of an object, which a server counts. */
  const annotationBytes = (manifest: Manifest): number => {
    const { metadata, ...rest } = manifest;
    // Go writes each of these as a code.
    const json = JSON.stringify({ ...rest, metadata: { ...metadata, annotations: {} } });
    const written = json.replace(/[<>&]/g, (one) => `\\u00${one.charCodeAt(0).toString(16)}`);
    return Buffer.byteLength(`kubectl.kubernetes.io/last-applied-configuration${written}\n`);
  };
  const LIMIT = 262_144;
  const message = (prop: string, bytes: number) =>
    `'${prop}' must fit into a ConfigMap of 262144 bytes as JSON, got ${bytes}: ${FULL}`;

  const makers: [string, string, string, (chart: Chart, text: string) => unknown][] = [
    [
      'backup',
      'BlobBackupCronJob',
      'engine.backupScripts',
      (chart, text) => addBackup(chart, { database: databaseOf(own({ verbs: text })) }),
    ],
    [
      'backup',
      'BlobBackupCronJob',
      'engine.backupScripts',
      (chart, text) => addBackup(chart, { database: databaseOf(own({ files: { 'rows.lua': text } })) }),
    ],
    [
      'restore',
      'BlobRestoreJob',
      'engine.backupScripts',
      (chart, text) => addRestore(chart, { database: databaseOf(own({ verbs: text })) }),
    ],
    [
      'drill',
      'RestoreDrill',
      'checks',
      (chart, text) => addDrill(chart, addBackup(newChart()), { checks: { 'orders.sql': text } }),
    ],
  ];
  const mapOf = (chart: Chart, prop: string): Manifest => {
    const [map] = manifestsOf(chart).filter(
      ({ kind, metadata }) =>
        kind === 'ConfigMap' && metadata.name.endsWith(prop === 'checks' ? '-checks' : '-scripts'),
    );
    return map!;
  };

  test.each(makers)('are refused to the byte: of a %s, %s, %s', (id, construct, prop, make) => {
    // Labels of the chart are in the object too; of the texts each kind counts otherwise.
    const labels = { team: 'shop' };
    const begun = 'SELECT "é" <> \'&\'\n';
    const small = newChart({ labels, namespace: 'shop' });
    make(small, begun);
    const room = LIMIT - annotationBytes(mapOf(small, prop));

    const full = newChart({ labels, namespace: 'shop' });
    make(full, begun + 'x'.repeat(room));
    expect(annotationBytes(mapOf(full, prop))).toBe(LIMIT);

    const chart = newChart({ labels, namespace: 'shop' });
    const refused = () => make(chart, begun + 'x'.repeat(room + 1));
    expect(refused).toThrow(new Error(`${construct} 'test/${id}':\n- ${message(prop, LIMIT + 1)}`));
    expect(chart.toJson()).toEqual([]);
  });
});

test('the contract of the scripts is that of the pods', () => {
  const text = readFileSync(join(__dirname, '../../lib/database/scripts/step.sh'), 'utf8');
  expect([...text.matchAll(/^contract=(.*)$/gm)].map(([, number]) => number)).toEqual([String(CONTRACT)]);
});

/** Shells of the images: a database's is dash or bash, rclone's is BusyBox. */
const SHELLS = ['dash', 'bash', 'busybox'].filter((shell) => {
  const args = shell === 'busybox' ? ['true'] : ['-c', 'true'];
  return spawnSync(shell, args).status === 0;
});

describeShell('the first step of a job', () => {
  describe.each(SHELLS)('in %s', (shell) => {
    let box: Sandbox;

    beforeEach(() => {
      box = new Sandbox();
      mkdirSync(box.path('scratch'));
      mkdirSync(box.path('bin'));
      const programs = shell === 'busybox' ? ['sh', 'cp', 'mv', 'rm', 'mkdir'] : ['sh'];
      const where = spawnSync('sh', ['-c', `command -v ${shell}`], { encoding: 'utf8' }).stdout.trim();
      for (const program of programs) symlinkSync(where, box.path(`bin/${program}`));
    });

    afterEach(() => box.remove());

    /** Files of a ConfigMap's volume, as the kubelet lays them out: a folder for each version, and a link to that of now. */
    function mount(version: string, files: { [name: string]: string }): void {
      for (const [name, text] of Object.entries(files)) {
        box.write(`scripts/..2026_${version}/${name}`, text);
        if (!readdirSync(box.path('scripts')).includes(name))
          symlinkSync(`..data/${name}`, box.path(`scripts/${name}`));
      }
    }

    /** One rename, so that at no moment there is none. */
    function turnTo(version: string): void {
      symlinkSync(`..2026_${version}`, box.path('scripts/..data_tmp'));
      renameSync(box.path('scripts/..data_tmp'), box.path('scripts/..data'));
    }

    const ENGINE = own({
      verbs: `engine=redis
login() { :; }
version() { echo 8.2.1; }
dump() { cp "$here/rows.lua" "$1/dump"; echo '"0": 3' > "$work/rows.dump"; : > "$work/objects.dump"; }
read_back() { :; }
`,
      files: { 'rows.lua': 'return 3\n' },
    });
    const chart = newChart();
    addBackup(chart, { database: databaseOf(ENGINE) });
    const { data } = find(manifestsOf(chart), 'ConfigMap', 'backup-scripts');
    const COMMAND = renderedJob(manifestsOf(chart), 'backup').step('dump').command;

    /** With folders of the sandbox in place of those of the pod. */
    function run(scratch = 'scratch'): Outcome {
      mkdirSync(box.path(scratch), { recursive: true });
      const here = COMMAND.map((argument) =>
        argument
          .split('/scripts/..data')
          .join(box.path('scripts/..data'))
          .split('/scratch/')
          .join(`${box.path(scratch)}/`),
      );
      return box.run(here, { SCRATCH: box.path(scratch), TMPDIR: box.folder, DB_HOST: 'db', DB_NAME: '0' });
    }

    /** Prints the versions of all files that it runs beside. */
    function versioned(version: string): { [name: string]: string } {
      const files = Array.from({ length: 40 }, (_, number) => [`file-${number}`, `${version}\n`] as const);
      return { ...Object.fromEntries(files), 'dump.sh': `echo ${version}; cat "\${0%/*}"/file-* | sort -u\n` };
    }

    test('copies all scripts and goes on with its own', () => {
      mount('1', data);
      turnTo('1');
      expect(run()).toEqual({
        status: 0,
        stdout: expect.stringMatching(/^dump: 3 rows of 1 tables, dumped in \d+ s and read back\n$/) as string,
        stderr: '',
      });
      const copied = readdirSync(box.path('scratch/scripts'));
      expect(Object.fromEntries(copied.map((name) => [name, box.read(`scratch/scripts/${name}`)]))).toEqual(data);
      expect(readdirSync(box.path('scratch')).sort()).toEqual(['backup', 'scripts']);
      expect(box.read('scratch/backup/dump')).toBe('return 3\n');
    });

    test('keeps the copy that it made when it is run again', () => {
      mount('1', versioned('1'));
      mount('2', versioned('2'));
      turnTo('1');
      expect(run()).toEqual({ status: 0, stdout: '1\n1\n', stderr: '' });
      turnTo('2');
      expect(run()).toEqual({ status: 0, stdout: '1\n1\n', stderr: '' });
      rmSync(box.path('scripts'), { recursive: true });
      expect(run()).toEqual({ status: 0, stdout: '1\n1\n', stderr: '' });
    });

    // The kubelet deletes the old version, and a node may run out of space, in the midst of it.
    test('runs nothing of a copy that is not whole, and makes it anew', () => {
      mount('1', versioned('1'));
      mount('2', versioned('2'));
      turnTo('1');
      box.write('scripts/..2026_1/only-in-1', '');
      // Of all else there is, `cp` takes no folder.
      mkdirSync(box.path('scripts/..2026_1/folder'));
      expect(run()).toMatchObject({ status: 1, stdout: '', stderr: expect.stringContaining('folder') as string });
      expect(readdirSync(box.path('scratch'))).toEqual(['scripts.new']);
      expect(readdirSync(box.path('scratch/scripts.new'))).toContain('only-in-1');
      turnTo('2');
      expect(run()).toEqual({ status: 0, stdout: '2\n2\n', stderr: '' });
      expect(readdirSync(box.path('scratch/scripts')).sort()).toEqual(Object.keys(versioned('2')).sort());
    });

    test('fails where there are no scripts', () => {
      const { status, stdout } = run();
      expect({ failed: status !== 0, stdout }).toEqual({ failed: true, stdout: '' });
      expect(readdirSync(box.path('scratch'))).toEqual(['scripts.new']);
    });

    test('never mixes two versions, whatever comes in while it copies', async () => {
      mount('1', versioned('1'));
      mount('2', versioned('2'));
      turnTo('1');
      const swap = `const { symlinkSync, renameSync } = require('node:fs');
process.chdir(process.argv[1]);
// Faster than one file is copied, and no processor is taken from those that copy.
const pause = new Int32Array(new SharedArrayBuffer(4));
for (let turn = 0; ; turn++) {
  symlinkSync('..2026_' + (turn % 2 + 1), '..data_tmp');
  renameSync('..data_tmp', '..data');
  Atomics.wait(pause, 0, 0, 0.1);
  if (turn === 10) console.log('begun');
}`;
      const swapping = spawn(process.execPath, ['-e', swap, box.path('scripts')], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const ended = once(swapping, 'exit');
      const outcomes = new Set<string>();
      try {
        await once(swapping.stdout, 'data');
        for (let turn = 0; turn < 50; turn++) {
          const { status, stdout, stderr } = run(`scratch-${turn}`);
          outcomes.add(`${status} ${stdout}${stderr}`);
        }
        expect(swapping.exitCode).toBeNull();
      } finally {
        swapping.kill('SIGKILL');
        await ended;
      }
      // Both, so it was swapped while they ran.
      expect([...outcomes].sort()).toEqual(['0 1\n1\n', '0 2\n2\n']);
    }, 60_000);

    test('says so when pods and scripts keep different contracts', () => {
      const newer = data['step.sh']!.replace(/^contract=1$/m, 'contract=2');
      expect(newer).not.toBe(data['step.sh']);
      mount('2', { ...data, 'step.sh': newer });
      turnTo('2');
      const stderr =
        'dump: these scripts keep contract 2, the pod keeps contract 1: apply the CronJob and its ConfigMap of one version. ' +
        'Nothing was changed\n';
      expect(run()).toEqual({ status: 1, stdout: '', stderr });
      expect(readdirSync(box.path('scratch'))).toEqual(['scripts']);
    });

    test.each([
      ['dump', '2', '2'],
      ['upload', '2', '2'],
      ['fetch', '0', '0'],
      ['drill', '11', '11'],
      ['report', undefined, 'none'],
      ['restore', '', 'none'],
    ])('and so does %s with contract %j', (step, contract, said) => {
      for (const [name, text] of Object.entries(data)) box.write(`scratch/scripts/${name}`, text);
      const command = ['sh', box.path(`scratch/scripts/${step}.sh`), ...(contract === undefined ? [] : [contract])];
      const outcome = box.run(command, { SCRATCH: box.path('scratch'), TMPDIR: box.folder });
      expect(outcome).toEqual({
        status: 1,
        stdout: '',
        stderr:
          `${step}: these scripts keep contract 1, the pod keeps contract ${said}: apply the CronJob and its ConfigMap of one ` +
          'version. Nothing was changed\n',
      });
      expect(readdirSync(box.path('scratch'))).toEqual(['scripts']);
    });
  });
});
