import { hoursOf } from '../../units/duration';
import type { BackupFacts, Resource, Texts } from '../model';
import { leave } from '../ways-out';
import { arrow, GONE, isPruned, namesOf, stays } from './rule';
import type { Found, Rule } from './rule';

const JOBS = { kinds: ['CronJob', 'Schedule'], needs: 'both' } as const;
const NO_BACKUPS = 'From this apply on, no backups are made.';

function backupOf({ facts }: Resource): BackupFacts {
  return facts.backup ?? {};
}

function changes(old: Texts = {}, now: Texts = {}): string[] {
  return namesOf(old, now)
    .filter((name) => old[name] !== now[name])
    .map((name) => `${name} ${arrow(old[name], now[name])}`);
}

/** Whether a cron date never comes, as the 30th of February. */
export function neverComes(schedule: string): boolean {
  const [, , day = '*', month = '*', weekday = '*'] = schedule.trim().split(/\s+/);
  if (!/^\d+(?:,\d+)*$/.test(day) || !/^\d+(?:,\d+)*$/.test(month) || weekday !== '*') return false;
  const longest = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  return month
    .split(',')
    .every((one) => day.split(',').every((date) => Number(date) > (longest[Number(one) - 1] ?? 31)));
}

const isBackup = ({ facts }: Resource): boolean => facts.backup !== undefined;

