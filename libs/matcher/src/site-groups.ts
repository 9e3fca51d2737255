// A job may name a group of sites: `group:NAME` stands for its members, at submission and wherever a job is compared.
import type { Requirements } from '@pilotfish/model';

const PREFIX = 'group:';

/** Names to members; groups don't nest. */
export type SiteGroups = Readonly<Record<string, readonly string[]>>;

/** Both lists without duplicates, in the order given. An unknown group stays as it is: it matches no site, and shows. */
export function withSiteGroups(requirements: Requirements, groups: SiteGroups): Requirements {
  const { sites, bannedSites } = requirements;
  if (![...sites, ...bannedSites].some((name) => name.startsWith(PREFIX))) return requirements;
  return { ...requirements, sites: expanded(sites, groups), bannedSites: expanded(bannedSites, groups) };
}

function expanded(names: readonly string[], groups: SiteGroups): readonly string[] {
  return [...new Set(names.flatMap((name) => membersOf(name, groups) ?? [name]))];
}

function membersOf(name: string, groups: SiteGroups): readonly string[] | undefined {
  const group = name.slice(PREFIX.length);
  return name.startsWith(PREFIX) && Object.hasOwn(groups, group) ? groups[group] : undefined;
}
