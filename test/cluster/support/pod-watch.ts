import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { eventually } from './kubectl';
import type { Kubectl } from './kubectl';

const FIELDS = [
  '{.type}',
  '{.object.metadata.name}',
  '{.object.status.conditions[?(@.type=="Ready")].status}',
  '{.object.metadata.deletionTimestamp}',
];

/** What happened to pods, in the order in which the server told: `created db-0`, `ready db-0`, `deleted db-0`. */
export class PodWatch {
  public readonly happened: string[] = [];

  private constructor(private readonly stop: () => void) {}

  /** @returns when the server has begun to tell; nothing is missed from then on */
  public static async start(kubectl: Kubectl, selector: string): Promise<PodWatch> {
    const output = `--output=jsonpath=${FIELDS.join(',')}{"\\n"}`;
    const args = ['get', 'pods', `--selector=${selector}`, '--watch', '--output-watch-events', output];
    const child = spawn('kubectl', args, {
      env: { ...process.env, KUBECONFIG: kubectl.kubeconfig },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const watch = new PodWatch(() => child.kill());
    const stopped = new Set<string>();
    createInterface({ input: child.stdout }).on('line', (line) => {
      const [type, name = '', ready, deletion] = line.split(',');
      if (type === 'ADDED') watch.add(`created ${name}`);
      if (ready === 'True' && !deletion) watch.add(`ready ${name}`);
      // A pod begins to stop when its deletion is asked for; one that is gone at once never says so.
      if ((deletion || type === 'DELETED') && !stopped.has(name)) {
        stopped.add(name);
        watch.add(`stops ${name}`);
      }
      if (type === 'DELETED') {
        stopped.delete(name);
        watch.add(`deleted ${name}`);
      }
    });
    // A marker pod would be one more to clean up: a watch that lives for a second has its connection.
    await new Promise((resolve) => setTimeout(resolve, 1500));
    return watch;
  }

  /** What happened since the watch began, or since the last time, up to this. */
  public async until(last: string, seconds = 120): Promise<string[]> {
    await eventually(async () => {
      await Promise.resolve();
      if (!this.happened.includes(last)) throw new Error(`'${last}' did not happen, but ${this.happened.join(', ')}`);
    }, seconds);
    return this.happened.splice(0, this.happened.indexOf(last) + 1);
  }

  public close(): void {
    this.stop();
  }

  private add(event: string): void {
    if (this.happened.at(-1) !== event && !(event.startsWith('ready') && this.isReady(event)))
      this.happened.push(event);
  }

  private isReady(event: string): boolean {
    const name = event.slice('ready '.length);
    const lastReady = this.happened.lastIndexOf(event);
    return lastReady >= 0 && lastReady > this.happened.lastIndexOf(`created ${name}`);
  }
}
