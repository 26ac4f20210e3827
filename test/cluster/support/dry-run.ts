import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Manifest } from '../../support/manifests';
import type { Kubectl } from './kubectl';

/**
 * What the server says of objects, most often without making them: strict, and thousands of times faster than a kubectl each. The way to the
 * server, whatever the login is, is `kubectl proxy`.
 */
export class DryRun {
  private readonly paths = new Map<string, Promise<Map<string, string>>>();

  private constructor(
    private readonly proxy: ChildProcess,
    private readonly address: string,
    private readonly namespace: string,
  ) {}

  public static async start(kubectl: Kubectl, namespace: string): Promise<DryRun> {
    const env = { ...process.env, KUBECONFIG: kubectl.kubeconfig };
    const proxy = spawn('kubectl', ['proxy', '--port=0'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    for await (const line of createInterface({ input: proxy.stdout })) {
      const address = /127\.0\.0\.1:\d+/.exec(line)?.[0];
      if (address !== undefined) return new DryRun(proxy, `http://${address}`, namespace);
    }
    throw new Error('kubectl proxy ended');
  }

  /** @returns why the server would not make these, one line an object that it refuses or warns of */
  public async refusals(manifests: object[]): Promise<string[]> {
    return (await Promise.all(manifests.map((manifest) => this.refusal(manifest as Manifest)))).flat();
  }

  /** Makes an object, and takes it away again. @returns why the server would not make it */
  public async make(manifest: Manifest): Promise<string | undefined> {
    const answer = await this.post(manifest, '');
    if (answer.status !== 201) return answer.text;
    const { name } = manifest.metadata;
    await fetch(`${answer.address}/${name}?gracePeriodSeconds=0`, { method: 'DELETE' });
    return undefined;
  }

  public close(): void {
    this.proxy.kill();
  }

  private async refusal(manifest: Manifest): Promise<string[]> {
    const { kind } = manifest;
    const { status, text, warning } = await this.post(manifest, 'dryRun=All&');
    if (warning !== null) return [`${kind}: warns: ${warning}`];
    return status === 201 ? [] : [`${kind}: ${text}`];
  }

  private async post(
    manifest: Manifest,
    query: string,
  ): Promise<{ address: string; status: number; text: string; warning: string | null }> {
    const { apiVersion, kind, metadata } = manifest;
    const group = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const path = (await this.pathsOf(group)).get(kind);
    if (path === undefined) throw new Error(`the server knows no ${apiVersion} ${kind}`);
    // Namespaces are not made for each case; what a name must be is the rules' business, and the unit tests'.
    const body = path.includes('/namespaces/')
      ? { ...manifest, metadata: { ...metadata, namespace: this.namespace } }
      : manifest;
    const address = `${this.address}${path}`;
    const response = await fetch(`${address}?${query}fieldValidation=Strict`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const answer = (await response.json()) as { message?: string };
    return { address, status: response.status, text: answer.message ?? '', warning: response.headers.get('warning') };
  }

  /** Where objects of a group are made, by their kinds. */
  private async pathsOf(group: string): Promise<Map<string, string>> {
    const known = this.paths.get(group);
    if (known) return known;
    const asked = fetch(`${this.address}${group}`)
      .then(
        (response) => response.json() as Promise<{ resources: { name: string; kind: string; namespaced: boolean }[] }>,
      )
      .then(({ resources }) => {
        const entries = resources
          .filter(({ name }) => !name.includes('/'))
          .map(({ name, kind, namespaced }): [string, string] => [
            kind,
            `${group}${namespaced ? `/namespaces/${this.namespace}` : ''}/${name}`,
          ]);
        return new Map(entries);
      });
    this.paths.set(group, asked);
    return asked;
  }
}
