import { checkUnique } from '../private/names';
import type { Problems } from '../private/problems';
import type { DriverZones, LowerParameters } from './driver-facts';
import { VolumeBindingMode } from './storage-class-props';

/** A zone as the nodes' label has it. */
export function checkZone(
  problems: Problems,
  prop: string,
  zone: string,
  { pattern, rule, example }: DriverZones,
): void {
  if (pattern.test(zone)) return;
  problems.add(
    prop,
    rule,
    zone,
    `no node has another label, and the volume could be used nowhere; write it as '${example}'`,
  );
}

/** What of a class decides where its volumes are made. */
interface Placement {
  readonly zones?: string[];
  readonly volumeBindingMode?: VolumeBindingMode;
}

/** A server accepts all of this, and then a claim waits for ever, or its pod does. */
export function checkZones(
  problems: Problems,
  driver: DriverZones,
  parameters: LowerParameters,
  { zones, volumeBindingMode }: Placement,
): void {
  const reach = driver.reach(parameters);
  if (zones) checkNamedZones(problems, driver, zones, reach);
  if (volumeBindingMode !== VolumeBindingMode.IMMEDIATE || reach === Infinity || zones?.length === reach) return;
  problems.add(
    'volumeBindingMode',
    'must be WAIT_FOR_FIRST_CONSUMER with disks that are bound to a zone',
    volumeBindingMode,
    `a disk that is made before its pod may be where the pod cannot run; leave it out, or name ${of(reach)} in zones`,
  );
}

function checkNamedZones(problems: Problems, driver: DriverZones, zones: string[], reach: number): void {
  if (zones.length === 0) {
    problems.add('zones', 'must name a zone', zones, 'no disk could be made anywhere; leave it out for any zone');
  } else if (reach !== Infinity && zones.length < reach) {
    problems.add(
      'zones',
      `must name at least ${of(reach)} with disks that are in ${reach}`,
      zones,
      'the driver refuses each claim; name another, or leave it out for any',
    );
  }
  zones.forEach((zone, index) => checkZone(problems, `zones[${index}]`, zone, driver));
  checkUnique(problems, 'zones', zones, 'of one name', 'leave one of them out');
  const regions = new Set(zones.flatMap((zone) => driver.pattern.exec(zone)?.[1] ?? []));
  if (regions.size > 1) {
    problems.add(
      'zones',
      'must be of one region',
      zones,
      'the nodes of a cluster are in one region, and a disk of another could be used nowhere; leave the others out',
    );
  }
}

function of(reach: number): string {
  return reach === 1 ? 'one zone' : `${reach} zones`;
}
