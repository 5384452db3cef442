/** How a file is to be read, by the names that the host's readers know; `columns` is a JSON object. */
export type Options = Readonly<Record<string, string>>;

/** What was found out, with what the user chose over it; an empty choice leaves it to the host. */
export function merged(found: Options, choices: Options): Options {
  return { ...found, ...Object.fromEntries(Object.entries(choices).filter(([, value]) => value !== "")) };
}

/** What a column of a table can mean, those that matter most first. */
export const roles = [
  "date", "amount", "debit", "credit", "sign", "reference", "counterparty", "counter_number", "value_date", "currency", "balance", "id",
] as const;

export type Role = (typeof roles)[number];

/** Several columns may make up the text; every other role has one. */
export type Columns = Readonly<Record<string, string | number | readonly (string | number)[]>>;

/** The columns in options; none when they hold no JSON object. */
export function columnsOf(options: Options): Columns {
  try {
    const value: unknown = JSON.parse(options["columns"] || "{}");
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Columns) : {};
  } catch {
    return {};
  }
}

/** The columns of a role as the form's fields hold them. */
export function chosenFor(columns: Columns, role: Role): string[] {
  const held = columns[role];
  if (held === undefined || held === "") return [];
  return (Array.isArray(held) ? held : [held]).map(String);
}

/** Columns with those of one role chosen anew. One column means one thing, so the others let go of it. */
export function withColumns(columns: Columns, role: Role, chosen: readonly string[]): Columns {
  const rest = Object.entries(columns).flatMap(([other, held]) => {
    if (other === role) return [];
    const left = (Array.isArray(held) ? held : [held]).map(String).filter((name) => !chosen.includes(name));
    return left.length === 0 ? [] : [[other, left.length === 1 ? left[0] : left] as const];
  });
  const own = chosen.length === 0 ? [] : [[role, chosen.length === 1 ? chosen[0] : chosen] as const];
  return Object.fromEntries([...rest, ...own]) as Columns;
}

/** Columns to choose from, named as the host names them: by a heading that is the only one of its text, else by number from 1. */
export function columnChoices(headings: readonly string[], noHeadings: boolean, columnWord: (n: number) => string): { value: string; label: string }[] {
  const count = headings.length || 12;
  return Array.from({ length: count }, (_, at) => {
    const heading = headings[at] ?? "";
    const number = String(at + 1);
    if (noHeadings || heading === "") return { value: number, label: heading ? `${columnWord(at + 1)}: ${heading}` : columnWord(at + 1) };
    const alone = headings.filter((other) => other.toLowerCase() === heading.toLowerCase()).length === 1;
    return alone ? { value: heading, label: heading } : { value: number, label: `${heading} (${number})` };
  });
}

/** Whether columns are what the file is made of. */
export function isTable(format: string): boolean {
  return format === "csv" || format === "xlsx";
}

/** Whether a reading of this format leaves anything to choose. */
export function isOpen(format: string): boolean {
  return isTable(format) || format === "qif";
}
