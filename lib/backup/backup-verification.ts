import type { k8s } from 'cdk8s-plus-27';
import type { Problems } from '../private/problems';
import type { BackupEncryption } from './backup-encryption';
import type { BlobStore } from './blob-store';
import { env } from './step-job';

/**
 * How a backup job makes sure that the store holds what was sent, before it writes the manifest.
 */
export enum BackupVerification {
  /**
   * All of it is downloaded again and held against its sha256. It costs a download of each backup: time, and money where the store bills what
   * leaves its region.
   */
  READ_BACK = 'readBack',

  /**
   * The checksum that the store computed itself is held against that of the file: of GCS, and of S3 up to 5 GiB a file. Where the store has
   * none (larger files on S3, encryption with a key of KMS), the job reads back all the same, and says so in its log.
   *
   * It proves what the store received, not that the store can give it back: a drill does.
   */
  CHECKSUM = 'checksum',
}

/** What a rule of it looks at. */
interface Verified {
  readonly verify?: BackupVerification;
  readonly store: BlobStore;
  readonly encryption?: BackupEncryption;
}

export function checkVerification(problems: Problems, { verify, store, encryption }: Verified): void {
  if (verify !== BackupVerification.CHECKSUM) return;
  const wayOut = 'leave it out: the job reads back';
  if (!store._parts.hasChecksums) {
    const rule = 'must not be CHECKSUM with a store that computes none itself';
    problems.add('verify', rule, verify, wayOut);
  }
  if (encryption)
    problems.add(
      'verify',
      'must not be CHECKSUM with encryption, of which the store sees no more than the seal',
      verify,
      wayOut,
    );
}

export function verificationEnv(verify?: BackupVerification): k8s.EnvVar[] {
  return env({ VERIFY: verify === BackupVerification.CHECKSUM ? verify : undefined });
}
