/** Parameters that were given, beside those that a skill takes. */

/** What differs from the defaults: `[name, value]`, also of those that the skill does not take. */
export function differing(declared, given) {
  return Object.entries(given).filter(([name, value]) => value !== parameterOf(declared, name)?.default);
}

/** The parameter of a name, which counts in any letter case; undefined if there is none. */
export function parameterOf(declared, name) {
  return declared.find((each) => each.name.toLowerCase() === name.toLowerCase());
}

/** Names of what was given and is refused: unknown, of another type, or out of the limits. */
export function misfits(declared, given) {
  return Object.entries(given)
    .filter(([name, value]) => !fits(parameterOf(declared, name), value))
    .map(([name]) => name);
}

function fits(parameter, value) {
  if (!parameter) return false;
  const { type, minimum, maximum, maxLength } = parameter;
  if (type === "boolean" || type === "string") {
    return typeof value === type && (type === "boolean" || [...value].length <= (maxLength ?? Infinity));
  }
  if (typeof value !== "number" || (type === "integer" && !Number.isInteger(value))) return false;
  return value >= (minimum ?? -Infinity) && value <= (maximum ?? Infinity);
}
