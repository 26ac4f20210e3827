import { isEncryptionKey, isFirstStart, isPersistent, subPathOf, volumeOf } from '../facts/pod-facts';
import { knownImage, layoutOf } from '../images';
import type { ContainerFacts, PodFacts, Resource } from '../model';
import { leave } from '../ways-out';
import { containers, podPath } from './container-changes';
import type { ContainerChange } from './container-changes';
import { arrow, namesOf, WITH_PODS } from './rule';
import type { Found, Rule } from './rule';

const POD = { kinds: WITH_PODS, needs: 'both' } as const;

/** What a container mounts, as paths by what they show: `template data:pgdata`. */
function sourcesOf(pod: PodFacts | undefined, container: ContainerFacts): Map<string, Seen> {
  const found = new Map<string, Seen>();
  for (const [path, mount] of Object.entries(container.mounts ?? {})) {
    const source = pod?.volumes?.[volumeOf(mount)] ?? volumeOf(mount);
    found.set(path, { path, source, subPath: subPathOf(mount) });
  }
  return found;
}

const EMPTY = 'The server starts with an empty folder; the data stays where it was, unseen.';

export const POD_RULES: readonly Rule[] = [
  {
    ...POD,
    id: 'volume-replaced',
    verdict: 'strands',
    find({ before, after }) {
      return mountChanges(before, after, (old, now, change) => {
        if (now === undefined || isSame(before, after, old.source, now.source)) return undefined;
        const lost = isPersistent(now.source)
          ? EMPTY
          : `${now.source} is emptied with each pod; the data stays where it was, unseen.`;
        return {
          change: `${old.path} of '${change.name}': ${arrow(old.source, now.source)}`,
          says: lost,
          wayOut: leave(`mount ${old.source} at ${old.path} again, or copy its content first`),
          path: change.path,
        };
      });
    },
  },
  {
    ...POD,
    id: 'mount-moved',
    verdict: 'strands',
    find({ before, after }) {
      return mountChanges(before, after, (old, now, change, elsewhere) => {
        if (now !== undefined) return undefined;
        const moved = elsewhere(old.source, old.subPath);
        return {
          change: `'${change.name}' ${arrow(old.path, moved)}`,
          says:
            moved === undefined
              ? `'${change.name}' no longer sees ${old.source}. ${EMPTY}`
              : `What '${change.name}' reads at ${old.path} is no longer the volume. ${EMPTY}`,
          wayOut: leave(`mount ${old.source} at ${old.path}, unless the image now keeps its data elsewhere`),
          path: change.path,
        };
      });
    },
  },
  {
    ...POD,
    id: 'subpath-changed',
    verdict: 'strands',
    find({ before, after }) {
      return mountChanges(before, after, (old, now, change) => {
        if (now === undefined || !isSame(before, after, old.source, now.source) || old.subPath === now.subPath)
          return undefined;
        return {
          change: `subPath of ${old.path}: ${arrow(old.subPath || undefined, now.subPath || undefined)}`,
          says: `Another folder of the same volume is mounted. ${EMPTY}`,
          wayOut: leave(`leave the subPath, or move the folder on the volume while no pod runs`),
          path: change.path,
        };
      });
    },
  },
  {
    ...POD,
    id: 'data-folder-moved',
    verdict: 'strands',
    find({ before, after }) {
      return containers(before, after).flatMap(({ name, old, now, path }) =>
        namesOf(old.settings, now.settings)
          .filter(
            (setting) =>
              !isFirstStart(setting) && folderOf(old, setting) !== folderOf(now, setting) && now.image !== undefined,
          )
          .map((setting) => ({
            change: `${setting} of '${name}': ${arrow(old.settings?.[setting], now.settings?.[setting])}`,
            says: 'The server looks for its data in another folder and makes an empty database there, beside the old one.',
            wayOut: leave('leave it, or move the folder on the volume while the set is scaled to 0'),
            path,
          })),
      );
    },
  },
  {
    ...POD,
    id: 'first-start-setting',
    verdict: 'locks out',
    find({ before, after }) {
      return containers(before, after).flatMap(({ name, old, now, path }): Found[] => {
        if (now.image === undefined) return [];
        const settings = namesOf(old.settings, now.settings).filter(
          (setting) => isFirstStart(setting) && old.settings?.[setting] !== now.settings?.[setting],
        );
        const secrets = namesOf(old.secrets, now.secrets).filter(
          (secret) => isFirstStart(secret) && old.secrets?.[secret] !== now.secrets?.[secret],
        );
        const change = [
          ...settings.map((setting) => `${setting} ${arrow(old.settings?.[setting], now.settings?.[setting])}`),
          ...secrets.map((secret) => `${secret} ${arrow(old.secrets?.[secret], now.secrets?.[secret])}`),
        ];
        if (change.length === 0) return [];
        return [
          {
            change: `'${name}': ${change.join(', ')}`,
            says: 'The image reads it only when it makes a new database. This one keeps the old user, password or name, and who uses the new one is locked out.',
            wayOut: leave(
              'change it in the running server first, for example ALTER USER … in a session of its own; then apply',
            ),
            path,
          },
        ];
      });
    },
  },
  {
    ...POD,
    id: 'encryption-key-reference',
    verdict: 'locks out',
    find({ before, after }) {
      return secretChanges(before, after, isEncryptionKey).map((found) => ({
        ...found,
        says: 'What was encrypted with the old key cannot be read with another one.',
        wayOut: leave('leave the reference, or rotate the key as the application documents it'),
      }));
    },
  },
  {
    ...POD,
    id: 'user-changed',
    verdict: 'locks out',
    find({ before, after }) {
      const [oldPod, nowPod] = [before.facts.pod, after.facts.pod];
      return containers(before, after).flatMap(({ name, old, now, path }) => {
        if (now.image === undefined) return [];
        const own = ownUser(old.engine ?? old.image);
        const fields: [string, string | undefined, string | undefined][] = [
          ['runAsUser', old.user ?? oldPod?.user, now.user ?? nowPod?.user],
          ['runAsGroup', old.group ?? oldPod?.group, now.group ?? nowPod?.group],
          ['fsGroup', oldPod?.fsGroup, nowPod?.fsGroup],
        ];
        // To name the user that the image runs as anyway, and its group, is no change.
        const changed = fields.filter(([, one, other]) => one !== other && !(one === undefined && other === own));
        // A first fsGroup gives the files to a group and takes nothing away.
        if (changed.every(([field, one]) => field === 'fsGroup' && one === undefined)) return [];
        return [
          {
            change: `'${name}' ${changed.map(([field, one, other]) => `${field} ${arrow(one, other)}`).join(', ')}`,
            says: 'The files on the volume belong to the old user or group; the new one may not be able to read or write them.',
            wayOut: leave(
              'leave it, or change the owner of the files in a pod that runs as root while the set is scaled to 0',
            ),
            path,
          },
        ];
      });
    },
  },
];

