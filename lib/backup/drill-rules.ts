import { k8s } from 'cdk8s-plus-27';
import type { Problems } from '../private/problems';
import { StorageMedium } from '../storage/storage-medium';
import type { BlobStore } from './blob-store';
import type { ScratchVolume } from './job-props';

function port(number: number, protocol: string): k8s.NetworkPolicyPort {
  return { port: k8s.IntOrString.fromNumber(number), protocol };
}

/** To the name service and the blob store alone, and to ports that are given. */
export function egressOf(
  { _parts: { ports, egress = [] } }: BlobStore,
  others: number[] = [],
): k8s.NetworkPolicyEgressRule[] {
  const all = [...ports, ...others].map((number) => port(number, 'TCP'));
  return [{ ports: [port(53, 'UDP'), port(53, 'TCP'), ...all] }, ...egress];
}

/** Lines `NAME=VALUE`, as drills read the parameters of their server. */
export function parameterLines(parameters: { [name: string]: string }): string | undefined {
  const lines = Object.entries(parameters).map(([name, value]) => `${name.replaceAll('-', '_')}=${value}`);
  return lines.length > 0 ? lines.join('\n') : undefined;
}

export function checkParameters(problems: Problems, parameters: { [name: string]: string } = {}): void {
  for (const [name, value] of Object.entries(parameters)) {
    if (/^[A-Za-z_][A-Za-z0-9_.-]*$/.test(name) && !/[\r\n]/.test(value)) continue;
    const rule = 'must be names of letters, digits, _ . and -, with values of one line';
    problems.add('parameters', rule, `${name}=${value}`, "write { shared_preload_libraries: 'pg_stat_statements' }");
  }
}

/** Files of checks. `ending` is that of the files which the drill reads. */
export function checkCheckFiles(problems: Problems, checks: { [fileName: string]: string }, ending: string): void {
  for (const [name, text] of Object.entries(checks)) {
    // A file that it does not read would look like a check that passes.
    if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name) || !name.endsWith(ending)) {
      const rule = `must be files of A-Z, a-z, 0-9, '-', '_' and '.' that end with ${ending}`;
      problems.add('checks', rule, name, `the drill reads no others; write 'orders${ending}'`);
    }
    if (text.trim() === '') {
      problems.add(`checks['${name}']`, 'must be a query', text, 'its first row decides whether the check passes');
    }
  }
}

/** The server of the drill has its data there. */
export function checkScratch(problems: Problems, scratch?: ScratchVolume): void {
  const storageClass = scratch?.storageClass;
  if (storageClass?.medium === StorageMedium.SMB || storageClass?.medium === StorageMedium.OBJECT) {
    const wayOut = 'its files have no owner and mode of their own, and no server starts on it; take a class of disks';
    problems.add(
      'scratch.storageClass',
      'must not be a share over SMB nor an object store',
      storageClass.storageClassName,
      wayOut,
    );
  }
}
