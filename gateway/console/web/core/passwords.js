/** Passwords that nobody guesses. */

/** No letters that are mistaken for others. There are 32, so each byte gives one without a bias. */
const LETTERS = "abcdefghijkmnpqrstuvwxyz23456789";
const GROUPS = 4;
const LENGTH = 5;

/** A new one, of 100 random bits, in groups that can be read aloud. */
export function madePassword() {
  const bytes = crypto.getRandomValues(new Uint8Array(GROUPS * LENGTH));
  const letters = Array.from(bytes, (byte) => LETTERS[byte % LETTERS.length]).join("");
  return letters.match(new RegExp(`.{${LENGTH}}`, "g")).join("-");
}
