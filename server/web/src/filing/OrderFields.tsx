import { Group, Radio, Select, TextInput } from "@mantine/core";
import { useI18n } from "../i18n/I18n";
import classes from "./Filing.module.css";
import type { Options } from "./options";

interface OrderFieldsProps {
  /** What was found out, and chosen. */
  values: Options;
  /** What the user chose. */
  choices: Options;
  /** The option that is asked about. */
  question: string | undefined;
  format: string;
  onChoose: (more: Record<string, string>) => void;
}

const orders = ["dmy", "mdy", "ymd"] as const;
const marks = [",", "."] as const;
const delimiters = [",", ";", "tab", "|"] as const;

/** Options of which this form has fields of their own; any other that is asked about is typed. */
const known = ["date_order", "decimal", "delimiter", "columns", "skip_rows", "headings", "debit_words", "invert"];

/** The order of dates, the decimal separator, and what parts the columns. */
export function OrderFields({ values, choices, question, format, onChoose }: OrderFieldsProps) {
  const { t } = useI18n();
  const words = t.filing.fields;
  return (
    <div className={classes.fields}>
      <Radio.Group label={words.dateOrder} value={values["date_order"] ?? null} onChange={(chosen) => onChoose({ date_order: chosen })}
        error={question === "date_order" && t.filing.choose}>
        <Group gap="md" my={6}>{orders.map((order) => <Radio key={order} value={order} label={words.orders[order]} />)}</Group>
      </Radio.Group>
      <Radio.Group label={words.decimal} value={values["decimal"] ?? null} onChange={(chosen) => onChoose({ decimal: chosen })}
        error={question === "decimal" && t.filing.choose}>
        <Group gap="md" my={6}>{marks.map((mark) => <Radio key={mark} value={mark} label={words.marks[mark]} />)}</Group>
      </Radio.Group>
      {format === "csv" && (
        <Select className={classes.delimiter} label={words.delimiter} allowDeselect={false} value={values["delimiter"] ?? null} onChange={(chosen) => chosen && onChoose({ delimiter: chosen, columns: "" })}
          data={delimiters.map((delimiter) => ({ value: delimiter, label: words.delimiters[delimiter] }))} />
      )}
      {question !== undefined && !known.includes(question) && (
        <TextInput label={question} defaultValue={choices[question] ?? ""} error={t.filing.choose}
          onBlur={(event) => event.currentTarget.value && onChoose({ [question]: event.currentTarget.value })}
          onKeyDown={(event) => event.key === "Enter" && event.currentTarget.blur()} />
      )}
    </div>
  );
}
