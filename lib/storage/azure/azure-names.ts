import type { Problems } from '../../private/problems';

const PLACEHOLDER = /\$\{(pvc\.metadata\.(name|namespace)|pv\.metadata\.name)\}/g;

/** A storage account is a DNS name that all of Azure shares. */
export function checkStorageAccountName(problems: Problems, prop: string, name: string): void {
  if (/^[a-z0-9]{3,24}$/.test(name)) return;
  problems.add(prop, 'must be 3 to 24 characters of a-z and 0-9', name, 'Azure has no storage account of another form');
}

/** Containers and shares have names of one form. */
export function checkContainerName(problems: Problems, prop: string, name: string): void {
  if (isContainerName(name)) return;
  problems.add(
    prop,
    'must be 3 to 63 characters of a-z, 0-9 and single -, beginning and ending with a letter or digit',
    name,
    'Azure refuses any other',
  );
}

/** The driver fills in the names of claim and volume, and would silently take another name if the result were not one. */
export function checkShareName(problems: Problems, prop: string, name: string): void {
  if (name.replace(PLACEHOLDER, '') === name) {
    checkContainerName(problems, prop, name);
  } else if (!isContainerName(name.replace(PLACEHOLDER, 'abc'))) {
    problems.add(
      prop,
      'must be a-z, 0-9 and single - around its placeholders',
      name,
      "the driver would make up another name; write it as '${pvc.metadata.namespace}-${pvc.metadata.name}'",
    );
  }
}

function isContainerName(name: string): boolean {
  return /^[a-z0-9](-?[a-z0-9])+$/.test(name) && name.length >= 3 && name.length <= 63;
}

/** The id of something in Azure Resource Manager. Its fixed words are read in any case. */
export function checkArmId(problems: Problems, prop: string, id: string, type: string): void {
  const form = new RegExp(`^/subscriptions/[^/]+/resourceGroups/[^/]+/providers/${type}/[^/]+$`, 'i');
  if (form.test(id)) return;
  problems.add(
    prop,
    `must be the id of one of ${type}`,
    id,
    `write it as /subscriptions/<subscription>/resourceGroups/<group>/providers/${type}/<name>`,
  );
}

export function checkRegion(problems: Problems, prop: string, region: string): void {
  if (/^[a-z0-9]+$/.test(region)) return;
  problems.add(
    prop,
    'must be a-z and 0-9 only',
    region,
    "it is the region's name, not its title; write it as 'westeurope'",
  );
}

/** A zone as nodes of AKS and the disk driver write it. */
export function checkAzureZone(problems: Problems, prop: string, zone: string): void {
  if (/^[a-z0-9]+-[1-9]$/.test(zone)) return;
  problems.add(
    prop,
    'must be a region and the number of a zone',
    zone,
    "no node has another label, and the volume could be used nowhere; write it as 'westeurope-1'",
  );
}

export function checkTags(
  problems: Problems,
  prop: string,
  tags: { [key: string]: string } = {},
  delimiter = ',',
): void {
  for (const [key, value] of Object.entries(tags)) {
    if (key.trim() === '' || /[=<>%&?\\/]/.test(key) || key.includes(delimiter)) {
      problems.add(
        prop,
        `must have keys without = < > % & ? \\ / and tagValueDelimiter '${delimiter}'`,
        key,
        'Azure or the driver refuses it',
      );
    }
    if (value.includes(delimiter)) {
      problems.add(
        `${prop}['${key}']`,
        `must not contain tagValueDelimiter '${delimiter}'`,
        value,
        'the driver would take what follows for the next tag; set it to another character',
      );
    }
  }
}
