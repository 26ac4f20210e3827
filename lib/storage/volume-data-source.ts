import type { k8s } from 'cdk8s-plus-27';
import { checkKnownProps } from '../private/known-props';
import { checkDnsSubdomain } from '../private/names';
import { Problems } from '../private/problems';
import type { IPersistentVolumeClaim } from './persistent-volume-claim';

/**
 * Options of `VolumeDataSource.of`.
 */
export interface VolumeDataSourceOptions {
  /** API group of the object's kind, e.g. `forklift.konveyor.io`. */
  readonly apiGroup: string;

  /** Kind of the object. */
  readonly kind: string;

  /** Name of the object, in the namespace of the claim. */
  readonly name: string;
}

/**
 * What a new volume is filled with. It must lie in the namespace of the claim, which waits until it is there. A claim that exists is never
 * filled again.
 *
 * @see https://kubernetes.io/docs/concepts/storage/persistent-volumes/#volume-snapshot-and-restore-volume-from-snapshot-support
 *
 * @example
 * const dataSource = VolumeDataSource.snapshot('postgresql-before-upgrade');
 */
export class VolumeDataSource {
  /**
   * A VolumeSnapshot. The driver of the class must be the one that made it, and the size not below that of its volume.
   *
   * @param name the name of the snapshot
   * @throws if the name is no DNS subdomain
   */
  public static snapshot(name: string): VolumeDataSource {
    checkName('VolumeDataSource.snapshot', name);
    return new VolumeDataSource({ dataSource: { apiGroup: 'snapshot.storage.k8s.io', kind: 'VolumeSnapshot', name } });
  }

  /**
   * The volume of another claim, which is cloned as it is at that moment. A server that writes to it must be able to recover from such a copy.
   */
  public static claim(claim: IPersistentVolumeClaim): VolumeDataSource {
    return new VolumeDataSource({ dataSource: { kind: 'PersistentVolumeClaim', name: claim.claimName } });
  }

  /**
   * Any other object, for which the cluster has a populator.
   *
   * @throws if an option breaks a rule, naming each
   * @see https://kubernetes.io/docs/concepts/storage/persistent-volumes/#volume-populators-and-data-sources
   */
  public static of(options: VolumeDataSourceOptions): VolumeDataSource {
    checkKnownProps('VolumeDataSource.of', 'VolumeDataSourceOptions', options);
    const { apiGroup, kind, name } = options;
    const problems = new Problems();
    checkDnsSubdomain(problems, 'apiGroup', apiGroup);
    if (!/^[A-Za-z][A-Za-z0-9]*$/.test(kind)) {
      problems.add('kind', 'must be the name of a kind', kind, "write it as 'OpenstackVolumePopulator'");
    }
    checkDnsSubdomain(problems, 'name', name);
    problems.throwIfAny('VolumeDataSource.of');
    // As `dataSource` a server drops what is neither a snapshot nor a claim, without a word: the volume would be empty.
    return new VolumeDataSource({ dataSourceRef: { apiGroup, kind, name } });
  }

  private constructor(private readonly source: Pick<k8s.PersistentVolumeClaimSpec, 'dataSource' | 'dataSourceRef'>) {}

  /**
   * @internal
   */
  public _toKube(): Pick<k8s.PersistentVolumeClaimSpec, 'dataSource' | 'dataSourceRef'> {
    return this.source;
  }
}

function checkName(what: string, name: string): void {
  const problems = new Problems();
  checkDnsSubdomain(problems, 'name', name);
  problems.throwIfAny(what);
}
