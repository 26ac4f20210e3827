import { canonical } from '../../units/quantity';
import type { BackupFacts, Texts } from '../model';
import { compact } from '../reader';
import type { Reader } from '../reader';

export const CNPG_CLUSTER = 'Cluster.postgresql.cnpg.io';

/** What is compared of a Cluster of CloudNativePG, beside storage and versions. */
export function clusterFacts(spec: Reader): Texts {
  const synchronous = spec.get('postgresql', 'synchronous');
  const archives = spec
    .get('plugins')
    .list()
    .filter((plugin) => plugin.get('isWALArchiver').raw() === 'true' && plugin.get('enabled').raw() !== 'false')
    .map((plugin) => placeOf(plugin.get('parameters')));
  const inTree = spec.get('backup', 'barmanObjectStore');
  if (inTree.has()) {
    archives.push([inTree.get('destinationPath').raw(), inTree.get('serverName').raw()].filter(Boolean).join(' '));
  }
  const sizes = ['storage', 'walStorage'].flatMap((volume) => {
    const size = spec.get(volume, 'size').text();
    return size === undefined ? [] : [[`${volume}.size`, canonical(size)] as const];
  });
  return {
    ...Object.fromEntries(sizes),
    ...compact({
      bootstrap: bootstrapOf(spec),
      archive: archives.length === 0 ? undefined : archives.join(', '),
      synchronous: synchronous.has()
        ? [
            synchronous.get('method').raw(),
            synchronous.get('number').raw(),
            synchronous.get('dataDurability').raw() || 'required',
          ].join(' ')
        : undefined,
    }),
  } as Texts;
}

/** The ObjectStore, and the name in it that is the Cluster's own where none is given. */
function placeOf(parameters: Reader): string {
  return [parameters.get('barmanObjectName').raw(), parameters.get('serverName').raw()].filter(Boolean).join(' ');
}

/** Where the data came from: the way, and all that is no Secret. */
function bootstrapOf(spec: Reader): string | undefined {
  const bootstrap = spec.get('bootstrap');
  const [way] = bootstrap.keys();
  if (way === undefined) return undefined;
  const found: string[] = [way];
  const walk = (value: Reader, name: string): void => {
    for (const [key, inner] of value.entries()) {
      if (/secret/i.test(key)) continue;
      const path = name === '' ? key : `${name}.${key}`;
      if (inner.isMap()) walk(inner, path);
      // SQL that ran once may hold anything.
      else if (!/SQL/i.test(key) && !inner.isList()) found.push(`${path}=${inner.raw()}`);
    }
  };
  walk(bootstrap.get(way), '');
  return found.join(' ');
}

/** The place of backups of the Barman Cloud plugin. */
export function objectStoreFacts(spec: Reader): BackupFacts {
  const configuration = spec.get('configuration');
  const destination = {
    destinationPath: configuration.get('destinationPath').text(),
    endpointURL: configuration.get('endpointURL').text(),
    serverName: configuration.get('serverName').text(),
  };
  const retention = spec.get('retentionPolicy').text();
  return compact({
    destination: compact(destination) as Texts,
    retention: retention === undefined ? undefined : { retentionPolicy: retention },
  });
}
