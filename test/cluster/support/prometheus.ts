import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, killGroup, start, until } from '../../support/backup/processes';
import type { Running } from '../../support/backup/processes';
import { program } from '../../support/backup/programs';

export interface FiringAlert {
  readonly labels: { readonly [label: string]: string };
  readonly annotations: { readonly [annotation: string]: string };
  readonly state: string;
}

/** A real Prometheus on this machine, which looks each second. */
export class Prometheus {
  private constructor(
    private readonly url: string,
    private readonly server: Running,
    private readonly targets: Server,
    private readonly folder: string,
  ) {}

  /**
   * @param rules a file of rules
   * @param pages what is scraped: a text of series each, made anew when it is asked for
   */
  public static async start(
    rules: string,
    pages: { readonly [name: string]: () => Promise<string> },
  ): Promise<Prometheus> {
    const folder = mkdtempSync(join(tmpdir(), 'prometheus-'));
    const targets = createServer((request, response) => {
      const page = pages[request.url!.slice(1)];
      const send = (status: number, text: string) =>
        response.writeHead(status, { 'Content-Type': 'text/plain; version=0.0.4' }).end(text);
      void (page?.() ?? Promise.reject(new Error('no such page'))).then(
        (text) => send(200, text),
        (error: unknown) => send(500, String(error)),
      );
    });
    await new Promise<void>((resolve) => targets.listen(0, '127.0.0.1', resolve));
    const { port } = targets.address() as AddressInfo;
    const config = {
      global: { scrape_interval: '2s', scrape_timeout: '2s', evaluation_interval: '1s' },
      rule_files: ['rules.yaml'],
      scrape_configs: Object.keys(pages).map((name) => ({
        job_name: name,
        metrics_path: `/${name}`,
        honor_labels: true,
        static_configs: [{ targets: [`127.0.0.1:${port}`] }],
      })),
    };
    writeFileSync(join(folder, 'rules.yaml'), rules);
    writeFileSync(join(folder, 'prometheus.yaml'), JSON.stringify(config));
    const own = await freePort();
    const options = [`--web.listen-address=127.0.0.1:${own}`, `--storage.tsdb.path=${folder}/data`];
    const server = start([program('prometheus'), '--config.file=prometheus.yaml', ...options], {}, folder);
    const prometheus = new Prometheus(`http://127.0.0.1:${own}/api/v1`, server, targets, folder);
    await until(
      async () => (await fetch(`${prometheus.url}/alerts`).catch(() => undefined))?.ok ?? false,
      'Prometheus',
    );
    return prometheus;
  }

  /** The value of a query that has one. */
  public async ask(query: string): Promise<string | undefined> {
    const { result } = await this.data<{ result: { value: [number, string] }[] }>(
      `query?query=${encodeURIComponent(query)}`,
    );
    return result[0]?.value[1];
  }

  /** The alerts that fire. */
  public async firing(): Promise<FiringAlert[]> {
    const { alerts } = await this.data<{ alerts: FiringAlert[] }>('alerts');
    return alerts.filter(({ state }) => state === 'firing');
  }

  public stop(): void {
    killGroup(this.server);
    this.targets.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async data<T>(path: string): Promise<T> {
    const response = await fetch(`${this.url}/${path}`);
    return ((await response.json()) as { data: T }).data;
  }
}
