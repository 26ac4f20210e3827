import { isEncryptionKey, isFirstStart, isPersistent } from '../facts/pod-facts';
import { knownImage } from '../images';
import type { KnownImage } from '../images';
import type { ContainerFacts, PodFacts, Resource } from '../model';
import { dumpAndRestore, leave } from '../ways-out';
import { arrow, namesOf, WITH_PODS } from './rule';
import type { Found, Rule } from './rule';

const POD = { kinds: WITH_PODS, needs: 'both' } as const;

/** A container of before and of after. After a rename, the one that mounts the same volume at the same path. */
interface ContainerChange {
  readonly name: string;
  readonly old: ContainerFacts;
  readonly now: ContainerFacts;
  readonly path: (string | number)[];
}

/** The containers whose data may be touched: those that mounted a volume that keeps its content. */
function containers(before: Resource, after: Resource): ContainerChange[] {
  const [old, now] = [before.facts.pod, after.facts.pod];
  if (!old || !now) return [];
  return Object.entries(old.containers ?? {}).flatMap(([name, container]) => {
    if (persistentMounts(old, container).length === 0) return [];
    const renamed = Object.entries(now.containers ?? {}).find(([, other]) => sharesMount(container, other));
    const [nowName, found] = now.containers?.[name] ? [name, now.containers[name]] : (renamed ?? [name, {}]);
    const index = Object.keys(now.containers ?? {}).length === 1 ? [0] : [];
    const pod = after.kind === 'Pod' ? ['spec'] : ['spec', 'template', 'spec'];
    return [{ name: nowName, old: container, now: found, path: [...pod, 'containers', ...index] }];
  });
}

/** Paths and volumes of what a container writes to and keeps. */
function persistentMounts(pod: PodFacts, { mounts = {} }: ContainerFacts): [path: string, volume: string][] {
  return Object.entries(mounts).filter(([, mount]) => isPersistent(pod.volumes?.[volumeOf(mount)]));
}

function sharesMount(one: ContainerFacts, other: ContainerFacts): boolean {
  return Object.entries(one.mounts ?? {}).some(([path, mount]) => other.mounts?.[path] === mount);
}

function volumeOf(mount: string): string {
  return mount.split(':', 1)[0] ?? mount;
}

function subPathOf(mount: string): string {
  return mount.slice(volumeOf(mount).length + 1);
}

