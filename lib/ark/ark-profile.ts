/**
 * Which server reads the objects: Heptio Ark, as documented, or Velero, which it became. All constructs of this floor take it from
 * their server, so one prop moves them all.
 *
 * @see https://velero.io/docs/main/migrating-to-velero/ and docs/ark-and-velero.md
 */
export enum ArkProfile {
  /** Heptio Ark 0.10: group `ark.heptio.com`, restic. Its images are gone from their registry; mirror them. */
  ARK_0_10 = 'Ark 0.10',

  /** Velero 1.16, the last that copies volumes with restic. */
  VELERO_1_16 = 'Velero 1.16',

  /** Velero 1.18. It still restores what restic has copied, and copies with kopia alone. */
  VELERO_1_18 = 'Velero 1.18',
}
