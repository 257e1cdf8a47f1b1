/** The words of the app, one function per sentence; see messages/*.json for the catalogues. */
export { m } from './generated/messages.js';
