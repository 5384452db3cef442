import { Alert, Button, Group, Stack, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useLocation } from "wouter";
import { FaultText } from "../app/FaultText";
import { useClient } from "../app/services";
import { useI18n } from "../i18n/I18n";
import { addByHand } from "./institution";

/** Makes a journal for an account whose bank is not listed. */
export function AddByHand() {
  const { t } = useI18n();
  const client = useClient();
  const queries = useQueryClient();
  const [, go] = useLocation();
  const [open, setOpen] = useState(false);
  const [number, setNumber] = useState("");
  const [bank, setBank] = useState("");
  const [bic, setBic] = useState("");
  const add = useMutation({
    mutationFn: () => addByHand(client, { account_number: number.trim(), bank_name: bank.trim(), bic: bic.trim() }),
    onSuccess: async () => {
      await queries.invalidateQueries();
      go("/");
    },
  });

  if (!open) return <Button variant="subtle" onClick={() => setOpen(true)}>{t.connect.byHand}</Button>;
  function submit(event: FormEvent) {
    event.preventDefault();
    if (number.trim()) add.mutate();
  }
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <TextInput label={t.connect.accountNumber} required value={number} onChange={(event) => setNumber(event.currentTarget.value)}
          autoComplete="off" spellCheck={false} />
        <Group grow align="end">
          <TextInput label={t.connect.bankName} value={bank} onChange={(event) => setBank(event.currentTarget.value)} />
          <TextInput label="BIC" value={bic} onChange={(event) => setBic(event.currentTarget.value)} spellCheck={false} />
        </Group>
        {add.isError && <Alert color="red" role="alert"><FaultText cause={add.error} /></Alert>}
        <Group>
          <Button type="submit" loading={add.isPending}>{t.connect.byHandGo}</Button>
        </Group>
      </Stack>
    </form>
  );
}
