import type { SecretValue } from 'cdk8s-plus-27';

/**
 * How backups are encrypted before they leave the pod, beyond what the store does at rest.
 */
export class BackupEncryption {
  /**
   * By rclone's crypt (NaCl SecretBox): content is sealed, names stay readable, so that a backup is still found by its time.
   *
   * **Whoever loses the key loses every backup.** Keep a copy of the Secret outside of the cluster. Another key opens no backup that
   * was made before: take another `prefix` with it.
   *
   * @param key the Secret in the job's namespace, and the name of its key
   * @see https://rclone.org/crypt/
   */
  public static rcloneCrypt(key: SecretValue): BackupEncryption {
    return new BackupEncryption('rcloneCrypt', key);
  }

  private constructor(
    /** The scheme, as the scripts know it. */
    public readonly scheme: string,
    /** The key, in a Secret. */
    public readonly key: SecretValue,
  ) {}
}
