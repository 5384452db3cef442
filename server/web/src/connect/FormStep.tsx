import { Button, Checkbox, Group, PasswordInput, Select, Stack, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useI18n } from "../i18n/I18n";
import type { FlowField, FlowStep } from "./flow";

interface FormStepProps {
  fields: FlowField[];
  /** What was wrong with the answer before; its field keeps the word until it is changed. */
  wrong: FlowStep["error"];
  busy: boolean;
  onAnswer: (values: Record<string, string>) => void;
}

/** A form as the provider describes it. What is typed lives in this component only. */
export function FormStep({ fields, wrong, busy, onAnswer }: FormStepProps) {
  const { t } = useI18n();
  const [values, setValues] = useState<Record<string, string>>(() => Object.fromEntries(fields.map((field) => [field.name, startOf(field)])));
  const [asked, setAsked] = useState(false);
  const [changed, setChanged] = useState<FlowStep["error"]>();

  function errorOf({ name, required }: FlowField): string | undefined {
    if (asked && required && !values[name]) return t.connect.required;
    return wrong?.field === name && changed !== wrong ? wrong.message : undefined;
  }

  function change(name: string, value: string) {
    setValues((before) => ({ ...before, [name]: value }));
    if (wrong?.field === name) setChanged(wrong);
  }

  function submit(event: FormEvent) {
    event.preventDefault();
    setAsked(true);
    if (fields.every((field) => !field.required || values[field.name])) onAnswer(values);
  }

  return (
    <form onSubmit={submit} noValidate autoComplete="off">
      <Stack gap="md">
        {fields.map((field) => (
          <Input key={field.name} field={field} value={values[field.name] ?? ""}
            error={errorOf(field)} onChange={(value) => change(field.name, value)} />
        ))}
        <Group><Button type="submit" loading={busy}>{t.connect.go}</Button></Group>
      </Stack>
    </form>
  );
}

interface InputProps {
  field: FlowField;
  value: string;
  error: string | undefined;
  onChange: (value: string) => void;
}

function Input({ field, value, error, onChange }: InputProps) {
  const { t } = useI18n();
  const shared = { label: field.label, description: field.help, required: field.required, error, name: field.name };
  const typed = (event: { currentTarget: { value: string } }) => onChange(event.currentTarget.value);
  switch (field.kind) {
    case "secret":
      return <PasswordInput {...shared} value={value} onChange={typed} autoComplete="off"
        visibilityToggleButtonProps={{ "aria-label": t.login.showPassword }} />;
    case "otp":
      return <TextInput {...shared} value={value} onChange={typed} inputMode="numeric" autoComplete="one-time-code" maw={220} />;
    case "phone":
      return <TextInput {...shared} value={value} onChange={typed} type="tel" autoComplete="tel" maw={280} />;
    case "choice":
      return <Select {...shared} value={value || null} onChange={(chosen) => onChange(chosen ?? "")} data={field.choices ?? []} />;
    case "boolean":
      return <Checkbox label={field.label} description={field.help} error={error} checked={value === "true"}
        onChange={(event) => onChange(event.currentTarget.checked ? "true" : "false")} />;
    default:
      return <TextInput {...shared} value={value} onChange={typed} autoComplete="off" />;
  }
}

function startOf(field: FlowField): string {
  return field.default ?? (field.kind === "boolean" ? "false" : "");
}
