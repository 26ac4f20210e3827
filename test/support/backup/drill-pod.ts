import { Cron, Duration } from 'cdk8s';
import { BlobStore, DatabaseEngine, PointInTimeDrill, StatefulDatabase } from '../../../lib';
import type { PointInTimeDrillProps } from '../../../lib';
import { PASSWORD } from '../elsewhere';
import { expand, renderedJob } from '../job';
import { find, manifestsOf, newChart } from '../manifests';
import type { Outcome } from '../shell';
import type { ArchivingServer } from './archiving-server';
import { engineImage } from './engine-image';
import { Pod } from './pod';
import type { StepName } from './scripts';
import { FETCH, HEARTBEAT, RECOVER, REPORT } from './steps';

interface Env {
  readonly [name: string]: string;
}

/** What its containers have said, one after the other; none runs after one that failed. */
export interface DrillOutcome {
  readonly status: number | null;
  readonly steps: { readonly [step: string]: Outcome };
  /** The lines of the report, as the last container prints them. */
  readonly report: string[];
  /** The line that says how it ended. */
  readonly last: string;
}

/** A pod of a drill, as it is synthesized, of an archive in a folder. */
export class DrillPod {
  public readonly pod: Pod;
  private readonly envOf: (step: StepName) => Env;
  private readonly steps: readonly string[];

  public constructor(
    folder: string,
    serverName: string,
    {
      server,
      store,
      env = {},
      secrets = {},
      ...props
    }: Partial<PointInTimeDrillProps> & {
      server?: ArchivingServer;
      store?: BlobStore;
      env?: Env;
      secrets?: Env;
    } = {},
  ) {
    const chart = newChart();
    const engine = DatabaseEngine.postgres({ version: '17.11' });
    const heartbeat = server && {
      database: StatefulDatabase.fromAttributes(chart, 'db', {
        engine,
        address: '127.0.0.1',
        port: server.port,
        user: 'drill',
        databaseName: 'shop',
        password: PASSWORD,
      }),
    };
    new PointInTimeDrill(chart, 'drill', {
      source: { store: store ?? BlobStore.of({ type: 'local', path: folder }), serverName },
      engine,
      schedule: Cron.weekly(),
      databaseName: 'shop',
      ...(heartbeat && { heartbeat, recoveryPointObjective: Duration.seconds(30) }),
      ...props,
    });
    const manifests = manifestsOf(chart);
    const job = renderedJob(manifests, 'drill');
    this.steps = job.steps;
    this.envOf = (step) => {
      const given = Object.entries(job.envOf(step)).flatMap(([name, value]) =>
        value === undefined ? [] : [[name, value]],
      );
      return { ...Object.fromEntries(given), POLL_SECONDS: '0.2', ...env };
    };
    this.pod = new Pod({}, { 'dbPassword.txt': 'a password of tests', ...secrets }, engineImage('postgres'), () => ({
      files: find(manifests, 'ConfigMap', 'drill-scripts').data,
      command: (step) => job.step(step).command.map((word) => expand(word, {})),
    }));
    for (const [name, sql] of Object.entries(props.checks ?? {})) this.pod.check(name, sql);
  }

  public async run(env: Env = {}): Promise<DrillOutcome> {
    const steps: { [step: string]: Outcome } = {};
    let outcome: Outcome | undefined;
    for (const container of [HEARTBEAT, FETCH, RECOVER, REPORT]) {
      if (!this.steps.includes(container.step)) continue;
      outcome = await this.pod.run(container, { ...this.envOf(container.step), ...env });
      steps[container.step] = outcome;
      if (outcome.status !== 0) break;
    }
    const { status, stdout, stderr } = outcome!;
    const lines = stdout.trimEnd().split('\n');
    const report = lines
      .filter((line) => /^report: .*: (passed|FAILED): /.test(line))
      .map((line) => line.slice('report: '.length));
    const last = (status === 0 ? lines : stderr.trimEnd().split('\n')).at(-1)!;
    return { status, steps, report, last };
  }
}