/** What a setting says of the data folder; of PGDATA, what the image says when nobody else does. */
function folderOf({ settings, engine, image = '' }: ContainerFacts, setting: string): string | undefined {
  const text = settings?.[setting];
  if (text !== undefined || setting !== 'PGDATA') return text;
  const known = knownImage(engine ?? image);
  return known && layoutOf(known)?.data;
}

/** The user that owns the data of an official image: its entrypoint begins as root and changes to it. */
function ownUser(image = ''): string | undefined {
  const known = knownImage(image);
  return known?.vendor === 'official' ? known.engine.user?.(known.name.tag) : undefined;
}

interface Seen {
  readonly path: string;
  readonly source: string;
  readonly subPath: string;
}

/** Each path at which a container saw a volume that keeps its content, and what it sees there now. */
function mountChanges(
  before: Resource,
  after: Resource,
  find: (
    old: Seen,
    now: Seen | undefined,
    change: ContainerChange,
    elsewhere: (source: string, subPath: string) => string | undefined,
  ) => Found | undefined,
): Found[] {
  return containers(before, after).flatMap((change) => {
    const olds = sourcesOf(before.facts.pod, change.old);
    const nows = sourcesOf(after.facts.pod, change.now);
    const elsewhere = (source: string, subPath: string): string | undefined =>
      [...nows.values()].find(
        (now) => isSame(before, after, source, now.source) && now.subPath === subPath && !olds.has(now.path),
      )?.path;
    return [...olds.values()]
      .filter(({ source }) => isPersistent(source))
      .flatMap((old) => find(old, nows.get(old.path), change, elsewhere) ?? []);
  });
}

/** Whether two volumes are one. A template that got another name is a finding of its own. */
function isSame(before: Resource, after: Resource, old: string, now: string): boolean {
  if (old === now) return true;
  if (!old.startsWith('template ') || !now.startsWith('template ')) return false;
  const name = old.slice('template '.length);
  return (
    after.facts.templates?.[name] === undefined && before.facts.templates?.[now.slice('template '.length)] === undefined
  );
}

function secretChanges(
  before: Resource,
  after: Resource,
  matters: (name: string) => boolean,
): Pick<Found, 'change' | 'path'>[] {
  const [old, now] = [before.facts.pod?.containers ?? {}, after.facts.pod?.containers ?? {}];
  return Object.entries(old).flatMap(([name, container]) =>
    Object.entries(container.secrets ?? {})
      .filter(
        ([variable, reference]) =>
          matters(variable) && now[name] !== undefined && now[name].secrets?.[variable] !== reference,
      )
      .map(([variable, reference]) => ({
        change: `${variable} of '${name}': ${arrow(reference, now[name]?.secrets?.[variable])}`,
        path: [...podPath(after), 'containers'],
      })),
  );
}