/** What a container mounts, as paths by what they show: `template data:pgdata`. */
function sourcesOf(
  pod: PodFacts | undefined,
  container: ContainerFacts,
): Map<string, { path: string; source: string; subPath: string }> {
  const found = new Map<string, { path: string; source: string; subPath: string }>();
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
              !isFirstStart(setting) && old.settings?.[setting] !== now.settings?.[setting] && now.image !== undefined,
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
  {
    ...POD,
    id: 'image-unreadable',
    verdict: 'cannot tell',
    find({ before, after }) {
      return imageChanges(before, after).flatMap(({ name, path, oldText, nowText, old, now }) => {
        if (old?.version.length === 0 && now === undefined) return [];
        const unreadable =
          now?.version.length === 0 || (old !== undefined && now === undefined && !knownImage(nowText));
        if (!unreadable || (old === undefined && now === undefined)) return [];
        return [
          {
            change: `'${name}' ${arrow(oldText, nowText)}`,
            says: 'The image says no version, so nobody can tell whether its server reads the data that is there.',
            wayOut: leave(
              `say what it holds: --engine '${after.key}/${name}=postgres:17', or the annotation cdk8s-stateful/engine: postgres:17`,
            ),
            path,
          },
        ];
      });
    },
  },
  {
    ...POD,
    id: 'image-engine',
    verdict: 'locks out',
    find({ before, after }) {
      return imageChanges(before, after).flatMap(({ name, path, oldText, nowText, old, now }) => {
        if (!old || !now || old.engine.name === now.engine.name) return [];
        return [
          {
            change: `'${name}' ${arrow(oldText, nowText)}`,
            says: `${now.engine.name} does not read what ${old.engine.name} has written, or not all of it.`,
            wayOut: [...leave('leave the image; or move the data:'), ...dumpAndRestore(`a ${now.engine.name}`)],
            path,
          },
        ];
      });
    },
  },
  {
    ...POD,
    id: 'image-vendor',
    verdict: 'strands',
    find({ before, after }) {
      return imageChanges(before, after).flatMap(({ name, path, oldText, nowText, old, now }) => {
        if (!old || old.engine.name !== now?.engine.name || old.vendor === now.vendor) return [];
        return [
          {
            change: `'${name}' ${arrow(oldText, nowText)}`,
            says: 'The two images keep their data in different folders, run as different users and know different variables: the server starts empty, or does not start.',
            wayOut: [
              ...leave('leave the image; or move the data:'),
              ...dumpAndRestore('a set with the other image', before),
            ],
            path,
          },
        ];
      });
    },
  },
  {
    ...POD,
    id: 'image-downgrade',
    verdict: 'locks out',
    find({ before, after }) {
      return seriesChanges(
        before,
        after,
        (old, now) => compareSeries(old, now) > 0 && now.engine.downgrade === 'refuses',
        (old) => ({
          says: `${old.engine.name} does not start on the data of a later version.`,
          wayOut: [
            ...leave('leave the version; or go back by a backup:'),
            ...dumpAndRestore('a set of the earlier version', before),
          ],
        }),
      );
    },
  },
  {
    ...POD,
    id: 'image-major',
    verdict: 'locks out',
    find({ before, after }) {
      return seriesChanges(
        before,
        after,
        (old, now) =>
          compareSeries(old, now) < 0 &&
          now.engine.upgrade !== 'converts' &&
          (now.engine.upgrade === 'refuses' || skips(old, now)),
        (old) => ({
          says:
            old.engine.upgrade === 'refuses'
              ? `${old.engine.name} does not start on the data of an earlier major version.`
              : `${old.engine.name} must be upgraded through each version; this skips one, and the server does not start.`,
          wayOut:
            old.engine.upgrade === 'refuses'
              ? [
                  ...leave('leave the version; or move the data:'),
                  ...dumpAndRestore('a set of the later version', before),
                ]
              : leave(`apply each version in turn: ${old.engine.source}`),
        }),
      );
    },
  },
  {
    ...POD,
    id: 'image-one-way',
    verdict: 'note',
    find({ before, after }) {
      return seriesChanges(
        before,
        after,
        (old, now) =>
          compareSeries(old, now) < 0 &&
          (now.engine.upgrade === 'converts' || (now.engine.upgrade === 'each' && !skips(old, now))),
        (old) => ({
          says: `${old.engine.name} converts its data, and no earlier version reads it again: back it up first.`,
          wayOut: leave(old.engine.source),
        }),
      );
    },
  },
  {
    ...POD,
    id: 'image-libc',
    verdict: 'strands',
    find({ before, after }) {
      return imageChanges(before, after).flatMap(({ name, path, oldText, nowText, old, now }) => {
        if (!old?.engine.sortsByLibc || old.vendor !== now?.vendor || old.engine !== now.engine) return [];
        if (old.libc === now.libc || old.libc === undefined || now.libc === undefined) return [];
        // Of one library, or of Debian's releases that sort alike, nothing changes.
        return [
          {
            change: `'${name}' ${arrow(oldText, nowText)}`,
            says: `${old.libc} and ${now.libc} may sort text differently. Indexes on text then miss rows, without an error.`,
            wayOut: leave(
              'leave the distribution; or after the apply, in each database: REINDEX DATABASE …; ALTER DATABASE … REFRESH COLLATION VERSION',
            ),
            path,
          },
        ];
      });
    },
  },
];

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
  const pod = after.kind === 'Pod' ? ['spec'] : ['spec', 'template', 'spec'];
  return Object.entries(old).flatMap(([name, container]) =>
    Object.entries(container.secrets ?? {})
      .filter(
        ([variable, reference]) =>
          matters(variable) && now[name] !== undefined && now[name].secrets?.[variable] !== reference,
      )
      .map(([variable, reference]) => ({
        change: `${variable} of '${name}': ${arrow(reference, now[name]?.secrets?.[variable])}`,
        path: [...pod, 'containers'],
      })),
  );
}

interface ImageChange {
  readonly name: string;
  readonly path: (string | number)[];
  readonly oldText: string;
  readonly nowText: string;
  readonly old: KnownImage | undefined;
  readonly now: KnownImage | undefined;
}

function imageChanges(before: Resource, after: Resource): ImageChange[] {
  return containers(before, after).flatMap(({ name, old, now, path }) => {
    if (old.image === undefined || now.image === undefined) return [];
    const [oldText, nowText] = [old.engine ?? old.image, now.engine ?? now.image];
    if (oldText === nowText) return [];
    return [{ name, path, oldText, nowText, old: knownImage(oldText), now: knownImage(nowText) }];
  });
}

function seriesChanges(
  before: Resource,
  after: Resource,
  matters: (old: KnownImage, now: KnownImage) => boolean,
  say: (old: KnownImage, now: KnownImage) => Pick<Found, 'says' | 'wayOut'>,
): Found[] {
  return imageChanges(before, after).flatMap(({ name, path, oldText, nowText, old, now }) => {
    if (!old || old.engine.name !== now?.engine.name || old.vendor !== now.vendor) return [];
    if (old.version.length === 0 || now.version.length === 0 || !matters(old, now)) return [];
    return [{ change: `'${name}' ${arrow(oldText, nowText)}`, path, ...say(old, now) }];
  });
}

/** Below, at or above zero. A number that a tag leaves out is the latest of its series, and is taken for the same. */
function compareSeries(old: KnownImage, now: KnownImage): number {
  for (let index = 0; index < old.engine.series; index++) {
    const [one, other] = [old.version[index], now.version[index]];
    if (one === undefined || other === undefined) return 0;
    if (one !== other) return one - other;
  }
  return 0;
}

/** Whether a major version lies between the two. Steps between minors of one major are taken by all engines. */
function skips(old: KnownImage, now: KnownImage): boolean {
  const [one = 0, other = 0] = [old.version[0], now.version[0]];
  return other - one > 1;
}
