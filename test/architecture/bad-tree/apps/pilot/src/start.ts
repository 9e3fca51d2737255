export const start = async (...args: unknown[]): Promise<void> => {
  const { pool } = await import('@pilotfish/persistence'); // breaks: zones
  await pool.query('select', args);
};
