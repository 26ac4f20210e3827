import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { freePort, killGroup, start, until } from '../../support/backup/processes';
import type { Running } from '../../support/backup/processes';
import { program } from '../../support/backup/programs';

interface Answer<T> {
  readonly data: T;
}

/** A series, and its value now. */
export interface Sample {
  readonly metric: { readonly [label: string]: string };
  readonly value: readonly [number, string];
}

/** An alert that is pending or firing. */
export interface Alert {
  readonly labels: { readonly [label: string]: string };
  readonly state: string;
}

/** A Prometheus on this machine, from which pods of the test cluster can be reached. */
export class Prometheus {
  private readonly folder = mkdtempSync(join(tmpdir(), 'prometheus-'));
  private running?: Running;
  private port = 0;

  /**
   * @param scrapes the `scrape_configs`
   * @param groups groups of rules
   */
  public constructor(
    private readonly scrapes: readonly object[],
    private readonly groups: readonly object[] = [],
  ) {}

  public async start(): Promise<void> {
    this.port = await freePort();
    const [config, rules] = ['prometheus.yaml', 'rules.yaml'].map((name) => join(this.folder, name)) as [
      string,
      string,
    ];
    const global = { scrape_interval: '2s', evaluation_interval: '2s' };
    writeFileSync(config, stringify({ global, rule_files: [rules], scrape_configs: this.scrapes }));
    writeFileSync(rules, stringify({ groups: this.groups }));
    const data = `--storage.tsdb.path=${join(this.folder, 'data')}`;
    const listen = `--web.listen-address=127.0.0.1:${this.port}`;
    this.running = start([program('prometheus'), `--config.file=${config}`, data, listen], {});
    await until(async () => (await this.fetch('/-/ready').catch(() => undefined))?.ok ?? false, 'Prometheus', 60);
  }

  /** What a question is answered now. */
  public async query(question: string): Promise<Sample[]> {
    const response = await this.fetch(`/api/v1/query?query=${encodeURIComponent(question)}`);
    return ((await response.json()) as Answer<{ result: Sample[] }>).data.result;
  }

  public async alerts(): Promise<Alert[]> {
    return ((await (await this.fetch('/api/v1/alerts')).json()) as Answer<{ alerts: Alert[] }>).data.alerts;
  }

  public stop(): void {
    if (this.running) killGroup(this.running);
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  private fetch(path: string): Promise<Response> {
    return fetch(`http://127.0.0.1:${this.port}${path}`);
  }
}