export const BACKUP_RULES: readonly Rule[] = [
  {
    ...JOBS,
    id: 'backup-suspended',
    verdict: 'unprotects',
    find({ before, after }) {
      const now = backupOf(after).suspended;
      if (!isBackup(before) || now === undefined || backupOf(before).suspended !== undefined) return [];
      return [
        {
          change: `${after.kind === 'Schedule' ? 'paused' : 'suspend'} false → true`,
          says: NO_BACKUPS,
          wayOut: leave('leave it running; to make one backup less, let it fail'),
          path: ['spec', after.kind === 'Schedule' ? 'paused' : 'suspend'],
        },
      ];
    },
  },
  {
    ...JOBS,
    id: 'backup-never',
    verdict: 'unprotects',
    find({ before, after }) {
      const [old, now] = [backupOf(before).schedule, backupOf(after).schedule];
      if (!isBackup(before) || now === undefined || old === now || !neverComes(now)) return [];
      return [
        {
          change: `schedule ${arrow(old, now)}`,
          says: `The date never comes, and the server does not say so. ${NO_BACKUPS}`,
          wayOut: leave('write a date that comes'),
          path: ['spec', 'schedule'],
        },
      ];
    },
  },
  {
    ...JOBS,
    id: 'backup-gone',
    verdict: 'unprotects',
    find({ before, after }) {
      if (!isBackup(before) || isBackup(after)) return [];
      return [
        {
          change: 'a backup → no backup that the guard knows',
          says: `The job no longer runs a tool that makes backups. ${NO_BACKUPS}`,
          wayOut: leave('leave the command; if it still makes backups, accept this finding with the reason'),
          path: ['spec', 'jobTemplate'],
        },
      ];
    },
  },
  {
    kinds: ['CronJob', 'Schedule'],
    needs: 'before',
    id: 'backup-removed',
    verdict: 'unprotects',
    find({ before }, context) {
      if (!isBackup(before)) return [];
      if (!isPruned(before, context)) return stays('Nothing removes it: it runs on.');
      return [
        {
          ...(backupOf(before).owned === undefined
            ? { says: NO_BACKUPS }
            : {
                verdict: 'loses',
                says: `Its backups belong to it (useOwnerReferencesInBackup), and are deleted with it. ${NO_BACKUPS}`,
              }),
          change: GONE,
          wayOut: leave('put it back, or accept the finding once another backup holds the same data'),
        },
      ];
    },
  },
  {
    kinds: ['CronJob', 'Schedule', 'ObjectStore'],
    needs: 'both',
    id: 'backup-retention-shortened',
    verdict: 'loses',
    find({ before, after }) {
      const [old = {}, now = {}] = [backupOf(before).retention, backupOf(after).retention];
      if (!isBackup(before) || !isBackup(after)) return [];
      const shorter = namesOf(old).filter((name) => isShorter(old[name], now[name]));
      if (shorter.length === 0) return [];
      return [
        {
          change: shorter.map((name) => `${name} ${arrow(old[name], now[name])}`).join(', '),
          says: 'The next run deletes the backups that were kept until now and are too old from now on.',
          wayOut: leave('copy what must be kept to another place first'),
          path: ['spec'],
        },
      ];
    },
  },
  {
    kinds: ['CronJob', 'Schedule', 'BackupStorageLocation', 'VolumeSnapshotLocation', 'ObjectStore'],
    needs: 'both',
    id: 'backup-destination',
    verdict: 'unprotects',
    find({ before, after }) {
      if (!isBackup(before) || !isBackup(after)) return [];
      const found = changes(backupOf(before).destination, backupOf(after).destination);
      if (found.length === 0) return [];
      return [
        {
          change: found.join(', '),
          says: 'Earlier backups stay where they are, and neither restore, drill nor retention sees them from this apply on.',
          wayOut: leave(
            'copy the earlier backups to the new place, or keep what reads the old one until they are too old',
          ),
          path: ['spec'],
        },
      ];
    },
  },
  {
    kinds: ['Schedule'],
    needs: 'after',
    id: 'backup-owned',
    verdict: 'unprotects',
    find({ before, after }, { deployer, known }) {
      if (backupOf(after).owned === undefined || backupOf(before).owned !== undefined) return [];
      const isHook = after.facts.hook !== undefined && (!known || deployer === 'helm' || deployer === 'argocd');
      return [
        {
          verdict: isHook ? 'loses' : 'unprotects',
          change: 'useOwnerReferencesInBackup false → true',
          says: isHook
            ? 'Its backups belong to it from now on. It is a hook of Helm, which deletes it and makes it again with each upgrade: all its backups are deleted then.'
            : 'Its backups belong to it from now on: whoever deletes the schedule deletes them all.',
          wayOut: leave('leave useOwnerReferencesInBackup out, or set it to false'),
          path: ['spec', 'useOwnerReferencesInBackup'],
        },
      ];
    },
  },
  {
    kinds: ['BackupStorageLocation', 'VolumeSnapshotLocation'],
    needs: 'before',
    id: 'backup-location-removed',
    verdict: 'unprotects',
    find({ before }, context) {
      if (!isPruned(before, context)) return stays('Nothing removes it: it stays.');
      return [
        {
          change: GONE,
          says: 'Velero no longer sees what is stored there, and deletes its Backup objects; schedules that name it fail.',
          wayOut: leave('put it back; the backups in the store are still there, and are listed again'),
        },
      ];
    },
  },
  {
    ...JOBS,
    id: 'backup-narrowed',
    verdict: 'unprotects',
    find({ before, after }): Found[] {
      if (!isBackup(before) || !isBackup(after)) return [];
      const found = changes(backupOf(before).covers, backupOf(after).covers);
      if (found.length === 0) return [];
      return [
        {
          change: found.join(', '),
          says: 'The schedule backs up something else from now on; what it leaves out is in no later backup.',
          wayOut: leave('check that all that was covered still is, by this or another schedule'),
          path: ['spec', 'template'],
        },
      ];
    },
  },
  {
    ...JOBS,
    id: 'backup-key',
    verdict: 'unprotects',
    find({ before, after }) {
      if (!isBackup(before) || !isBackup(after)) return [];
      const found = changes(backupOf(before).keys, backupOf(after).keys);
      if (found.length === 0) return [];
      return [
        {
          change: found.join(', '),
          says: 'Earlier backups can only be read with the old key, and the new one may be refused by the repository.',
          wayOut: leave('keep the old Secret until the last backup that it encrypted is too old'),
          path: ['spec', 'jobTemplate'],
        },
      ];
    },
  },
];

/** Whether less is kept than before: a smaller number or duration. What is gone may mean anything, and is told as well. */
function isShorter(old: string | undefined, now: string | undefined): boolean {
  const [one, other] = [amount(old), amount(now)];
  return one !== undefined && (other === undefined ? now !== old : other < one);
}

/** A number, or hours of `720h0m0s` and `30d`. */
function amount(text = ''): number | undefined {
  return /^\d+$/.test(text) ? Number(text) : hoursOf(text);
}
