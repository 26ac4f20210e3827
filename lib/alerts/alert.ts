/** What holds for all rules of an alert. */
interface AlertFacts {
  /** What the label `severity` says, unless the user says another. */
  readonly severity: 'critical' | 'warning';

  /** How long its condition must hold. */
  readonly for: string;
}

/** Every alert, in the order of docs/alerts.md, where each has a section of its name. */
const FACTS = {
  DatabaseBackupTooOld: { severity: 'critical', for: '5m' },
  DatabaseBackupNeverSucceeded: { severity: 'critical', for: '5m' },
  DatabaseBackupFailed: { severity: 'critical', for: '1m' },
  DatabaseBackupSuspended: { severity: 'warning', for: '1h' },
  DatabaseBackupMissing: { severity: 'critical', for: '15m' },
  DatabaseDrillFailed: { severity: 'warning', for: '1m' },
  DatabaseDrillOverdue: { severity: 'warning', for: '5m' },
  DatabaseDrillSuspended: { severity: 'warning', for: '1h' },
  DatabaseDrillMissing: { severity: 'warning', for: '15m' },
  DatabaseUnavailable: { severity: 'critical', for: '5m' },
  DatabaseInstancesMissing: { severity: 'warning', for: '15m' },
  DatabaseMissing: { severity: 'critical', for: '15m' },
  DatabaseRestarting: { severity: 'critical', for: '0s' },
  DatabaseOutOfMemory: { severity: 'warning', for: '0s' },
  DatabaseVolumeFullSoon: { severity: 'warning', for: '1h' },
  DatabaseVolumeNearlyFull: { severity: 'critical', for: '5m' },
  DatabaseVolumeInodesLow: { severity: 'warning', for: '15m' },
  DatabaseVolumeTooSmall: { severity: 'warning', for: '1h' },
  DatabaseVolumeUnwatched: { severity: 'warning', for: '1h' },
  DatabaseWithoutPrimary: { severity: 'critical', for: '3m' },
  DatabaseReplicationLag: { severity: 'warning', for: '5m' },
  DatabaseReplicationBroken: { severity: 'warning', for: '10m' },
  DatabaseSynchronousStandbysMissing: { severity: 'critical', for: '5m' },
  DatabaseArchiverFailing: { severity: 'critical', for: '5m' },
  DatabaseArchiveTooOld: { severity: 'critical', for: '10m' },
  DatabaseBaseBackupTooOld: { severity: 'critical', for: '5m' },
  DatabaseBaseBackupNeverSucceeded: { severity: 'critical', for: '6h' },
  DatabaseBaseBackupFailed: { severity: 'critical', for: '1m' },
  DatabaseVolumeBackupTooOld: { severity: 'critical', for: '5m' },
  DatabaseVolumeBackupNeverSucceeded: { severity: 'critical', for: '5m' },
  DatabaseAlertsBlind: { severity: 'critical', for: '15m' },
} as const satisfies { readonly [alert: string]: AlertFacts };

export type AlertName = keyof typeof FACTS;

export const ALERTS: { readonly [alert in AlertName]: AlertFacts } = FACTS;

export const ALERT_NAMES = Object.keys(FACTS) as AlertName[];

/** A rule, before labels and links are added. */
export interface Alert {
  readonly alert: AlertName;
  readonly expr: string;

  /** A line that tells what is wrong. */
  readonly summary: string;

  /** What it means, and what to do first. */
  readonly description: string;
}

/** The rules of a subject. */
export interface AlertGroup {
  readonly subject: string;
  readonly alerts: Alert[];
}
