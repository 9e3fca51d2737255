// Says in a few words what a job or a queue asks of a node; what is left to its default is left out.

type Fields = Readonly<Record<string, unknown>>;

/** Takes a job description or the requirements of a queue. */
export function needs(described: Fields): string {
  const flat: Fields = { ...described, ...recordOf(described.resources), ...recordOf(described.requirements) };
  const parts = [
    flat.wholeNode ? 'whole node' : cores(flat.processors),
    amount(flat.memoryMb, 'MiB memory'),
    amount(flat.diskMb, 'MiB disk'),
    amount(flat.gpus, 'GPU'),
    amount(flat.cpuTimeS, 's CPU time'),
    amount(flat.wallTimeS, 's wall time'),
    list('site', flat.sites),
    list('not at', flat.bannedSites),
    list('endpoint', flat.endpoints),
    list('platform', flat.platforms),
    list('tags', flat.tags),
  ];
  return parts.filter((part) => part !== '').join(', ');
}

function recordOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}

function cores(value: unknown): string {
  const { min, max } = typeof value === 'number' ? { min: value, max: value } : recordOf(value);
  if (typeof min !== 'number') return '';
  if (min === max) return min === 1 ? '1 core' : `${min} cores`;
  return typeof max === 'number' && max < 1024 ? `${min}–${max} cores` : `${min} or more cores`;
}

function amount(value: unknown, unit: string): string {
  return typeof value === 'number' && value > 0 ? `${value} ${unit}` : '';
}

function list(label: string, value: unknown): string {
  return Array.isArray(value) && value.length > 0 ? `${label} ${value.join('/')}` : '';
}
