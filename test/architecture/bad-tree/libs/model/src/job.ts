export const job = { id: 1 };
