// How the server is configured: by arguments at every start, so the files initdb wrote stay as they are and a change
// here reaches clusters that exist. Loopback only, no socket file, and no statement or row contents in its log.

/** `full`: what is committed survives a power cut. `test`: nothing is promised after a crash of the server or the machine. */
export type Durability = 'full' | 'test';

export function serverArguments(folder: string, port: number, durability: Durability): readonly string[] {
  const sync = durability === 'full' ? 'on' : 'off';
  const settings: Readonly<Record<string, string>> = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    max_connections: '200',
    fsync: sync,
    synchronous_commit: sync,
    full_page_writes: sync,
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_checkpoints: 'off',
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
  };
  return ['-D', folder, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
}
