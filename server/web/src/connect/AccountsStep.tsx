import { Button, Checkbox, Group, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { accountNumber } from "../format/format";
import { useI18n } from "../i18n/I18n";
import type { OfferedAccount, Values } from "./flow";

interface AccountsStepProps {
  accounts: OfferedAccount[];
  busy: boolean;
  onAnswer: (values: Values) => void;
}

/** Chooses which of the bank's accounts to bring in; all of them to begin with (S61). */
export function AccountsStep({ accounts, busy, onAnswer }: AccountsStepProps) {
  const { t } = useI18n();
  const [chosen, setChosen] = useState(() => accounts.map((account) => account.id));
  const [asked, setAsked] = useState(false);

  function submit() {
    setAsked(true);
    if (chosen.length > 0) onAnswer({ accounts: chosen.join(",") });
  }

  return (
    <Stack gap="md">
      <Checkbox.Group value={chosen} onChange={setChosen} label={t.connect.chooseAccounts}
        error={asked && chosen.length === 0 ? t.connect.chooseOne : undefined}>
        <Stack gap="sm" mt="xs">
          {accounts.map((account) => (
            <Checkbox key={account.id} value={account.id} label={account.name}
              description={[account.account_number && accountNumber(account.account_number), account.currency].filter(Boolean).join(" · ")} />
          ))}
        </Stack>
      </Checkbox.Group>
      {accounts.length === 0 && <Text>{t.connect.noAccounts}</Text>}
      <Group><Button loading={busy} onClick={submit}>{t.connect.go}</Button></Group>
    </Stack>
  );
}
