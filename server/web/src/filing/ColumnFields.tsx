import { Checkbox, MultiSelect, NumberInput, Select, TextInput } from "@mantine/core";
import { useEffect, useRef } from "react";
import { useI18n } from "../i18n/I18n";
import classes from "./Filing.module.css";
import { chosenFor, columnChoices, columnsOf, type Options, type Role, roles, withColumns } from "./options";

interface ColumnFieldsProps {
  /** What was found out, and chosen. */
  values: Options;
  headings: readonly string[];
  /** Whether the fields show to begin with. */
  open: boolean;
  onChoose: (more: Record<string, string>) => void;
}

/** Which column of a table is which. */
export function ColumnFields({ values, headings, open, onChoose }: ColumnFieldsProps) {
  const { t } = useI18n();
  const words = t.filing.fields;
  const opened = useRef<HTMLDetailsElement>(null);
  // Once open it stays so, until the user closes it.
  useEffect(() => {
    if (open && opened.current) opened.current.open = true;
  }, [open]);
  const noHeadings = values["headings"] === "no";
  const columns = columnsOf(values);
  const data = columnChoices(headings, noHeadings, t.filing.column);
  const set = (role: Role, chosen: readonly string[]) => onChoose({ columns: JSON.stringify(withColumns(columns, role, chosen)) });
  return (
    <details className={classes.columns} ref={opened}>
      <summary>{words.columns}</summary>
      <div className={classes.grid}>
        {roles.map((role) => role === "reference"
          ? <MultiSelect key={role} size="sm" label={words.roles[role]} data={data} value={chosenFor(columns, role)} onChange={(chosen) => set(role, chosen)}
              clearable hidePickedOptions placeholder={chosenFor(columns, role).length === 0 ? words.noColumn : undefined} />
          : <Select key={role} size="sm" label={words.roles[role]} data={data} value={chosenFor(columns, role)[0] ?? null} clearable
              placeholder={words.noColumn} onChange={(chosen) => set(role, chosen === null ? [] : [chosen])} />)}
        {chosenFor(columns, "sign").length > 0 && (
          <TextInput size="sm" label={words.debitWords} description={words.debitWordsHint} defaultValue={values["debit_words"] ?? ""}
            onBlur={(event) => onChoose({ debit_words: event.currentTarget.value })} />
        )}
        <NumberInput size="sm" label={words.skipRows} min={0} max={100} allowDecimal={false} value={Number(values["skip_rows"] ?? 0)}
          onChange={(rows) => onChoose({ skip_rows: String(rows || 0), columns: "" })} />
      </div>
      <div className={classes.checks}>
        <Checkbox label={words.noHeadings} checked={noHeadings}
          onChange={(event) => onChoose({ headings: event.currentTarget.checked ? "no" : "yes", columns: "" })} />
        <Checkbox label={words.invert} checked={values["invert"] === "yes"} onChange={(event) => onChoose({ invert: event.currentTarget.checked ? "yes" : "no" })} />
      </div>
    </details>
  );
}
