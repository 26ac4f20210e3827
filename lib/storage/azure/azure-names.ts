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
