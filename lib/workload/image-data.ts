import { parseImage } from '../private/names';

/** Where a well-known image keeps its data, and the VOLUMEs that it declares. */
interface ImageData {
  readonly dataPath: string;
  readonly volumes: string[];
}

const DATA_OF: { [key: string]: (tag: string, env: { [key: string]: string }) => ImageData | undefined } = {
  consul: () => ({ dataPath: '/consul/data', volumes: ['/consul/data'] }),
  mariadb: () => ({ dataPath: '/var/lib/mysql', volumes: ['/var/lib/mysql'] }),
  mongo: () => ({ dataPath: '/data/db', volumes: ['/data/db', '/data/configdb'] }),
  postgres: (tag, env) => {
    const major = parseInt(tag, 10);
    if (Number.isNaN(major)) return undefined;
    // 18 moved its data, and the VOLUME one folder up, so that pg_upgrade --link stays on one mount.
    const [volume, pgdata] =
      major >= 18
        ? ['/var/lib/postgresql', `/var/lib/postgresql/${major}/docker`]
        : ['/var/lib/postgresql/data', '/var/lib/postgresql/data'];
    return { dataPath: env.PGDATA ?? pgdata, volumes: [volume] };
  },
  wordpress: () => ({ dataPath: '/var/www/html', volumes: ['/var/www/html'] }),
};

/**
 * The folder in which a container of this image would lose its data, as none of the mounts holds it.
 *
 * A container runtime puts a fresh folder of the node at every VOLUME that is not mounted itself. A mount above it is hidden,
 * a mistyped one missed: the database starts, works, and forgets everything with its container.
 *
 * @returns undefined where a mount holds the data, or the image is not known
 */
export function unprotectedDataPath(
  image: string,
  env: { [key: string]: string },
  mountPaths: string[],
): string | undefined {
  const { name, tag = '' } = parseImage(image);
  const data = Object.hasOwn(DATA_OF, name) ? DATA_OF[name]?.(tag, env) : undefined;
  if (!data) return undefined;
  const holders = [...mountPaths, ...data.volumes].filter((path) => holds(path, data.dataPath));
  const innermost = holders.reduce((best, path) => (clean(path).length > clean(best).length ? path : best), '');
  return mountPaths.includes(innermost) ? undefined : data.dataPath;
}

function holds(mount: string, path: string): boolean {
  return `${clean(path)}/`.startsWith(`${clean(mount)}/`);
}

function clean(path: string): string {
  return path.replace(/\/+/g, '/').replace(/\/$/, '');
}
