/** Whether the browser's storage lets the app wait, for screens: they read nothing of the database themselves. */
export { storageStalled } from '../../db/transactions.ts';
