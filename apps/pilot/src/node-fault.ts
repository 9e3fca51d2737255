// Tells a fault of the node (another node may do better) from a fault of the job.

const NODE_FAULTS = ['ENOSPC', 'EDQUOT', 'EMFILE', 'ENFILE', 'EAGAIN', 'ENOMEM', 'EIO', 'EROFS', 'EPERM'];

export function isNodeFault(error: unknown): boolean {
  return NODE_FAULTS.includes(errnoOf(error) ?? '');
}

export function errnoOf(error: unknown): string | undefined {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  return typeof code === 'string' ? code : undefined;
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
